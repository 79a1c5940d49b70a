"""What the command line does for the playground's process."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from charplay.cli import play
from charplay.protocol.events import Event, Preparing, Progress
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.training import run_training


@pytest.fixture
def spared() -> Iterator[list[int]]:
    """How many objects the collector spares, each time that it is asked; none afterwards."""
    play._spare_modules.cache_clear()
    yield []
    play._spare_modules.cache_clear()
    gc.unfreeze()


def test_the_collector_spares_the_modules_from_the_first_steps_on_and_only_once(
    spared: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    event: dict[str, Any] = {"step": 1, "seconds": 0.0}
    progress = Progress(
        **event, rows=(), epoch=0.0, total_steps=None, done=0.0, chars_per_second=0.0, seconds_left=None
    )
    told: list[Event] = [Preparing(**event, phase="importing torch"), progress, progress]
    monkeypatch.setattr(run_training, "open_training", lambda *_: iter(told))
    gc.unfreeze()
    for _ in range(2):
        events = play._open_training(TrainRequest(home="", recipe={}), CommandQueue())
        spared += [gc.get_freeze_count() for _ in events]
    assert spared[0] == 0
    assert spared[1] > 10_000
    assert max(spared[2:]) <= spared[1]
