"""The two ends of the border: commands go in through an inbox, events come out through a mailbox."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace

from charplay.protocol.commands import Command
from charplay.protocol.events import Changed, Event, Progress, Published, Row

MOST_ROWS = 4096
"""Rows that a merged progress reading carries at most; beyond it every other one is let go, but for marked ones."""


class CommandQueue:
    """Commands on their way to a trainer. Putting never blocks; any thread may put."""

    def __init__(self) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()

    def put(self, command: Command) -> None:
        """Leave a command."""
        self._commands.put(command)

    def take(self, wait: float = 0.0) -> Iterator[Command]:
        """The commands waiting, oldest first; with `wait`, stand up to that many seconds for the first."""
        try:
            yield self._commands.get(block=wait > 0, timeout=wait or None)
            while True:
                yield self._commands.get_nowait()
        except queue.Empty:
            return


class EventQueue:
    """Events on their way to whoever looks. Putting never blocks and never grows without bound.

    Facts are kept, in order. A reading that nobody has drained is merged with the one after it: progress keeps
    its rows, published weights are replaced.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []

    def put(self, event: Event) -> None:
        """Leave an event."""
        with self._lock:
            if isinstance(event, Published):
                self._events = [earlier for earlier in self._events if not isinstance(earlier, Published)]
            elif isinstance(event, Progress):
                event = self._merged(event)
            self._events.append(event)

    def _merged(self, event: Progress) -> Progress:
        """`event` with the rows of the newest progress, unless a change, which may take steps back, stands between."""
        for i in reversed(range(len(self._events))):
            earlier = self._events[i]
            if isinstance(earlier, Changed):
                break
            if isinstance(earlier, Progress):
                del self._events[i]
                return replace(event, rows=_thinned(earlier.rows + event.rows))
        return event

    def drain(self) -> list[Event]:
        """Take everything, oldest first."""
        with self._lock:
            events, self._events = self._events, []
        return events


def _thinned(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    if len(rows) <= MOST_ROWS:
        return rows
    return tuple(row for i, row in enumerate(rows) if i % 2 or row.val_loss is not None or row.epoch_loss is not None)
