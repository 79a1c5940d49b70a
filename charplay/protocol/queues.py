"""Thread-safe queues to and from a trainer: commands go in, events come out; putting never blocks."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace

from charplay.protocol.commands import Command
from charplay.protocol.events import Changed, Event, Progress, Published, Row, Working

MAX_ROWS = 4096
"""Rows of a merged progress event, at most; beyond that every other row without an evaluation or epoch is dropped."""


class CommandQueue:
    """Carries commands to a trainer. Any thread may put; putting never blocks."""

    def __init__(self) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def put(self, command: Command) -> None:
        """Add a command."""
        self._commands.put(command)

    def take(self, wait: float = 0.0) -> Iterator[Command]:
        """Yield the waiting commands, oldest first; with `wait`, block up to so many seconds for the first one."""
        try:
            yield self._commands.get(block=wait > 0, timeout=wait or None)
            while True:
                yield self._commands.get_nowait()
        except queue.Empty:
            return


class EventQueue:
    """Carries events from a trainer to a reader. Putting never blocks, and a slow reader costs bounded memory.

    Facts are kept, in order. A reading that has not been drained is merged with the next one: a `Progress` keeps its
    rows, `Published` weights and what the trainer is `Working` at are replaced.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def put(self, event: Event) -> None:
        """Add an event, merging readings."""
        with self._lock:
            if isinstance(event, Published | Working):
                self._events = [earlier for earlier in self._events if not isinstance(earlier, type(event))]
            elif isinstance(event, Progress):
                event = self._merged(event)
            self._events.append(event)

    def _merged(self, event: Progress) -> Progress:
        """Prepend the rows of the last undrained progress, unless a change, which may be an undo, came after it."""
        for i in reversed(range(len(self._events))):
            earlier = self._events[i]
            if isinstance(earlier, Changed):
                break
            if isinstance(earlier, Progress):
                del self._events[i]
                return replace(event, rows=_thinned(earlier.rows + event.rows))
        return event

    def drain(self) -> list[Event]:
        """Remove and return all events, oldest first."""
        with self._lock:
            events, self._events = self._events, []
        return events


def _thinned(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    if len(rows) <= MAX_ROWS:
        return rows
    return tuple(row for i, row in enumerate(rows) if i % 2 or row.val_loss is not None or row.epoch_loss is not None)
