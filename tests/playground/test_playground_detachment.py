"""A run is left to another process, or goes on here; at no moment is it nowhere."""

import os
import threading
from pathlib import Path
from shutil import rmtree

import pytest
from sitting import Sitting, fox_home, keep_run
from spoken_trainer import progress, started

from charplay.playground.detachment import NOT_HERE, REASON
from charplay.playground.happenings import Detached, Said
from charplay.protocol.commands import Pause, Stop
from charplay.protocol.events import Failed, Finished, Preparing, Saved, Stopped
from charplay.protocol.request import TrainRequest


class Host:
    """Takes runs, or refuses them with a fault, once it may."""

    warning = ""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.asked: list[tuple[TrainRequest, bool]] = []
        self.may = threading.Event()

    def start(self, request: TrainRequest, *, paused: bool) -> int:
        self.asked.append((request, paused))
        self.may.wait(10)
        if self.fault:
            raise self.fault
        return 4121


@pytest.fixture
def training(tmp_path: Path) -> Sitting:
    """A run is under way, and has been saved."""
    sitting = Sitting(fox_home(tmp_path / "home")).begin_writing().begin()
    run = keep_run(sitting.home, "r-1")
    sitting.playground.launcher.train()
    sitting.hear(started(folder=str(run.folder)), progress(100))
    return sitting


def saved(sitting: Sitting) -> None:
    """The trainer saves and ends."""
    sitting.trainer.tell(Saved(step=100, path="", best=False), Stopped(step=100, reason=REASON, run="r-1"))
    sitting.trainer.alive = False
    sitting.advance()


def test_it_is_saved_here_and_begins_there(training: Sitting) -> None:
    detachment, host = training.playground.detachment, Host()
    detachment.host = host
    assert detachment.begin() == ""
    assert training.trainer.asked == [Stop(REASON)]
    training.advance()
    assert host.asked == []  # not before it has saved
    saved(training)
    training.until(lambda: host.asked)
    ((request, paused),) = host.asked
    assert (Path(request.resume or "").name, paused, request.live) == ("r-1", False, {})
    assert detachment.under_way
    assert detachment.left is None
    host.may.set()
    training.until(lambda: detachment.left)
    assert detachment.left == Detached("r-1", 4121)
    assert training.happened[-1] == detachment.left
    assert not detachment.under_way
    assert len(training.trainer.requests) == 1


def test_one_that_another_process_trains_is_named_when_this_one_leaves(
    training: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    detachment, run = training.playground.detachment, training.playground.store.find("r-1")
    assert detachment.outlives is None
    monkeypatch.setattr(type(training.playground.runs), "remote", True)
    with run.lock():
        assert detachment.outlives == Detached("r-1", os.getpid())
    assert detachment.outlives is None
    rmtree(run.folder)
    assert detachment.outlives is None


def test_one_that_another_process_trains_is_asked_for_nothing(
    training: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    training.playground.detachment.host = Host()
    monkeypatch.setattr(type(training.playground.runs), "remote", True)
    assert training.playground.detachment.begin() == ""
    training.advance()
    assert not training.playground.detachment.under_way
    assert training.trainer.asked == []


@pytest.mark.fault("65")
@pytest.mark.parametrize("paused", [False, True])
def test_where_it_does_not_begin_it_goes_on_here(training: Sitting, *, paused: bool) -> None:
    detachment, host = training.playground.detachment, Host(RuntimeError("no memory is left"))
    detachment.host = host
    if paused:
        training.playground.runs.pause()
    host.may.set()
    detachment.begin()
    saved(training)
    training.until(lambda: len(training.trainer.requests) == 2)
    assert host.asked[0][1] is paused
    assert training.trainer.requests[1] == host.asked[0][0]
    assert training.trainer.asked[-1] == (Pause() if paused else Stop(REASON))
    training.until(lambda: any("could not be left on its own: no memory is left" in each for each in training.said))
    assert not detachment.under_way
    assert detachment.left is None


def test_one_that_ends_by_itself_meanwhile_is_not_left(training: Sitting) -> None:
    detachment = training.playground.detachment
    detachment.host = host = Host()
    detachment.begin()
    training.trainer.tell(
        Finished(step=100, run="r-1", checkpoint="x", train_loss=1.0, val_loss=None, val_loss_cold=None, steps=100)
    )
    training.trainer.alive = False
    training.advance()
    assert not detachment.under_way
    assert host.asked == []


def test_one_in_whose_place_another_is_begun_is_not_left_and_neither_is_the_other(training: Sitting) -> None:
    training.playground.detachment.host = host = Host()
    training.playground.detachment.begin()
    training.playground.launcher.train()  # begins once the one before has saved
    saved(training)
    training.until(lambda: len(training.trainer.requests) == 2)
    training.hear(started(run="r-2", folder="/runs/r-2"), progress(10))
    training.playground.runs.stop()
    training.trainer.alive = False
    training.hear(Stopped(step=10, reason="asked", run="r-2"))
    assert host.asked == []
    assert not training.playground.detachment.under_way


@pytest.mark.fault("65")
def test_one_that_fails_meanwhile_is_helped_as_ever(training: Sitting) -> None:
    training.playground.detachment.host = Host()
    training.playground.detachment.begin()
    training.trainer.alive = False
    training.hear(Failed(step=100, message="the disk is gone"))
    assert not training.playground.detachment.under_way
    assert training.playground.runs.state.status == "failed"


def test_it_says_when_there_is_nothing_that_could_be_left(tmp_path: Path) -> None:
    sitting = Sitting(fox_home(tmp_path / "home")).begin_writing().begin()
    detachment = sitting.playground.detachment
    assert detachment.begin() == NOT_HERE
    detachment.host = Host()
    assert detachment.begin() == "The run has not begun yet."
    sitting.playground.launcher.train()
    sitting.hear(Preparing(phase="importing torch"))
    assert detachment.begin() == "The run has not begun yet."
    sitting.hear(started())
    assert detachment.begin() == ""
    assert detachment.begin() == "The run stops already, and is being saved."


def test_a_run_that_cannot_be_read_stays_saved(training: Sitting) -> None:
    training.playground.detachment.host = Host()
    training.playground.detachment.begin()
    (Path(training.playground.runs.state.folder) / "run.json").unlink()
    saved(training)
    (said,) = [each for each in training.happened if isinstance(each, Said) and "could not be left" in each.sentence]
    assert said.warning
    assert not training.playground.detachment.under_way
