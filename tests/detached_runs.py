"""Runs of the real program that are begun, left and asked from outside, in a home of the test's own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pseudo_terminal import UNMEASURED

from charplay.runs.home import Home
from charplay.runs.run import Run

ROOT = Path(__file__).parents[1]
TRAIN = ["--steps", "1000000", "--device", "cpu", "--name", "own"]
TINY = (
    "hidden_size=8", "embedding_size=4", "batch_size=16", "sequence_length=24", "threads=1", "log_every=1",
    "evaluate_every=400",
)  # fmt: skip


WITHOUT_SIZE = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
"""The environment, but for the size of the terminal that the tests run on: each program has its own."""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of every program here: a home with one text, and a temporary folder with a short path."""
    sockets = tempfile.mkdtemp(prefix="cp", dir="/tmp")
    home = Home(tmp_path / "home")
    home.prepare()
    (home.corpora / "fox.txt").write_text("the quick brown fox jumps over the lazy dog\n" * 60)
    yield WITHOUT_SIZE | UNMEASURED | {"CHARPLAY_HOME": str(home.root), "TMPDIR": sockets, "PYTHONPATH": str(ROOT)}
    for folder in home.checkpoints.glob("[!.]*"):
        if (owner := Run.open(folder).owner) is not None and owner.pid != os.getpid():
            os.kill(owner.pid, signal.SIGKILL)
    shutil.rmtree(sockets)


def charplay(place: dict[str, str], *words: str) -> list[Any]:
    """Run a verb; its lines of JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "charplay", *words], env=place, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def status(place: dict[str, str], run: Run) -> dict[str, Any]:
    found: dict[str, Any] = charplay(place, "control", run.name, "status", "--json")[0]
    return found


def begun(place: dict[str, str]) -> Run:
    """A run of the name, with one save and no process."""
    settings = [word for option in TINY for word in ("--set", option)]
    charplay(place, "train", "--corpus", "fox", *TRAIN, *settings, "--detach", "--json")
    charplay(place, "control", "own", "stop")
    return Run.open(Path(place["CHARPLAY_HOME"]) / "checkpoints" / "own")
