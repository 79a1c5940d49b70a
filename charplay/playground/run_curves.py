"""A run's curves: every column of its metrics over steps, epochs, characters and seconds."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from charplay.plotting.downsample import DownsampledCurve, Floats
from charplay.protocol.events import Row

PLACED = {"step", "epoch", "seconds"}
"""What a row must tell, so that it has a place on every x axis."""


class RunCurves:
    """Everything a run's rows of metrics say over time: one `DownsampledCurve` for each column that was ever filled."""

    COLUMNS = tuple(name for name in Row.__dataclass_fields__ if name not in PLACED)

    def __init__(self, characters_per_step: float = 1.0) -> None:
        self._paces = [(0, 0.0, characters_per_step)]
        """From which step on, after how many characters, a step reads how many."""
        self._columns: dict[str, DownsampledCurve] = {}
        self._axes = DownsampledCurve()

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
            axes = (float(row.step), row.epoch, self._characters(row.step), row.seconds)
            self._axes.add(axes[0], axes)
            for name in self.COLUMNS:
                value = getattr(row, name)
                if value is not None:
                    if name not in self._columns:
                        self._columns[name] = DownsampledCurve()
                    self._columns[name].add(value, axes)

    def cut(self, step: float) -> None:
        """Forget what was read beyond a step."""
        for history in (self._axes, *self._columns.values()):
            history.cut(step)

    def read(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Take the lines of a `metrics.jsonl` in; columns that a row does not have are let go, as what is no row is."""
        known = Row.__dataclass_fields__
        for line in lines:
            values: dict[str, Any] = {name: value for name, value in line.items() if name in known}
            if values.keys() >= PLACED and all(isinstance(value, int | float | None) for value in values.values()):
                self.add([Row(**values)])

    def points(self, column: str, axis: str = "step") -> tuple[Floats, Floats]:
        """One column: x and y, each (n,); empty where the run has no such reading."""
        history = self._columns.get(column)
        return history.points(axis) if history else (np.empty(0), np.empty(0))

    def newest(self, column: str) -> float | None:
        """Return a column's last reading; None where the run has none."""
        _, y = self.points(column)
        return float(y[-1]) if len(y) else None

    def at(self, step: float, axis: str) -> float:
        """Where a step lies on an x axis."""
        if axis == "step":
            return step
        x, steps = self._axes.points(axis)
        return float(np.interp(step, steps, x)) if len(steps) else 0.0


def characters_per_step(recipe: Mapping[str, object]) -> int:
    """How many characters a step of a resolved recipe reads."""
    sizes = (recipe.get("batch_size"), recipe.get("sequence_length"))
    return math.prod(size for size in sizes if isinstance(size, int))
