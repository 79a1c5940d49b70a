"""Reading of step metrics from the device, and their way to the metrics, the disk and the user."""

import time
from collections.abc import Generator, Iterator
from typing import Any, TypeVar

from charplay.protocol import events
from charplay.protocol.events import Event, Row
from charplay.training.metrics import StepInfo
from charplay.training.pending_commands import PendingCommands
from charplay.training.session import Session
from charplay.training.throughput import Throughput

REPORT_SECONDS = 0.1
"""Metrics are read from the device, and progress is reported, at most so often."""

Result = TypeVar("Result")
EventGenerator = Generator[Event, None, Result]
"""Yields events and returns a result."""


class StepReporter:
    """Keeps the steps whose metrics are not read yet, and the rows that are not reported yet."""

    def __init__(self, session: Session, commands: PendingCommands) -> None:
        self._throughput = Throughput(session)
        self._session = session
        self._commands = commands
        self._unread_steps: list[StepInfo] = []
        self._unreported_rows: list[Row] = []
        self._read_at = self._reported_at = -1.0

    @property
    def steps(self) -> int:
        """Steps taken, including those that are not read yet."""
        return self._session.step + len(self._unread_steps)

    @property
    def has_unread_steps(self) -> bool:
        """Whether steps were taken that are not read yet."""
        return bool(self._unread_steps)

    @property
    def due(self) -> bool:
        """Whether the steps should be read: the last time is long ago, or the device can hold no more."""
        return self._session.learner.must_read or time.perf_counter() - self._read_at >= REPORT_SECONDS

    def step_taken(self, learning_rate: float) -> None:
        """Count a step that was just taken."""
        self._unread_steps.append(StepInfo(self._session.clock.seconds, learning_rate))

    def exclude_seconds(self, seconds: float) -> None:
        """Exclude the seconds in which the process was suspended, also from a step that may include them."""
        self._session.clock.skip(seconds)
        latest = self._session.clock.seconds
        self._unread_steps = [StepInfo(min(info.seconds, latest), info.learning_rate) for info in self._unread_steps]

    def read_steps(self, *, report: bool) -> Iterator[Event]:
        """Read the metrics of the steps; report progress if that is due, or if `report` is set."""
        session = self._session
        rows = session.metrics.record(session.learner.read_metrics(), self._unread_steps)
        self._unread_steps = []
        session.writer.add_metrics(rows)
        if self._commands.single_steps and not rows and session.metrics.newest is not None:
            rows = [session.metrics.newest]  # a single step is reported by itself, and written with its row later
        self._unreported_rows += rows
        now = self._read_at = time.perf_counter()
        if session.metrics.nonfinite_steps:
            yield from self._pause_on_nonfinite()
        if report or now - self._reported_at >= REPORT_SECONDS:
            yield self._throughput.progress(tuple(self._unreported_rows))
            self._reported_at, self._unreported_rows = now, []
        yield from self.report_warnings()

    def add_row(self, row: Row) -> None:
        """Write a row that no step measured, and report it with the others."""
        self._session.writer.add_metrics([row])
        self._unreported_rows.append(row)

    def rewind(self) -> None:
        """Drop the unreported rows, because the session went back to an earlier step."""
        self._unreported_rows = []
        self._throughput.rewind()

    def report_warnings(self) -> Iterator[Event]:
        """Report the warnings of the writer."""
        for sentence in self._session.writer.take_warnings():
            yield self.warning(sentence)

    def warning(self, message: str) -> Event:
        """Make a warning with the current timestamp."""
        return events.Warned(**self.timestamp(), message=message)

    def timestamp(self) -> dict[str, Any]:
        """Return the fields that every event has: step, and seconds of training."""
        return {"step": self._session.step, "seconds": self._session.clock.seconds}

    def _pause_on_nonfinite(self) -> Iterator[Event]:
        count, self._session.metrics.nonfinite_steps = self._session.metrics.nonfinite_steps, 0
        what = "a gradient was" if count == 1 else f"the gradients of {count:,} steps were"
        message = f"{what} not finite and taught nothing; lower the learning rate, or go back to the last save"
        yield self.warning(message)
        self._commands.pause(events.BAD_NUMBERS)
