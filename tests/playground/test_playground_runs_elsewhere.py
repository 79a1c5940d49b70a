"""A run that trains on its own is shown in a sitting that is open already, and stopped from it."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hosted import until
from sitting import Sitting, fox_home, keep_run
from spoken_trainer import SpokenTrainer, progress, started

from charplay.playground.trainer_client import TrainerClient
from charplay.protocol.commands import Pause
from charplay.protocol.events import Finished
from charplay.runs.run import Run
from charplay.server.errors import ServerError


@dataclass
class Reached:
    """Reaches every run, as another trainer that the test speaks for."""

    trainer: SpokenTrainer = field(default_factory=SpokenTrainer)
    fault: str = ""
    asked: list[str] = field(default_factory=list)

    def attach(self, run: Run, local: TrainerClient) -> TrainerClient:
        self._note(f"attach {run.name}")
        self.trainer.alive = self.trainer.outlives = True
        return self.trainer

    def stop(self, run: Run) -> str:
        self._note(f"stop {run.name}")
        return run.name

    def _note(self, what: str) -> None:
        self.asked.append(what)
        if self.fault:
            raise ServerError(self.fault)


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    home = fox_home(tmp_path / "home")
    keep_run(home)
    return Sitting(home).begin_writing().begin()


@pytest.fixture
def reached(sitting: Sitting) -> Reached:
    reach = Reached()
    sitting.playground.detached_runs.reach = reach
    return reach


def test_it_is_attached_to_and_steered_and_the_next_run_is_trained_here(sitting: Sitting, reached: Reached) -> None:
    playground = sitting.playground
    sitting.trainer.outlives = False
    assert not playground.detached_runs.attach("kept-1")
    until(lambda: sitting.advance() is not None and playground.runs.remote)
    reached.trainer.tell(started(run="kept-1"), progress(100))
    sitting.advance()
    assert (playground.runs.state.run, playground.runs.state.step) == ("kept-1", 100)
    assert "A run is under way here" in playground.detached_runs.attach("kept-1")
    playground.runs.pause()
    assert reached.trainer.asked == [Pause()]
    assert not sitting.trainer.asked


def test_one_that_was_attached_to_and_is_over_may_be_followed_by_another(sitting: Sitting, reached: Reached) -> None:
    playground = sitting.playground
    for _ in range(2):
        assert not playground.detached_runs.attach("kept-1")
        until(lambda: sitting.advance() is not None and playground.runs.state.busy)
        reached.trainer.tell(started(run="kept-1"))
        reached.trainer.alive = reached.trainer.outlives = False
        reached.trainer.tell(
            Finished(run="kept-1", checkpoint="x", train_loss=1.2, val_loss=1.5, val_loss_cold=1.6, steps=100)
        )
        sitting.advance()
        assert playground.runs.state.status == "finished"
    assert reached.asked == ["attach kept-1"] * 2


def test_it_is_stopped_and_that_is_said(sitting: Sitting, reached: Reached) -> None:
    assert not sitting.playground.detached_runs.stop("kept-1")
    until(lambda: sitting.advance() is not None and "kept-1 is stopped" in sitting.said)
    assert reached.asked == ["stop kept-1"]


def test_one_that_cannot_be_reached_is_a_sentence(sitting: Sitting, reached: Reached) -> None:
    reached.fault = "nobody can be reached"
    assert not sitting.playground.detached_runs.attach("kept-1")
    assert not sitting.playground.detached_runs.stop("kept-1")
    until(lambda: sitting.advance() is not None and sitting.said.count("nobody can be reached") == 2)
    assert not sitting.playground.runs.busy
    assert "gone-1" in sitting.playground.detached_runs.stop("gone-1")


def test_without_a_way_to_them_that_is_said(sitting: Sitting) -> None:
    detached = sitting.playground.detached_runs
    assert "charplay attach" in detached.attach("kept-1")
    assert "charplay attach" in detached.stop("kept-1")
