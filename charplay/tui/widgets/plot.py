"""A chart as a grid of characters with a role each. Pure: numbers in, grid out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charplay.tui.visible import plain
from charplay.tui.widgets.braille import DOTS_ACROSS, DOTS_DOWN, GLYPHS, Drawing, Floats, codes, polyline
from charplay.tui.widgets.ticks import linear_ticks, log_ticks, tick_labels

ROLES = (
    "blank", "reference", "axis", "mark", "label", "noise", "run-1", "run-2", "run-3", "run-4", "held-out", "train",
)  # fmt: skip
"""What a cell can be part of; its number here is its number in a grid, and curves are drawn in this order."""

MARKERS = {"held-out": "●", "run-1": "○", "run-2": "◇", "run-3": "△", "run-4": "□"}


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A curve: x and y, each (n,), x rising, and the role that gives colour and marker."""

    name: str
    role: str
    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Reference:
    """A height with a name: "uniform"."""

    text: str
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment with a name: "rate 3e-3"."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """How to look: scales, the part shown, what x counts and where it will end (None: unknown)."""

    log_x: bool = False
    log_y: bool = False
    recent: bool = False
    x_title: str = "step"
    x_end: float | None = None


class Grid:
    """Characters (height, width) and the roles they play."""

    def __init__(self, width: int, height: int) -> None:
        self.glyphs = np.full((height, width), " ", dtype="<U1")
        self.roles = np.zeros((height, width), np.uint8)

    def write(self, row: int, column: int, text: str, role: str) -> None:
        """Put text there; what falls outside is cut off. Every character must be one cell wide."""
        cut = text[max(0, -column) : max(0, self.glyphs.shape[1] - column)]
        if cut and 0 <= row < len(self.glyphs):
            cells = slice(max(0, column), max(0, column) + len(cut))
            self.glyphs[row, cells] = list(cut)
            self.roles[row, cells] = ROLES.index(role)

    def free(self, row: int, column: int, length: int) -> bool:
        """Whether text would cover neither a curve nor other text there."""
        cells = self.roles[row, max(0, column - 1) : column + length + 1]
        return bool((cells <= ROLES.index("reference")).all())


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


def draw(
    series: Sequence[Series],
    references: Sequence[Reference],
    marks: Sequence[Mark],
    view: View,
    size: tuple[int, int],
    drawing: Drawing = "braille",
) -> Grid:
    """The whole chart, `size` = (width, height) in cells. Where curves share a cell, it is the last drawn one's."""
    width, height = size
    grid = Grid(width, height)
    rows = height - 1  # the last row carries the numbers of x
    series = sorted((_shown(each, view) for each in series), key=lambda each: ROLES.index(each.role))
    bounds = _bounds(series, references, view)
    if width < 12 or rows < 1 or bounds is None:
        return grid
    x_low, x_high, y_low, y_high = bounds
    upright = Axis(y_low, y_high, rows * DOTS_DOWN, view.log_y)
    left = _y_axis(grid, upright, rows)
    across = Axis(x_low, x_high, (width - left) * DOTS_ACROSS, view.log_x)
    plot = _Plot(grid, across, upright, left, rows, drawing)
    if any(len(each.x) for each in series):
        _x_axis(grid, across, left, view.x_title)
    for each in series:
        plot.curve(each)
    for each in series:
        plot.markers(each)
    plot.references(references)
    plot.marks(marks)
    return grid


def _shown(series: Series, view: View) -> Series:
    """The points that can be drawn in this view."""
    good = np.isfinite(series.x) & np.isfinite(series.y)
    if view.log_y:
        good &= series.y > 0
    if view.log_x:
        good &= series.x > 0
    return Series(series.name, series.role, series.x[good], series.y[good])


def _bounds(
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


def _y_axis(grid: Grid, axis: Axis, rows: int) -> int:
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


def _x_axis(grid: Grid, axis: Axis, left: int, title: str) -> None:
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


@dataclass(frozen=True, slots=True)
class _Plot:
    """The part of a grid inside the axes, and what is drawn there."""

    grid: Grid
    across: Axis
    upright: Axis
    left: int
    rows: int
    drawing: Drawing

    def curve(self, series: Series) -> None:
        """The line through a series; the noise of a long one stays behind it, faint."""
        if series.role == "held-out" and len(series.x) == 1:
            return
        x = self.across.place(series.x)
        inside = slice(max(0, int(np.searchsorted(x, -0.5)) - 1), None)
        x, y = x[inside], self._down(series.y[inside])
        if len(x) > 2 * self.across.dots // 3:
            self._dots(x, y, "noise")
            x, y = smoothed(x, y, self.across.dots)
        self._dots(x, y, series.role)

    def _down(self, y: Floats) -> Floats:
        return np.asarray(self.upright.dots - 1 - self.upright.place(y))

    def _dots(self, x: Floats, y: Floats, role: str) -> None:
        cells = codes(polyline(x, y, self.across.dots, self.upright.dots))
        area = (slice(0, self.rows), slice(self.left, None))
        drawn = cells > 0
        if role == "noise":
            drawn &= self.grid.roles[area] == 0
        self.grid.glyphs[area][drawn] = GLYPHS[self.drawing][cells[drawn]]
        self.grid.roles[area][drawn] = ROLES.index(role)

    def markers(self, series: Series) -> None:
        """A marker at each held-out loss; a few along the curve of an earlier run."""
        marker = MARKERS.get(series.role)
        if marker is None or not len(series.x):
            return
        x, y = self.across.place(series.x), self._down(series.y)
        if series.role != "held-out":
            spots = np.linspace(0.08, 0.98, 6) * (self.across.dots - 1)
            spots = spots[(spots >= x[0]) & (spots <= x[-1])]
            near = np.searchsorted(x, spots)
            x, y = x[near], y[near]
        last = -3
        for column, row in zip((x // DOTS_ACROSS).astype(int), (y // DOTS_DOWN).astype(int), strict=True):
            if column - last > 2 and 0 <= column < self.across.dots // DOTS_ACROSS and 0 <= row < self.rows:
                self.grid.write(row, self.left + column, marker, series.role)
                last = column

    def references(self, references: Sequence[Reference]) -> None:
        """Each a name at the right, at its height or beside it, and a faint line where nothing else is."""
        width = self.grid.glyphs.shape[1]
        for reference in references:
            dot = float(self._down(np.array([reference.y]))[0])
            row = int(dot // DOTS_DOWN)
            if not 0 <= row < self.rows:
                continue
            text = f" {plain(reference.text)} {reference.y:.2f}"
            for other in (row, row - 1, row + 1):
                if 0 <= other < self.rows and self.grid.free(other, width - len(text), len(text)):
                    self.grid.write(other, width - len(text), text, "label")
                    break
            roles, glyphs = self.grid.roles[row, self.left :], self.grid.glyphs[row, self.left :]
            bare = roles == 0
            glyphs[bare], roles[bare] = "┈", ROLES.index("reference")

    def marks(self, marks: Sequence[Mark]) -> None:
        """Each a faint upright with its text at the top, where there is room."""
        width = self.grid.glyphs.shape[1]
        for mark in marks:
            column = self.left + int(self.across.place(np.array([mark.x]))[0] // DOTS_ACROSS)
            if not self.left <= column < width:
                continue
            text = plain(mark.text)
            start = column + 2 if column + 2 + len(text) <= width else column - 1 - len(text)
            for row in range(min(4, self.rows)):
                if start > self.left and self.grid.free(row, start, len(text)):
                    self.grid.write(row, start, text, "mark")
                    break
            roles, glyphs = self.grid.roles[: self.rows, column], self.grid.glyphs[: self.rows, column]
            bare = roles <= ROLES.index("reference")
            glyphs[bare], roles[bare] = "┊", ROLES.index("mark")


def smoothed(x: Floats, y: Floats, columns: int) -> tuple[Floats, Floats]:
    """The mean of each column of dots, then a running mean over a fortieth of the width."""
    column = np.clip(np.rint(x), 0, columns - 1).astype(np.intp)
    number = np.bincount(column, minlength=columns)
    met = np.flatnonzero(number)
    means = np.bincount(column, weights=y, minlength=columns)[met] / number[met]
    reach = max(1, columns // 80)
    sums = np.r_[0.0, means.cumsum()]
    spots = np.arange(len(means))
    first, last = np.maximum(spots - reach, 0), np.minimum(spots + reach + 1, len(means))
    return met.astype(np.float64), np.asarray((sums[last] - sums[first]) / (last - first))
