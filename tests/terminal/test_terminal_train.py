"""Training without the screen, left by every door: Ctrl-C, terminate, hang up, and a hang-up that is ignored."""

import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pseudo_terminal import Terminal
from trainings import last_save

from charplay.runs.home import Home

SETTINGS = ["hidden_size=8", "embedding_size=4", "num_layers=1", "log_every=20", "save_every=1000000", "threads=1"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.corpora / "pangram.txt").write_text("the quick brown fox jumps over the lazy dog.\n" * 40)
    return home


def is_training(term: Terminal) -> bool:
    return "step" in term.text and "chars/s" in term.text


def endless(*arguments: str) -> list[str]:
    """A run that would last for hours."""
    command = [sys.executable, "-m", "charplay", "train", "--name", "long", "--corpus", "pangram", "--device", "cpu"]
    command += [part for setting in SETTINGS for part in ("--set", setting)]
    return [*command, "--steps", "100000000", *arguments]


@pytest.fixture
def train(terminal: Callable[..., Terminal], home: Home) -> Callable[..., Terminal]:
    """`train(command)` starts a run on a terminal and stands until it is under way."""

    def start(command: list[str | Path], started: Callable[..., Any] = is_training) -> Terminal:
        term = terminal(command, columns=110, env={"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1"})
        term.wait_for(started, 60)
        return term

    return start


def saved_step(home: Home) -> int:
    """The step that the run can be taken up from."""
    from charplay.runs.run import Run

    _, state = last_save(Run.open(home.checkpoints / "long"))
    return int(state["ledger"]["step"])


@pytest.mark.fault("1")
def test_the_first_ctrl_c_saves_and_says_how_to_go_on(train: Callable[..., Terminal], home: Home) -> None:
    term = train(endless())
    moving = [line for line in term.lines if "chars/s" in line]
    assert len(moving) == 1
    assert "left" in moving[0]
    term.press("ctrl+c")
    assert term.wait_soon() == 130
    assert "saving; Ctrl-C again" in term.text
    assert "charplay train --resume long" in term.text
    assert "Traceback" not in term.text
    assert saved_step(home) > 0


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda term: term.hang_up(), 129),
        (lambda term: term.signal(signal.SIGTERM), 143),
        (lambda term: term.signal(signal.SIGUSR2), 128 + signal.SIGUSR2),
        (lambda term: term.signal(signal.SIGXCPU), 128 + signal.SIGXCPU),
    ],
    ids=["hang-up", "terminate", "USR2", "processor time"],
)
@pytest.mark.fault("12", "14", "60")
def test_a_signal_saves_and_leaves(
    train: Callable[..., Terminal], home: Home, act: Callable[..., Any], code: int
) -> None:
    term = train(endless())
    act(term)
    assert term.wait_soon() == code
    assert saved_step(home) > 0


@pytest.mark.fault("13")
def test_under_nohup_a_hang_up_is_outlived(train: Callable[..., Terminal], home: Home, tmp_path: Path) -> None:
    log = tmp_path / "log"

    def steps(_term: Terminal | None = None) -> int:
        lines = [json.loads(line) for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return max((line["step"] for line in lines), default=0)

    log.touch()
    term = train(["/bin/sh", "-c", 'trap "" HUP; exec "$@" >"$0"', log, *endless("--json")], started=steps)
    term.hang_up()
    reached = steps()
    term.wait_for(lambda _: steps() > reached + 100)
    term.signal(signal.SIGTERM)
    assert term.wait_soon() == 143
    assert saved_step(home) > reached


@pytest.mark.fault("60")
def test_usr1_saves_and_goes_on(train: Callable[..., Terminal], home: Home) -> None:
    term = train(endless())
    resume = home.checkpoints / "long" / "resume.safetensors"
    assert not resume.exists()
    term.signal(signal.SIGUSR1)
    term.wait_for(lambda _: resume.exists())
    first = saved_step(home)
    term.signal(signal.SIGUSR1)
    term.wait_for(lambda _: saved_step(home) > first)
    term.signal(signal.SIGTERM)
    assert term.wait_soon() == 143


@pytest.mark.fault("60")
def test_usr1_before_there_is_anything_to_save_saves_as_soon_as_there_is(
    train: Callable[..., Terminal], home: Home
) -> None:
    term = train(endless(), started=lambda term: "importing torch" in term.text)
    term.signal(signal.SIGUSR1)
    term.wait_for(lambda _: (home.checkpoints / "long" / "resume.safetensors").exists())
    assert saved_step(home) < 1000
    term.signal(signal.SIGTERM)
    assert term.wait_soon() == 143
