"""Minute one on a real pseudo-terminal: a fresh home, no network, nothing but the key `t`."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

CHARPLAY = [sys.executable, "-m", "charplay"]
PATIENT = 120.0
"""Seconds that anything may take on a crowded machine; on two quiet cores words stand there after 20."""
UNTAUGHT = 3.2
"""Nats a character that the text's single characters allow; a network that has learned nothing starts above 4.6."""
PHASES = ("importing torch", "opening the device", "reading the text", "taking the first step")


def known_words() -> set[str]:
    from pydoc_data.topics import topics

    return set(re.findall(r"[a-z]{3,}", " ".join(map(str, topics.values()))))


def live_words(term: Terminal) -> list[str]:
    """Words of three letters and more that the live run wrote: from the first step at the margin on."""
    top = next((i for i, line in enumerate(term.lines) if "╭─ Text" in line), 0)
    rows = [line[1:50] for line in term.lines[top + 1 :] if line.startswith("│") and "temperature" not in line]
    first = next((i for i, row in enumerate(rows) if re.match(r" +\d[\d,]* ", row)), len(rows))
    return re.findall(r"[a-z]{3,}", " ".join(re.sub(r"^ *[\d,]+ ", "", row) for row in rows[first:]))


def share_of_words(term: Terminal, known: set[str]) -> float:
    words = live_words(term)
    return sum(word in known for word in words) / len(words) if len(words) > 12 else 0.0


@pytest.mark.timeout(400)
@pytest.mark.fault("6", "10")
def test_noise_becomes_words_while_the_curve_falls(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    term = terminal(CHARPLAY, columns=80, rows=24, env={"CHARPLAY_HOME": str(tmp_path)})

    # The demo writes before any key is pressed, and torch is not loaded for it.
    term.wait_for("demo, step", PATIENT)
    seen = term.text
    term.wait_for(lambda t: t.text != seen, PATIENT)
    assert "libtorch" not in maps(term)

    # One key. Every phase is said, and the demo writes on meanwhile.
    said, texts = set(), set()
    term.press("t")

    def training(t: Terminal) -> bool:
        said.add(next((phase for phase in PHASES if phase in t.lines[0]), ""))
        if "demo, step" in t.text:
            texts.add(t.text)
        return "training" in t.lines[0]

    term.wait_for(training, PATIENT)
    assert "importing torch" in said
    assert len(texts) > 1

    # The text pane goes over to the live run by itself: noise, then words, while the loss falls.
    term.wait_for("live, step", PATIENT)
    known = known_words()
    term.wait_for(lambda t: len(live_words(t)) > 4, PATIENT)
    assert share_of_words(term, known) < 0.4
    term.wait_for(lambda t: share_of_words(t, known) > 0.55, PATIENT)
    # The strip tells the train loss until the first evaluation, and from then on the held-out one.
    found = term.wait_for(lambda t: re.search(r"(?:train|val) (\d\.\d+) nats", t.text), PATIENT)
    assert isinstance(found, re.Match)
    loss = float(found.group(1))
    assert loss < UNTAUGHT - 0.5

    term.press("x")
    term.wait_for("stopped", PATIENT)
    term.press("q")
    assert term.wait(PATIENT) == 0


@pytest.mark.timeout(200)
def test_stop_works_before_the_first_step(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    term = terminal(CHARPLAY, columns=80, rows=24, env={"CHARPLAY_HOME": str(tmp_path)})
    term.wait_for("demo, step", PATIENT)
    term.press("t")
    term.wait_for(lambda t: any(phase in t.lines[0] for phase in PHASES), PATIENT)
    term.press("x")
    term.wait_for("stopped", PATIENT)
    assert "training" not in term.lines[0]
    term.press("q")
    assert term.wait(PATIENT) == 0


def maps(term: Terminal) -> str:
    """What the program has mapped into memory."""
    with open(f"/proc/{term.process.pid}/maps") as file:  # noqa: PTH123  (not a file of ours)
        return file.read()
