"""A run's readings in bounded memory, at falling resolution, extremes kept."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.messages.events import Row

Floats = NDArray[np.float64]

Reading = tuple[float, ...]

CLOCKS = ("step", "epoch", "characters", "seconds")
"""What the x axis may count. Each reading carries all four."""


CLOCKED = {"step", "epoch", "seconds"}
"""What a row must tell, so that it has a place on every clock."""


class History:
    """Readings of one quantity, each with its clocks.

    Readings are gathered in buckets of `stride` neighbours, of which the lowest and the highest are kept: no spike is
    ever lost. When the buckets are full, neighbours are merged in pairs and the stride doubles.
    """

    def __init__(self, buckets: int = 4096) -> None:
        if buckets < 2 or buckets % 2:
            raise ValueError("buckets must be even, and at least 2")
        self.stride = 1
        self._kept = np.empty((buckets, 2, len(CLOCKS) + 1))  # of each full bucket: its lowest reading, its highest
        self._full = 0
        self._held = 0  # readings in the open bucket
        self._lowest: Reading = ()
        self._highest: Reading = ()

    def add(self, value: float, clocks: Reading) -> None:
        """One reading with its clocks in the order of `CLOCKS`. What is not finite is kept out of the curve."""
        if not math.isfinite(value):
            return
        reading = (*clocks, value)
        if not self._held or value < self._lowest[-1]:
            self._lowest = reading
        if not self._held or value > self._highest[-1]:
            self._highest = reading
        self._held += 1
        if self._held == self.stride:
            self._kept[self._full] = self._lowest, self._highest
            self._full += 1
            self._held = 0
            if self._full == len(self._kept):
                self._halve()

    def _halve(self) -> None:
        pairs = self._kept.reshape(-1, 4, self._kept.shape[-1])
        rows = np.arange(len(pairs))
        values = pairs[:, :, -1]
        lowest, highest = pairs[rows, values.argmin(1)], pairs[rows, values.argmax(1)]
        self._full //= 2
        self._kept[: self._full, 0] = lowest
        self._kept[: self._full, 1] = highest
        self.stride *= 2

    def cut(self, step: float) -> None:
        """Forget what was read beyond a step, and what shares a bucket with it."""
        self._full = int((self._kept[: self._full, :, 0].max(1) <= step).sum())
        if self._held and max(self._lowest[0], self._highest[0]) > step:
            self._held = 0

    def points(self, clock: str = "step") -> tuple[Floats, Floats]:
        """The curve: x and y, each (n,), x in rising order."""
        readings = self._kept[: self._full].reshape(-1, len(CLOCKS) + 1)
        if self._held:
            readings = np.concatenate([readings, [self._lowest, self._highest]])
        readings = readings[readings[:, 0].argsort(kind="stable")]
        return readings[:, CLOCKS.index(clock)], readings[:, -1]


class RunHistory:
    """Everything a run's rows of metrics say over time: one `History` for each column that was ever filled."""

    COLUMNS = tuple(name for name in Row.__dataclass_fields__ if name not in CLOCKED)

    def __init__(self, characters_per_step: float = 1.0) -> None:
        self._paces = [(0, 0.0, characters_per_step)]
        """From which step on, after how many characters, a step reads how many."""
        self._columns: dict[str, History] = {}
        self._clocks = History()

    def read_on(self, step: int, characters_per_step: float) -> None:
        """From `step` on a step reads so many characters. What was said of later steps never happened."""
        done = self._characters(step)
        self._paces = [pace for pace in self._paces if pace[0] < step] + [(step, done, characters_per_step)]

    def _characters(self, step: int) -> float:
        start, done, pace = next((pace for pace in reversed(self._paces) if pace[0] <= step), self._paces[0])
        return done + (step - start) * pace

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows in, oldest first."""
        for row in rows:
            clocks = (float(row.step), row.epoch, self._characters(row.step), row.seconds)
            self._clocks.add(clocks[0], clocks)
            for name in self.COLUMNS:
                value = getattr(row, name)
                if value is not None:
                    if name not in self._columns:
                        self._columns[name] = History()
                    self._columns[name].add(value, clocks)

    def cut(self, step: float) -> None:
        """Forget what was read beyond a step."""
        for history in (self._clocks, *self._columns.values()):
            history.cut(step)

    def read(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Take the lines of a `metrics.jsonl` in; columns that a row does not have are let go, as what is no row is."""
        known = Row.__dataclass_fields__
        for line in lines:
            values: dict[str, Any] = {name: value for name, value in line.items() if name in known}
            if values.keys() >= CLOCKED and all(isinstance(value, int | float | None) for value in values.values()):
                self.add([Row(**values)])

    def points(self, column: str, clock: str = "step") -> tuple[Floats, Floats]:
        """One column: x and y, each (n,); empty where the run has no such reading."""
        history = self._columns.get(column)
        return history.points(clock) if history else (np.empty(0), np.empty(0))

    def at(self, step: float, clock: str) -> float:
        """Where a step lies on a clock."""
        if clock == "step":
            return step
        x, steps = self._clocks.points(clock)
        return float(np.interp(step, steps, x)) if len(steps) else 0.0
