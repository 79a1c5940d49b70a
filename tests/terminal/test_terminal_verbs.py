"""The headless verbs on a terminal: outside text drives nothing, questions are asked, progress stays on one line."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pseudo_terminal import UNMEASURED, Terminal

from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run

HOSTILE = "a\n\t\r\x00\x07\x1b[]P\x7f\x85\x9b\u200b\u202e\u2066\ufeff"
CONTROLS = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202e\u2066\ufeff]")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def hostile_run(home: Home) -> Run:
    """A run whose every character is equally likely, under a corpus with a hostile name."""
    vocabulary = "".join(sorted(HOSTILE))
    recipe = Recipe(embedding_size=2, hidden_size=2, num_layers=1, sequence_length=4, batch_size=1, output_dropout=0.0)
    shapes = tensor_shapes(recipe, len(vocabulary))
    origin = CorpusOrigin("evil\x1b]0;owned\x07", "/evil\x1b[2J", "0" * 64, 300)
    run = Run.create(
        home.checkpoints, asked=recipe, resolved=recipe, corpus=origin, vocabulary=vocabulary, facts={}, name="odd"
    )
    tensors = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    run.write_latest(
        Checkpoint(tensors=tensors, recipe=recipe, vocabulary=vocabulary, corpus=origin, step=1, epoch=0.1, seconds=1.0)
    )
    return run


def charplay(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "charplay", *arguments]


@pytest.mark.parametrize(
    "arguments",
    [
        ("sample", "odd", "--length", "300", "--prompt", "a\x1b[31m\u202e"),
        ("sample", "odd", "--prompt", "\x1b]52;c;ZWNobw==\x07\x9b2J\u2067"),
        ("sample", "no\x1b[2Jsuch"),
        ("runs",),
        ("runs", "show", "odd"),
        ("runs", "--json"),
        ("corpora", "show", "evil\x1b[2J.txt"),
        ("corpora",),
        ("describe", "--set", "hidden\x1b[2J=3"),
        ("describe", "--corpus", "evil\x1b[2J.txt", "--explain"),
        ("sample", "odd", "--prompt-from", "3:60", "--corpus", "evil\x1b[2J.txt", "--length", "20"),
        ("doctor",),
        ("--no\x1b[2Jsuch",),
    ],
)
@pytest.mark.fault("31", "33", "34")
def test_no_outside_text_drives_the_terminal(
    terminal: Callable[..., Terminal], home: Home, hostile_run: Run, arguments: Any
) -> None:
    (home.corpora / "evil\x1b[2J.txt").write_text(HOSTILE.replace("\x00", "") * 40)
    term = terminal(charplay(*arguments), env={"CHARPLAY_HOME": str(home.root)})
    term.wait(20)
    said = term.raw.decode()
    assert said.strip()
    assert not CONTROLS.search(said), CONTROLS.search(said)


def test_the_check_above_can_fail(terminal: Callable[..., Terminal]) -> None:
    term = terminal([sys.executable, "-c", f"print({HOSTILE!r})"])
    term.wait()
    assert CONTROLS.search(term.raw.decode())


@pytest.mark.parametrize(("answer", "left"), [("y", False), ("n", True)])
def test_delete_asks(terminal: Callable[..., Terminal], home: Home, hostile_run: Run, answer: str, left: bool) -> None:
    term = terminal(charplay("runs", "delete", "odd"), env={"CHARPLAY_HOME": str(home.root)})
    term.wait_for("Delete odd")
    term.press(answer, "enter")
    assert term.wait() == int(left)
    assert hostile_run.folder.exists() is left


@pytest.mark.fault("21")
def test_a_dumb_terminal_gets_one_line(terminal: Callable[..., Terminal], home: Home) -> None:
    term = terminal(charplay(), env={"CHARPLAY_HOME": str(home.root), "TERM": "dumb"})
    assert term.wait() == 2
    assert "charplay train" in term.text
    assert b"\x1b" not in term.raw


def test_ctrl_c_ends_writing_quietly(terminal: Callable[..., Terminal], home: Home, hostile_run: Run) -> None:
    env = {"CHARPLAY_HOME": str(home.root), **UNMEASURED}
    term = terminal(charplay("sample", "odd", "--length", "100000000"), env=env)
    term.wait_for("a")
    term.press("ctrl+c")
    assert term.wait() == 130
    assert b"Traceback" not in term.raw
    assert b"Abort" not in term.raw
