"""What the tests of training share: the types of their fixtures, and a watcher that stops a run."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from charplay.protocol.commands import Stop
from charplay.protocol.events import Event, Progress, Saved, Started
from charplay.protocol.queues import CommandQueue

Train = Callable[..., list[Event]]
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
