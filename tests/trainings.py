"""What the tests of training share: the types of their fixtures, watchers, and how two runs are compared."""

from collections.abc import Callable, Generator, Iterator
from typing import Any, Protocol, TypeVar

import numpy as np

from charplay.protocol.commands import Command, SetHyperparameter, Stop, Undo
from charplay.protocol.events import Event, Failed, Progress, Saved, Started
from charplay.protocol.queues import CommandQueue
from charplay.runs.run import Run

Train = Callable[..., list[Event]]
Divided = Callable[[int], dict[str, Any]]
Watcher = Callable[[Event, CommandQueue], None]
Kind = TypeVar("Kind", bound=Event)
CLOCK = {"seconds", "chars_per_second"}
"""What metrics say of the clock."""


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


def without_clock(run: Run) -> list[dict[str, Any]]:
    """A run's metrics, but for what the clock says."""
    return [{name: value for name, value in row.items() if name not in CLOCK} for row in run.metrics()]


def commands_of(run: Run) -> list[tuple[int, Command]]:
    """The commands that a run's changes tell of, each with the step at which it was carried out."""
    commands: list[tuple[int, Command]] = []
    rows = iter(run.changes())
    for row in rows:
        if row["field"] == "undo":
            commands.append((row["old"], Undo()))
            next(rows)  # the value that went back
        else:
            commands.append((row["step"], SetHyperparameter(row["field"], row["new"])))
    return commands


def replay(commands: list[tuple[int, Command]]) -> Watcher:
    """A watcher that gives commands, each at its step; it must see every step."""
    waiting = list(commands)

    def watch(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress | Started):
            while waiting and waiting[0][0] == event.step:
                inbox.put(waiting.pop(0)[1])

    return watch


def difference(one: Run, other: Run) -> str:
    """What tells two runs apart, but for the clock: of their metrics, and of the bits that they go on from."""
    rows, others = without_clock(one), without_clock(other)
    if rows != others:
        unlike = next((pair for pair in zip(rows, others, strict=False) if pair[0] != pair[1]), "a row more")
        return f"the metrics differ, {len(rows)} rows and {len(others)}: {unlike}"
    (arrays, _), (same, _) = last_save(one), last_save(other)
    unlike_arrays = arrays.keys() ^ same.keys()
    unlike_arrays |= {name for name in arrays.keys() & same.keys() if not np.array_equal(arrays[name], same[name])}
    return f"{len(unlike_arrays)} arrays differ, as {min(unlike_arrays)}" if unlike_arrays else ""
