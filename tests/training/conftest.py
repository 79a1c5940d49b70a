from pathlib import Path

import numpy as np
import pytest
import torch
from trainings import Divided, Kind, Only, Train, Watcher

from charplay.protocol.events import Event, Failed
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes import network
from charplay.recipes.layers import ConfigLayer, compose
from charplay.training import step_reporter
from charplay.training.run_training import open_training
from charplay.training.save_thread import SaveJob, SaveThread

torch.set_num_threads(1)

TEXT = 1_200
"""Characters of the text that the tests train on."""

TINY = {
    "corpus": "words",
    "hidden_size": 8,
    "embedding_size": 4,
    "sequence_length": 6,
    "batch_size": 4,
    "steps": 20,
    "log_every": 3,
    "evaluate_every": 7,
    "save_every": 5,
    "threads": 1,
    "device": "cpu",
}
"""A recipe that trains in a fraction of a second."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one text."""
    for folder in ("corpora", "checkpoints", "cache"):
        (tmp_path / folder).mkdir()
    words = np.random.default_rng(5).choice(["the ", "cat ", "sat, ", "on\n", "a ", "mat. "], TEXT)
    (tmp_path / "corpora" / "words.txt").write_text("".join(words)[:TEXT])
    return tmp_path


def recipe_of(**settings: object) -> dict[str, object]:
    recipe, _ = compose(ConfigLayer("test", {"minutes": None, **TINY, **settings}))
    return recipe.model_dump()


@pytest.fixture
def asked() -> dict[str, object]:
    """The tiny recipe as a request carries it."""
    return recipe_of()


@pytest.fixture
def train(home: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    """Trains and gives all events; `watch` sees each as it comes, progress at every step, and may leave commands."""
    monkeypatch.setattr(step_reporter, "REPORT_SECONDS", 0.0)

    def run(
        watch: Watcher | None = None,
        *,
        resume: str | None = None,
        added: bool = False,
        source: str | None = None,
        **settings: object,
    ) -> list[Event]:
        recipe = recipe_of(**settings) if settings or resume is None else {}
        inbox = CommandQueue()
        events = []
        request = TrainRequest(home=str(home), recipe=recipe, resume=resume, added=added, source=source)
        for event in open_training(request, inbox):
            events.append(event)
            if watch:
                watch(event, inbox)
        return events

    return run


@pytest.fixture
def divided(monkeypatch: pytest.MonkeyPatch) -> Divided:
    """`divided(2)` lets runs of a few streams have two shares, and returns the setting that asks for them."""
    monkeypatch.setattr(network, "MIN_STREAMS", 1)
    return lambda count: {"threads": count}


@pytest.fixture
def only() -> Only:
    """The events of one kind; a failure is never silent."""

    def pick(events: list[Event], kind: type[Kind]) -> list[Kind]:
        assert kind is Failed or not [event for event in events if isinstance(event, Failed)], events[-1]
        return [event for event in events if isinstance(event, kind)]

    return pick


@pytest.fixture
def quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every save is on the disk before the next step, so that none gives way to a newer one."""
    plain = SaveThread.submit

    def submit(self: SaveThread, job: SaveJob) -> None:
        plain(self, job)
        assert self.wait_until_idle(10)

    monkeypatch.setattr(SaveThread, "submit", submit)
