"""The whole journey on a real pseudo-terminal, with nothing mocked: from a fresh home to a run that writes."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo_terminal import Terminal

CHARPLAY = [sys.executable, "-m", "charplay"]
STEP = re.compile(r"step ([\d,]+)")
TEMPERATURE = re.compile(r"temperature [━╸╺●]+ (\d\.\d\d)")
PATIENT = 60.0
"""Seconds that anything may take on a crowded machine; what is fast is measured by the benchmarks."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home with one real English text dropped into its corpora."""
    from pydoc_data.topics import topics

    text = "\n".join(str(topics[name]) for name in sorted(topics))[:80_000]
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "manual.txt").write_text(text, encoding="utf-8")
    return tmp_path


def step(terminal: Terminal) -> int | None:
    """The step that the status line says."""
    found = STEP.search(terminal.lines[0])
    return int(found.group(1).replace(",", "")) if found else None


def step_now(terminal: Terminal) -> int:
    """The same, where it says one."""
    said = step(terminal)
    assert said is not None
    return said


def temperature(terminal: Terminal) -> str | None:
    found = TEMPERATURE.search(terminal.text)
    return found.group(1) if found else None


def growing(terminal: Terminal) -> None:
    """Whether the text on the screen changes while nobody touches anything."""
    seen = terminal.text
    terminal.wait_for(lambda t: t.text != seen, PATIENT)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("columns", "rows"), [(120, 40), (80, 24)], ids=["wide", "stage"])
def test_a_person_trains_a_network_and_plays_it(
    terminal: Callable[..., Terminal], home: Path, columns: int, rows: int
) -> None:
    env = {"CHARPLAY_HOME": str(home), "OMP_NUM_THREADS": "1"}
    term = terminal(CHARPLAY, columns=columns, rows=rows, env=env)

    # The demo writes, and no key was pressed.
    term.wait_for("demo", PATIENT)
    growing(term)

    # A text is picked ...
    term.press("1")
    term.wait_for("choose", PATIENT)
    term.wait_for("▸", PATIENT)
    first = min(row_of(term, "manual"), row_of(term, "Python manual"))
    term.press("home", *["down"] * (row_of(term, "manual") - first), "enter")
    term.wait_for("▸ manual", PATIENT)

    # ... hyperparameters are changed ...
    set_field(term, "hidden size", "48")
    set_field(term, "for", "6000 steps")

    # ... and one key trains.
    term.press("t")
    term.wait_for(lambda t: "training" in t.lines[0] and step(t), PATIENT)
    if columns < 100:
        term.press("5")
    term.wait_for("live, step", PATIENT)
    growing(term)

    # Both curves.
    term.wait_for(lambda t: re.search(r"[⠁-⣿]", t.text), PATIENT)
    term.wait_for(lambda t: "val " in t.text and "bits" in t.text, PATIENT)

    # The temperature moves while it writes.
    before = temperature(term)
    term.press("]")
    term.wait_for(lambda t: temperature(t) not in {None, before}, PATIENT)
    growing(term)

    # Pause holds training and lets the text go on; the same key goes on.
    term.press("p")
    term.wait_for("paused", PATIENT)
    held = step_now(term)
    growing(term)
    assert step(term) == held
    term.press("p")
    term.wait_for(lambda t: (step(t) or 0) > held, PATIENT)

    # Quitting asks once, saves and leaves the terminal as it was.
    left_at = step_now(term)
    term.press("q")
    term.wait_for("save and leave", PATIENT)
    term.press("q")
    assert term.wait(PATIENT) == 0
    assert b"\x1b[?1049l" in term.raw
    assert not term.cursor_hidden

    # The next start offers the run, and one key takes it up where it was.
    term = terminal(CHARPLAY, columns=columns, rows=rows, env=env)
    term.wait_for("u continues it", PATIENT)
    term.press("u")
    term.wait_for(lambda t: (step(t) or 0) > left_at, PATIENT)
    term.press("q")
    term.wait_for("save and leave", PATIENT)
    term.press("q")
    assert term.wait(PATIENT) == 0

    # Without a screen, the run is listed, and writes.
    name = next(line for line in charplay(home, "runs").splitlines() if line.startswith("manual")).split()[0]
    written = charplay(home, "sample", name, "--prompt", "The ", "--length", "80")
    assert written.startswith("The ")
    assert len(written.rstrip("\n")) == 84


def row_of(term: Terminal, name: str) -> int:
    """The row of the left column's panes that begins with a name."""
    return next(i for i, line in enumerate(term.lines) if re.match(rf"│[ ▸]+{re.escape(name)}  ", line))


def set_field(term: Terminal, field: str, value: str) -> None:
    """Type a value into a field of the form."""
    term.press("2")
    term.wait_for("edit", PATIENT)  # the key line says whose keys they are
    term.press("home", *["down"] * (row_of(term, field) - row_of(term, "preset")), "enter")
    term.wait_gone("q quit", PATIENT)  # while one types, keys are letters
    term.type(value)
    term.press("enter")
    term.wait_for(lambda t: re.search(rf"│ {field} +{re.escape(value)}", t.text), PATIENT)


def charplay(home: Path, *arguments: str) -> str:
    env = os.environ | {"CHARPLAY_HOME": str(home)}
    command = [*CHARPLAY, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=PATIENT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
