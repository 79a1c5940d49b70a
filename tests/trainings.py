"""What the tests of training share: the types of their fixtures, and a watcher that stops a run."""

from collections.abc import Callable, Generator, Iterator
from typing import Any, Protocol, TypeVar

import numpy as np

from charplay.protocol.commands import Stop
from charplay.protocol.events import Event, Failed, Progress, Saved, Started
from charplay.protocol.queues import CommandQueue
from charplay.runs.run import Run

Train = Callable[..., list[Event]]
Divided = Callable[[int], dict[str, Any]]
Watcher = Callable[[Event, CommandQueue], None]
Kind = TypeVar("Kind", bound=Event)


class Only(Protocol):
    """Picks the events of one kind."""

    def __call__(self, events: list[Event], kind: type[Kind]) -> list[Kind]: ...


def stop_at(step: int) -> Watcher:
    """A watcher that stops a run when it has come to `step`; rows are logged every step, so it sees each."""

    def watch(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress | Saved | Started) and event.step >= step:
            inbox.put(Stop())

    return watch


def abandon(stream: Iterator[Event]) -> None:
    """Leave a training in the middle, as a consumer does that goes away."""
    assert isinstance(stream, Generator)
    stream.close()


def failure(events: list[Event]) -> Failed:
    """What a training ended with, which is a failure."""
    last = events[-1]
    assert isinstance(last, Failed)
    return last


def last_save(run: Run) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and the state that a run goes on from."""
    saved = run.read_resume()
    assert saved is not None
    return saved
