"""How long work on a text says how far it is, and is told to stop."""

from collections.abc import Callable
from dataclasses import dataclass

from charplay.corpora.errors import Cancelled

Watch = Callable[[float], bool]
"""Is given the share done, 0 to 1, and returns False to cancel."""


@dataclass(frozen=True)
class Progress:
    """The stretch of a watcher's 0 to 1 that one piece of work covers."""

    watch: Watch | None = None
    start: float = 0.0
    end: float = 1.0

    def at(self, share: float) -> None:
        """Reports `share` (0 to 1) of this stretch; raises Cancelled where the watcher asks for it."""
        if self.watch and not self.watch(self.start + (self.end - self.start) * min(share, 1.0)):
            raise Cancelled

    def part(self, start: float, end: float) -> "Progress":
        """The stretch from `start` to `end`, both shares of this one."""
        width = self.end - self.start
        return Progress(self.watch, self.start + width * start, self.start + width * end)
