"""A run's curves: every column of its metrics over steps, epochs, characters and seconds."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from charplay.plotting.downsample import DownsampledCurve, Floats
from charplay.protocol.events import Row

PLACED = {"step", "epoch", "seconds"}
"""What a row must tell, so that it has a place on every x axis."""


NUMBERS = {int, float, bool, type(None)}


class RunCurves:
    """Everything a run's rows of metrics say over time: one `DownsampledCurve` for each column that was ever filled."""

    COLUMNS = tuple(name for name in Row.__dataclass_fields__ if name not in PLACED)

    def __init__(self, characters_per_step: float = 1.0) -> None:
        self._paces = [(0, 0.0, characters_per_step)]
        """From which step on, after how many characters, a step reads how many."""
        self._columns: dict[str, DownsampledCurve] = {}
        self.bytes_per_character: float | None = None
        """Bytes of UTF-8 of the run's text; None where they are not known."""
        self._axes = DownsampledCurve()

    def read_on(self, step: int, characters_per_step: float) -> None:
        """From `step` on a step reads so many characters. What was said of later steps never happened."""
        done = float(self.characters(np.array([step], float))[0])
        self._paces = [pace for pace in self._paces if pace[0] < step] + [(step, done, characters_per_step)]

    def characters(self, steps: Floats) -> Floats:
        """Return how many characters were read by each of some steps, (n,) -> (n,)."""
        starts, done, paces = np.array(self._paces).T
        at = np.maximum(starts.searchsorted(steps, "right") - 1, 0)
        characters: Floats = done[at] + (steps - starts[at]) * paces[at]
        return characters

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows in, oldest first."""
        self.read([asdict(row) for row in rows])

    def cut(self, step: float) -> None:
        """Forget what was read beyond a step."""
        for history in (self._axes, *self._columns.values()):
            history.cut(step)

    def read(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Take the lines of a `metrics.jsonl` in; columns that a row does not have are let go, as what is no row is.

        They become arrays column by column: a line costs two microseconds, where one by one it would cost thirteen.
        """
        try:
            columns = _columns(lines)
        except (KeyError, TypeError, OverflowError):
            columns = _columns([line for line in lines if is_row(line)])
        steps = columns["step"]
        axes = np.column_stack([steps, columns["epoch"], self.characters(steps), columns["seconds"]])
        self._axes.extend(steps, axes)
        for name in self.COLUMNS:
            if np.isfinite(columns[name]).any():
                self._columns.setdefault(name, DownsampledCurve()).extend(columns[name], axes)

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


def _columns(lines: Sequence[Mapping[str, Any]]) -> dict[str, Floats]:
    """Return every column of a row as an array, NaN where a line has no value.

    Raises KeyError, TypeError or OverflowError where one of the lines is no row.
    """
    columns = {}
    for name in Row.__dataclass_fields__:
        values = [line[name] if name in PLACED else line.get(name) for line in lines]
        if not NUMBERS.issuperset(map(type, values)):
            raise TypeError
        columns[name] = np.array(values, float)
    return columns


def is_row(line: Mapping[str, Any]) -> bool:
    """Return whether a line of `metrics.jsonl` is a row: whether it has a place, and numbers alone."""
    try:
        _columns([line])
    except (KeyError, TypeError, OverflowError):
        return False
    return True


def characters_per_step(recipe: Mapping[str, object]) -> int:
    """How many characters a step of a resolved recipe reads."""
    sizes = (recipe.get("batch_size"), recipe.get("sequence_length"))
    return math.prod(size for size in sizes if isinstance(size, int))
