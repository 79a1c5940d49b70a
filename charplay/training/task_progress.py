"""Tells what a trainer does between two steps, where that takes longer than a moment."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from charplay.protocol.events import Event, Working

SILENT_SECONDS = 0.4
"""A task that is over sooner is not told of."""
REPORT_SECONDS = 0.2
"""Between two reports of how far a task is."""


class TaskProgress:
    """The reports on one task.

    Args:
        phase: what is done; it completes the sentence "charplay is ...".
        timestamp: returns the fields that every event has.
    """

    def __init__(self, phase: str, timestamp: Callable[[], dict[str, Any]]) -> None:
        self._phase = phase
        self._timestamp = timestamp
        self._due = time.perf_counter() + SILENT_SECONDS
        self._told = False

    def at(self, share: float | None) -> Iterator[Event]:
        """Report that so much is done, 0 to 1 (None: unknown), where a report is due."""
        now = time.perf_counter()
        if now >= self._due:
            self._due, self._told = now + REPORT_SECONDS, True
            yield Working(**self._timestamp(), phase=self._phase, share=share)

    def end(self) -> Iterator[Event]:
        """Report that the task is over, where it was told of."""
        if self._told:
            yield Working(**self._timestamp(), phase="")
