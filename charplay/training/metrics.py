"""From what single steps measured to rows of metrics, means of epochs, and the loss that a run closes with."""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from charplay.protocol.events import Row
from charplay.training.epoch_counter import EpochCounter
from charplay.training.learner import StepMetrics

RECENT = 10_000
"""Steps whose losses are remembered: the last hundredth of a million."""
LEAST_CLOSING = 100
"""Steps that the closing loss is at least the mean of, where there are so many."""

SUMS = ("row", "epoch", "watched")
NUMBERS = ("step", "epoch_loss", "row_seconds", "row_characters", "bad")


@dataclass
class Sums:
    """Sums over steps, in double precision, in the order of the steps."""

    steps: int = 0
    loss: float = 0.0
    accuracy: float = 0.0
    norm: float = 0.0

    def add(self, measured: StepMetrics) -> None:
        """Count a step."""
        loss, accuracy, norm = measured
        self.steps += 1
        self.loss += loss
        self.accuracy += accuracy
        self.norm += norm

    def mean(self, total: float) -> float | None:
        """`total` over the steps; None before the first."""
        return total / self.steps if self.steps else None


@dataclass(frozen=True, slots=True)
class Moment:
    """What was known when a step had been taken: seconds of training, learning rate."""

    seconds: float
    rate: float


@dataclass
class Ledger:
    """Keeps a run's books.

    A row covers `log_every` steps whatever the clock says, so a resumed run writes the rows of one that was never
    stopped. A step whose numbers are not finite counts in `bad` and in no mean.
    """

    log_every: int
    epoch_counter: EpochCounter
    characters_per_step: int
    step: int = 0
    """Steps in the books."""
    row: Sums = field(default_factory=Sums)
    epoch: Sums = field(default_factory=Sums)
    watched: Sums = field(default_factory=Sums)
    """Since the last look at what is best."""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    epoch_loss: float | None = None
    """Mean of the last whole epoch."""
    row_seconds: float = 0.0
    """When the last row ended."""
    row_characters: int = 0
    """Characters read since then."""
    bad: int = 0
    """Steps that were not finite, since someone last looked."""
    newest: Row | None = None
    """The last step by itself."""

    def book(self, measured: Iterable[StepMetrics], moments: Iterable[Moment]) -> list[Row]:
        """Count steps, each with its moment; the rows that they complete."""
        rows = []
        for one, moment in zip(measured, moments, strict=True):
            self.step += 1
            self.row_characters += self.characters_per_step
            if all(map(math.isfinite, one)):
                self.recent.append(one[0])
                for sums in (self.row, self.epoch, self.watched):
                    sums.add(one)
            else:
                self.bad += 1
            self.newest = Row(
                step=self.step,
                epoch=self.epochs,
                seconds=moment.seconds,
                train_loss=one[0],
                train_accuracy=one[1],
                learning_rate=moment.rate,
                grad_norm=one[2],
            )
            values: dict[str, float | None] = {}
            if self.step % self.log_every == 0:
                values |= self._close_row(moment)
            if self.epoch_counter.ends_epoch(self.step):
                values |= self._close_epoch()
            if values:
                rows.append(Row(step=self.step, epoch=self.epochs, seconds=moment.seconds, **values))
        return rows

    @property
    def epochs(self) -> float:
        """Passes over the text."""
        return self.epoch_counter.epochs_at(self.step)

    def _close_row(self, moment: Moment) -> dict[str, float | None]:
        sums, self.row = self.row, Sums()
        took, self.row_seconds = moment.seconds - self.row_seconds, moment.seconds
        characters, self.row_characters = self.row_characters, 0
        return {
            "train_loss": sums.mean(sums.loss),
            "train_accuracy": sums.mean(sums.accuracy),
            "learning_rate": moment.rate,
            "grad_norm": sums.mean(sums.norm),
            "chars_per_second": characters / took if took > 0 else None,
        }

    def _close_epoch(self) -> dict[str, float | None]:
        sums, self.epoch = self.epoch, Sums()
        self.epoch_loss = sums.mean(sums.loss)
        return {"epoch_loss": self.epoch_loss, "epoch_accuracy": sums.mean(sums.accuracy)}

    def close_watched(self) -> float | None:
        """The mean training loss since the last call; None where there was no step."""
        sums, self.watched = self.watched, Sums()
        return sums.mean(sums.loss)

    def closing_loss(self) -> float | None:
        """The mean of the last whole epoch, else of the last hundredth of the steps, at least 100."""
        if self.epoch_loss is not None:
            return self.epoch_loss
        last = list(self.recent)[-max(LEAST_CLOSING, self.step // 100) :]
        return sum(last) / len(last) if last else None

    def state(self) -> dict[str, Any]:
        """All of it but `recent`, as JSON takes it."""
        sums = {name: asdict(getattr(self, name)) for name in SUMS}
        return sums | {name: getattr(self, name) for name in NUMBERS} | {"passes": asdict(self.epoch_counter)}

    def load(self, state: Mapping[str, Any], recent: np.ndarray) -> None:
        """Put back what `state` gave."""
        for name in NUMBERS:
            setattr(self, name, state[name])
        for name in SUMS:
            setattr(self, name, Sums(**state[name]))
        self.epoch_counter = EpochCounter(**state["passes"])
        self.recent = deque(recent.tolist(), maxlen=RECENT)
