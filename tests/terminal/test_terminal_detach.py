"""The real program: a run is left from one terminal, which is killed, and taken up from another one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hosted import until
from pseudo_terminal import UNMEASURED, Terminal

from charplay.protocol.exit_codes import HUNG_UP
from charplay.runs.home import Home
from charplay.runs.run import Run

ROOT = Path(__file__).parents[2]
TRAIN = ["--steps", "1000000", "--device", "cpu", "--name", "own"]
TINY = ("hidden_size=8", "embedding_size=4", "batch_size=4", "sequence_length=6", "threads=1", "log_every=1")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of every program here: a home with one text, and a temporary folder with a short path."""
    sockets = tempfile.mkdtemp(prefix="cp", dir="/tmp")
    home = Home(tmp_path / "home")
    home.prepare()
    (home.corpora / "fox.txt").write_text("the quick brown fox jumps over the lazy dog\n" * 60)
    yield os.environ | UNMEASURED | {"CHARPLAY_HOME": str(home.root), "TMPDIR": sockets, "PYTHONPATH": str(ROOT)}
    run = home.checkpoints / "own"
    if run.exists() and (owner := Run.open(run).owner) is not None:
        os.kill(owner.pid, signal.SIGKILL)
    shutil.rmtree(sockets)


def charplay(place: dict[str, str], *words: str) -> list[Any]:
    """Run a verb; its lines of JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "charplay", *words], env=place, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def status(place: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = charplay(place, "control", "own", "status", "--json")[0]
    return found


def begun(place: dict[str, str]) -> Run:
    """A run of the name, with one save and no process."""
    settings = [word for option in TINY for word in ("--set", option)]
    charplay(place, "train", "--corpus", "fox", *TRAIN, *settings, "--detach", "--json")
    charplay(place, "control", "own", "stop")
    return Run.open(Path(place["CHARPLAY_HOME"]) / "checkpoints" / "own")


@pytest.mark.fault("65")
def test_a_run_is_left_its_terminal_killed_and_attached_to_from_another(
    terminal: Callable[..., Terminal], place: dict[str, str]
) -> None:
    run = begun(place)
    until(lambda: run.owner is None, 20)
    first = terminal([sys.executable, "-m", "charplay"], env=place)
    first.wait_for("u continues it", 60)
    first.press("u")
    first.wait_for("● training", 60)
    ours = run.owner
    first.press("D")
    until(lambda: (owner := run.owner) is not None and owner.socket, 60)
    first.wait_for("it outlives this terminal", 30)
    first.hang_up()
    owner = run.owner
    assert ours is not None
    assert owner is not None
    assert owner.pid != ours.pid
    before = status(place)["step"]
    until(lambda: status(place)["step"] > before, 20)
    second = terminal([sys.executable, "-m", "charplay", "attach", "own"], env=place)
    second.wait_for("● training", 60)
    charplay(place, "control", "own", "set", "learning_rate=0.001")
    second.wait_for("1e-3", 30)
    second.press("p")
    until(lambda: status(place)["state"] == "paused", 30)
    second.press("p")
    until(lambda: status(place)["state"] == "training", 30)
    second.press("x")
    until(lambda: run.owner is None, 30)
    assert [row["new"] for row in run.changes()] == [0.001]
    steps = [row["step"] for row in run.metrics()]
    assert steps == list(range(1, len(steps) + 1))


@pytest.mark.fault("65")
def test_a_link_that_is_lost_leaves_the_run_where_the_settings_say_so(
    terminal: Callable[..., Terminal], place: dict[str, str]
) -> None:
    run = begun(place)
    until(lambda: run.owner is None, 20)
    Home(Path(place["CHARPLAY_HOME"])).user_settings.write_text('on_hangup = "detach"\n')
    first = terminal([sys.executable, "-m", "charplay"], env=place)
    first.wait_for("u continues it", 60)
    first.press("u")
    first.wait_for("● training", 60)
    first.hang_up()
    until(lambda: (owner := run.owner) is not None and owner.socket, 60)
    assert first.wait(60) == HUNG_UP
    until(lambda: status(place)["state"] == "training", 60)
    charplay(place, "control", "own", "stop")
