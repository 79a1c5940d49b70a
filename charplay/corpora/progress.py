"""Progress and cancellation of long work on a text."""

from collections.abc import Callable
from dataclasses import dataclass

from charplay.corpora.errors import Cancelled

Watch = Callable[[float], bool]
"""Receives the share done, 0 to 1, and returns False to cancel."""


@dataclass(frozen=True)
class Progress:
    """Reports a task's progress as the part from `start` to `end` of its watcher's 0 to 1."""

    watch: Watch | None = None
    start: float = 0.0
    end: float = 1.0

    def at(self, share: float) -> None:
        """Report that `share` (0 to 1) of the task is done. Raises Cancelled where the watcher returns False."""
        if self.watch and not self.watch(self.start + (self.end - self.start) * min(share, 1.0)):
            raise Cancelled

    def part(self, start: float, end: float) -> "Progress":
        """Return the progress of a subtask that covers this task from `start` to `end`, both 0 to 1."""
        width = self.end - self.start
        return Progress(self.watch, self.start + width * start, self.start + width * end)
