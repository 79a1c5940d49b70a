"""A home with one text, a sitting that was begun there, and a controller of runs that a test speaks for."""

from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_models import scholar
from sitting import Sitting, fox_home
from spoken_trainer import REQUEST, Clock, SpokenTrainer, progress, started

from charplay.playground.instrument import Instrument
from charplay.playground.run_controller import RunController
from charplay.protocol.events import Event
from charplay.runs.home import Home
from charplay.sampling.params import SamplingParams


@pytest.fixture
def trainer() -> SpokenTrainer:
    return SpokenTrainer()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runs(trainer: SpokenTrainer, clock: Clock) -> RunController:
    return RunController(trainer, clock)


@pytest.fixture
def hear(runs: RunController, trainer: SpokenTrainer) -> Callable[..., list[Event]]:
    """Has the trainer tell events, and the controller take them in."""

    def told(*events: Event) -> list[Event]:
        trainer.tell(*events)
        return runs.advance()

    return told


@pytest.fixture
def training(runs: RunController, hear: Callable[..., list[Event]]) -> RunController:
    """A run that has its first hundred steps behind it."""
    runs.start(REQUEST)
    hear(started(), progress(100))
    return runs


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fox_home(tmp_path / "home")


@pytest.fixture
def sitting(home: Home) -> Sitting:
    """One that was begun, with the fox chosen and read."""
    return Sitting(home).begin()


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """The folder of generated texts."""
    return tmp_path / "texts"


@pytest.fixture
def empty(texts: Path) -> Instrument:
    """Nothing writes yet."""
    return Instrument(texts, SamplingParams())


@pytest.fixture
def instrument(empty: Instrument) -> Instrument:
    """A scholar writes, and nothing is written yet."""
    empty.play(scholar(), "demo, step 5")
    return empty
