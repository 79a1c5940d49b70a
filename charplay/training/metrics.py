"""Metrics of a run: rows over several steps, means of epochs, and the final training loss."""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from charplay.protocol.events import Row
from charplay.training.epoch_counter import EpochCounter
from charplay.training.learner import StepMetrics

MAX_RECENT_STEPS = 10_000
"""Steps whose losses are kept: a hundredth of a million."""
MIN_FINAL_STEPS = 100
"""The final training loss is the mean of at least so many steps, if the run has them."""

SUMS = {"row": "row_sums", "epoch": "epoch_sums", "watched": "interval_sums"}
"""Keys of the sums in a run's file, and the attributes that they are kept in."""
NUMBERS = {
    "step": "step",
    "epoch_loss": "epoch_loss",
    "row_seconds": "row_seconds",
    "row_characters": "row_characters",
    "bad": "nonfinite_steps",
}
"""Keys of the numbers in a run's file, and the attributes that they are kept in."""


@dataclass
class RunningSums:
    """Sums over steps, in double precision, in the order of the steps."""

    steps: int = 0
    loss: float = 0.0
    accuracy: float = 0.0
    norm: float = 0.0

    def add(self, metrics: StepMetrics) -> None:
        """Add a step."""
        loss, accuracy, norm = metrics
        self.steps += 1
        self.loss += loss
        self.accuracy += accuracy
        self.norm += norm

    def mean(self, total: float) -> float | None:
        """Divide `total` by the steps; None if there are none."""
        return total / self.steps if self.steps else None


@dataclass(frozen=True, slots=True)
class StepInfo:
    """What is known of a step as soon as it is taken, before its metrics are read."""

    seconds: float
    """Seconds of training so far."""
    learning_rate: float


@dataclass
class MetricsAccumulator:
    """Accumulates the metrics of single steps.

    A row covers `log_every` steps whatever the clock says, so a resumed run writes the same rows as one that was never
    stopped. A step whose metrics are not finite counts in `nonfinite_steps` and in no mean.
    """

    log_every: int
    epoch_counter: EpochCounter
    characters_per_step: int
    step: int = 0
    """Steps recorded so far."""
    row_sums: RunningSums = field(default_factory=RunningSums)
    epoch_sums: RunningSums = field(default_factory=RunningSums)
    interval_sums: RunningSums = field(default_factory=RunningSums)
    """Since the last evaluation."""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_RECENT_STEPS))
    """Losses of the last steps."""
    epoch_loss: float | None = None
    """Mean of the last whole epoch."""
    row_seconds: float = 0.0
    """Seconds of training at the end of the last row."""
    row_characters: int = 0
    """Characters read since the last row."""
    nonfinite_steps: int = 0
    """Not yet reported."""
    newest: Row | None = None
    """The last step by itself."""

    def record(self, metrics: Iterable[StepMetrics], infos: Iterable[StepInfo]) -> list[Row]:
        """Add steps, in order; return the rows that they complete."""
        rows = []
        for one, info in zip(metrics, infos, strict=True):
            self.step += 1
            self.row_characters += self.characters_per_step
            if all(map(math.isfinite, one)):
                self.recent.append(one[0])
                for sums in (self.row_sums, self.epoch_sums, self.interval_sums):
                    sums.add(one)
            else:
                self.nonfinite_steps += 1
            self.newest = Row(
                step=self.step,
                epoch=self.epochs,
                seconds=info.seconds,
                train_loss=one[0],
                train_accuracy=one[1],
                learning_rate=info.learning_rate,
                grad_norm=one[2],
            )
            values: dict[str, float | None] = {}
            if self.step % self.log_every == 0:
                values |= self._close_row(info)
            if self.epoch_counter.ends_epoch(self.step):
                values |= self._close_epoch()
            if values:
                rows.append(Row(step=self.step, epoch=self.epochs, seconds=info.seconds, **values))
        return rows

    @property
    def epochs(self) -> float:
        """Epochs done so far."""
        return self.epoch_counter.epochs_at(self.step)

    def _close_row(self, info: StepInfo) -> dict[str, float | None]:
        sums, self.row_sums = self.row_sums, RunningSums()
        elapsed, self.row_seconds = info.seconds - self.row_seconds, info.seconds
        characters, self.row_characters = self.row_characters, 0
        return {
            "train_loss": sums.mean(sums.loss),
            "train_accuracy": sums.mean(sums.accuracy),
            "learning_rate": info.learning_rate,
            "grad_norm": sums.mean(sums.norm),
            "chars_per_second": characters / elapsed if elapsed > 0 else None,
        }

    def _close_epoch(self) -> dict[str, float | None]:
        sums, self.epoch_sums = self.epoch_sums, RunningSums()
        self.epoch_loss = sums.mean(sums.loss)
        return {"epoch_loss": self.epoch_loss, "epoch_accuracy": sums.mean(sums.accuracy)}

    def close_interval(self) -> float | None:
        """Return the mean training loss since the last call; None if no step was taken."""
        sums, self.interval_sums = self.interval_sums, RunningSums()
        return sums.mean(sums.loss)

    def final_train_loss(self) -> float | None:
        """Return the mean of the last whole epoch, or else of the last hundredth of the steps, at least 100."""
        if self.epoch_loss is not None:
            return self.epoch_loss
        last = list(self.recent)[-max(MIN_FINAL_STEPS, self.step // 100) :]
        return sum(last) / len(last) if last else None

    def state(self) -> dict[str, Any]:
        """Return everything but `recent`, as JSON takes it."""
        sums = {key: asdict(getattr(self, name)) for key, name in SUMS.items()}
        numbers = {key: getattr(self, name) for key, name in NUMBERS.items()}
        return sums | numbers | {"passes": asdict(self.epoch_counter)}

    def load(self, state: Mapping[str, Any], recent: np.ndarray) -> None:
        """Restore what `state` returned, and the losses of the last steps."""
        for key, name in NUMBERS.items():
            setattr(self, name, state[key])
        for key, name in SUMS.items():
            setattr(self, name, RunningSums(**state[key]))
        self.epoch_counter = EpochCounter(**state["passes"])
        self.recent = deque(recent.tolist(), maxlen=MAX_RECENT_STEPS)
