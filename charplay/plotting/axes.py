"""The two axes of a chart: which ranges they show, where values lie on them, and the numbers beside them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charplay.plotting.braille import DOTS_ACROSS, DOTS_DOWN, Floats
from charplay.plotting.grid import WHOLE, Grid, Reference, Series, View
from charplay.plotting.ticks import linear_ticks, log_ticks, tick_labels


@dataclass(frozen=True, slots=True)
class Axis:
    """From values to dots: `low` lies on dot 0, `high` on the last."""

    low: float
    high: float
    dots: int
    log: bool

    def place(self, values: Floats) -> Floats:
        """Where values lie, in dots, (n,) -> (n,)."""
        low, high = self.low, self.high
        if self.log:
            values, low, high = np.log(np.maximum(values, 1e-300)), math.log(low), math.log(high)
        return np.asarray((values - low) / (high - low) * (self.dots - 1))

    def ticks(self, most: int) -> list[float]:
        """Values worth a number."""
        return (log_ticks if self.log else linear_ticks)(self.low, self.high, most)


def bounds(
    series: Sequence[Series], references: Sequence[Reference], view: View
) -> tuple[float, float, float, float] | None:
    """The ranges of x and y, rounded outwards so that a growing curve seldom moves what is already drawn."""
    filled = [each for each in series if len(each.x)]
    if not filled:
        # Before the first reading the reference lines stand alone: this is where a curve will begin.
        levels = [r.y for r in references if r.y > 0]
        return (1.0, view.x_end or 1000.0, min(levels) / 2, max(levels)) if levels else None
    x_low = min(float(each.x[0]) for each in filled)
    x_high = max(float(each.x[-1]) for each in filled)
    if view.recent:
        x_low = x_high - 0.2 * (x_high - x_low)
        filled = [each for each in filled if each.x[-1] >= x_low]
    elif view.x_end is not None:
        x_high = max(x_high, view.x_end)
    if not view.log_x and not view.recent and 0 <= x_low < 0.2 * x_high:
        x_low = 0.0
    if view.window != WHOLE:
        return _windowed(filled, view, x_low, x_high)
    values = [each.y[each.x >= x_low] for each in filled]
    y_low = min(float(y.min()) for y in values)
    y_high = max(float(y.max()) for y in values)
    if not view.recent:
        reach = (y_high - y_low) / 2
        near = [r.y for r in references if y_low - reach <= r.y <= y_high + reach and (r.y > 0 or not view.log_y)]
        y_low, y_high = min([y_low, *near]), max([y_high, *near])
    ends_as_planned = not view.recent and x_high == view.x_end
    x_low, rounded = _rounded(x_low, x_high, log=view.log_x, parts=8)
    return x_low, (x_high if ends_as_planned else rounded), *_rounded(y_low, y_high, log=view.log_y, parts=16)


def _windowed(series: Sequence[Series], view: View, low: float, high: float) -> tuple[float, float, float, float]:
    """The ranges where a part of the x axis is shown: exactly that part, and the heights of the curves within it."""
    x_low, x_high = (low + share * (high - low) for share in view.window)
    inside = [each.y[(each.x >= x_low) & (each.x <= x_high)] for each in series]
    y = np.concatenate(inside if any(map(len, inside)) else [each.y for each in series])
    return x_low, x_high, *_rounded(float(y.min()), float(y.max()), log=view.log_y, parts=16)


def _rounded(low: float, high: float, *, log: bool, parts: int) -> tuple[float, float]:
    if log:
        low, high = _rounded(math.log10(low), math.log10(high), log=False, parts=parts)
        return 10.0**low, 10.0**high
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        room = abs(high) / 10 or 1.0
        low, high = low - room, high + room
    step = 10.0 ** math.floor(math.log10((high - low) / parts))
    step *= next(k for k in (1, 2, 5, 10) if k * step * parts >= high - low)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def y_axis(grid: Grid, axis: Axis, rows: int) -> int:
    """Numbers and ticks at the left; returns the first column of the plot."""
    ticks = axis.ticks(max(2, (rows + 1) // 2))
    labels = tick_labels(ticks)
    room = max(map(len, labels), default=0)
    for row in range(rows):
        grid.write(row, room + 1, "│", "axis")
    for label, dot in zip(labels, axis.place(np.array(ticks)), strict=True):
        row = rows - 1 - int(dot // DOTS_DOWN)
        grid.write(row, 0, label.rjust(room), "label")
        grid.write(row, room + 1, "┤", "axis")
    return room + 2


def x_axis(grid: Grid, axis: Axis, left: int, title: str) -> None:
    """Numbers along the last row, and at its end what they count."""
    height, width = grid.glyphs.shape
    end = width - len(title)
    grid.write(height - 1, end, title, "label")
    most = max(2, (width - left) // 14)
    ticks = axis.ticks(most)
    taken = 0
    for label, dot in zip(tick_labels(ticks), axis.place(np.array(ticks)), strict=True):
        column = left + int(dot // DOTS_ACROSS) - len(label) // 2
        column = max(column, left - 1)
        if column >= taken and column + len(label) < end:
            grid.write(height - 1, column, label, "label")
            taken = column + len(label) + 2
