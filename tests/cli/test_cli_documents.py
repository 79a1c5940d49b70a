"""The commands of the README, the tutorial, the lesson and the how-to run as they are written, one after another.

A shell reads every line, so that quotes and `$'\\n'` mean what they mean there; what it would call is called in this
process. Trainings are cut to a few steps of small batches on the processor; nothing else is changed. The texts that a
page speaks of are made here.
"""

import io
import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from keras_models import stacked, write_whole

from charplay.corpora.classics import Mirror, read_catalog
from charplay.runs.home import Home

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "docs/TUTORIAL.md", "docs/LESSON.md", "docs/HOWTO.md")
LEFT_OUT = {
    r"^charplay( \S+\.txt)?$": "opens the screen: tests/terminal",
    r"^charplay attach ": "opens the screen: tests/terminal",
    r"^charplay serve": "waits for browsers: tests/terminal",
    r" --detach\b": "starts a process of its own: tests/terminal, tests/training",
    r"^charplay control ": "needs such a process: tests/server",
    r"^charplay (sweep|runs compare sweep) ": "starts a process for each run: test_cli_sweep",
    r" --device cuda ": "needs a card: make gpu-check",
    r"^charplay --install-completion": "writes into a shell's files: test_cli_completion",
}
"""What cannot be run here, and where it is tried instead."""

BUDGETS = ("--minutes", "--epochs", "--steps")
SMALL = ("--set", "batch_size=2", "--set", "sequence_length=8", "--set", "threads=1", "--device", "cpu")
NETWORK = ("--set", "hidden_size=256")
"""What three minutes come to on two usual cores: the README's runs are named after it."""


def commands(page: str) -> list[str]:
    """The command lines in a page's blocks for a shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return [
        re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines() if line.startswith("charplay")
    ]


def left_out(command: str) -> bool:
    return any(re.search(pattern, command) for pattern in LEFT_OUT)


def words(command: str, folder: Path) -> list[str]:
    """What a shell hands to charplay; what stands behind a pipe gets nothing."""
    script = f"charplay() {{ printf '%s\\0' \"$@\" >&3; }}; exec 3>words\n{command}"
    subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, check=False)
    return (folder / "words").read_text().split("\0")[:-1]


def shortened(arguments: list[str]) -> list[str]:
    """A training of a few steps in place of minutes or epochs; anything else as it is."""
    if arguments[0] != "train" or "--plan" in arguments:
        return arguments
    verb, *rest = arguments
    for place, word in enumerate(rest):
        if word in BUDGETS:
            more = rest[place + 1].startswith("+")
            rest[place : place + 2] = ["--steps", "+4" if more else "4"]
    if "--resume" in rest:
        return [verb, *rest]
    budget = [] if "--steps" in rest else ["--steps", "4"]
    return [verb, *SMALL, *([] if "--from" in rest else NETWORK), *rest, *budget]


@pytest.fixture
def texts(home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands are typed, with the texts that pages speak of. Every classic is fetched already."""
    here = Path.cwd()
    rng = random.Random(1)
    lines = [
        " ".join(
            rng.choices(
                ["Never", "the", "queen", "of", "hearts", "said", "it,", "and", "off", "went", "her", "head."], k=8
            )
        )
        for _ in range(400)
    ]
    text = "\n".join(lines) + "\nThe Queen\n"
    (here / "letters").mkdir()
    for path in (here / "quotes.txt", here / "letter.txt", here / "letters" / "one.txt", here / "letters" / "two.txt"):
        path.write_text(text)
    for name, known in (("lstm.h5", text), ("weights-improvement-19-1.9435.hdf5", text.lower())):
        write_whole(here / name, stacked(size=len(set(known)), width=1, embedded=False))
    data = text.encode()
    copies = (Mirror("nowhere", len(data), sha256(data).hexdigest()),)
    catalog = tuple(replace(classic, mirrors=copies) for classic in read_catalog())
    monkeypatch.setattr("charplay.corpora.library.read_catalog", lambda: catalog)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))  # a game is left at once
    (home.corpora / "a-classic.txt").write_bytes(data)
    return here


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_tells_people_to_type_runs(name: str, cli: Callable[..., SimpleNamespace], texts: Path) -> None:
    tried = 0
    for command in commands((ROOT / name).read_text()):
        if not left_out(command):
            done = cli(*shortened(words(command, texts)))
            assert done.code == 0, f"{command}\n{done.err}"
            tried += 1
    assert tried >= 1


def test_a_shell_reads_the_words(tmp_path: Path) -> None:
    command = r"""charplay sample quotes --stop $'\n' --set "a=b, c" | jq 'select(.x)'"""
    assert words(command, tmp_path) == ["sample", "quotes", "--stop", "\n", "--set", "a=b, c"]


def test_only_trainings_are_shortened() -> None:
    assert shortened(["runs"]) == ["runs"]
    assert shortened(["train", "--resume", "x", "--minutes", "+5"]) == ["train", "--resume", "x", "--steps", "+4"]
    assert shortened(["train", "--epochs", "50"])[-2:] == ["--steps", "4"]


@pytest.mark.parametrize("pattern", LEFT_OUT)
def test_what_is_left_out_stands_on_a_page(pattern: str) -> None:
    assert [one for name in PAGES for one in commands((ROOT / name).read_text()) if re.search(pattern, one)]
