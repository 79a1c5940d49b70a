"""From the device to the books, the disk and the screen: what the steps measured is read together, and told."""

import time
from collections.abc import Generator, Iterator
from typing import Any, TypeVar

from charplay.protocol import events
from charplay.protocol.events import Event, Row
from charplay.training.metrics import StepInfo
from charplay.training.pace import Pace
from charplay.training.pending_commands import PendingCommands
from charplay.training.session import Session

READING_SECONDS = 0.1
"""The device is read, and progress told, at most so often."""

Result = TypeVar("Result")
Telling = Generator[Event, None, Result]
"""Events, and a result at the end."""


class Readings:
    """The steps that were taken and not yet read, and the rows that were read and not yet told."""

    def __init__(self, session: Session, commands: PendingCommands) -> None:
        self.pace = Pace(session)
        self._session = session
        self._commands = commands
        self._step_infos: list[StepInfo] = []
        self._untold: list[Row] = []
        self._read_at = self._told_at = -1.0

    @property
    def steps(self) -> int:
        """Steps taken, those not read yet included."""
        return self._session.step + len(self._step_infos)

    @property
    def waiting(self) -> bool:
        """Whether steps were taken that are not read yet."""
        return bool(self._step_infos)

    @property
    def due(self) -> bool:
        """Whether the last reading is long ago, or the device can hold no more."""
        return self._session.learner.must_read or time.perf_counter() - self._read_at >= READING_SECONDS

    def took(self, rate: float) -> None:
        """A step was taken just now, at this learning rate."""
        self._step_infos.append(StepInfo(self._session.clock.seconds, rate))

    def leave_out(self, seconds: float) -> None:
        """Seconds in which the process stood still are nobody's; a step that was under way may have counted them."""
        self._session.clock.skip(seconds)
        latest = self._session.clock.seconds
        self._step_infos = [StepInfo(min(info.seconds, latest), info.learning_rate) for info in self._step_infos]

    def read(self, *, tell: bool) -> Iterator[Event]:
        """Read what the steps measured; tell it if that is due, or if `tell` says so."""
        session = self._session
        rows = session.metrics.record(session.learner.read_metrics(), self._step_infos)
        self._step_infos = []
        session.writer.add_metrics(rows)
        if self._commands.single_steps and not rows and session.metrics.newest is not None:
            rows = [session.metrics.newest]  # one step that was asked for is told, and kept with its row later
        self._untold += rows
        now = self._read_at = time.perf_counter()
        if session.metrics.nonfinite_steps:
            yield from self._gone_bad()
        if tell or now - self._told_at >= READING_SECONDS:
            yield self.pace.progress(tuple(self._untold))
            self._told_at, self._untold = now, []
        yield from self.warnings()

    def add(self, row: Row) -> None:
        """Keep a row that no step measured, and tell it with the others."""
        self._session.writer.add_metrics([row])
        self._untold.append(row)

    def rewind(self) -> None:
        """The session has gone back to an earlier step: rows since then are nobody's."""
        self._untold = []
        self.pace.rewind()

    def warnings(self) -> Iterator[Event]:
        """What the disk had to say meanwhile."""
        for warning in self._session.writer.take_warnings():
            yield self.warned(warning)

    def warned(self, message: str) -> Event:
        """A warning of this moment."""
        return events.Warned(**self.now(), message=message)

    def now(self) -> dict[str, Any]:
        """The stamp of this moment: step, and seconds of training."""
        return {"step": self._session.step, "seconds": self._session.clock.seconds}

    def _gone_bad(self) -> Iterator[Event]:
        count, self._session.metrics.nonfinite_steps = self._session.metrics.nonfinite_steps, 0
        what = "a gradient was" if count == 1 else f"the gradients of {count:,} steps were"
        message = f"{what} not finite and taught nothing; lower the learning rate, or go back to the last save"
        yield self.warned(message)
        self._commands.pause(events.BAD_NUMBERS)
