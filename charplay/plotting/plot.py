"""A chart as a grid of characters with a role each. Pure: numbers in, grid out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from charplay.formatting.sanitize import sanitize_line
from charplay.formatting.units import decimals
from charplay.plotting.axes import Axis, bounds, x_axis, y_axis
from charplay.plotting.braille import DOTS_ACROSS, DOTS_DOWN, GLYPHS, Drawing, Floats, codes, polyline
from charplay.plotting.grid import ROLES, Grid, Mark, Reference, Series, View

ROWS_A_REFERENCE = 4
"""Rows of the plot for each reference line that it has room for."""
LEAST_REFERENCES = 3

LINE: dict[Drawing, str] = {"braille": "⠶", "blocks": "─"}
"""What stands for a curve without a marker."""
HELD_OUT = "●"
"""The marker at each evaluation of the run under way."""


def marker(series: Series, drawing: Drawing = "braille") -> str:
    """Return what stands for a curve where curves are named."""
    return series.marker or (HELD_OUT if series.role == "held-out" else LINE[drawing])


def draw(
    series: Sequence[Series],
    references: Sequence[Reference],
    marks: Sequence[Mark],
    view: View,
    size: tuple[int, int],
    drawing: Drawing = "braille",
) -> Grid:
    """The whole chart, `size` = (width, height) in cells. Where curves share a cell, it is the last drawn one's.

    References are drawn from the first on, as far as there is room.
    """
    width, height = size
    grid = Grid(width, height)
    rows = height - 1  # the last row carries the numbers of x
    series = sorted((drawable(each, view) for each in series), key=lambda each: ROLES.index(each.role))
    most = max(LEAST_REFERENCES, rows // ROWS_A_REFERENCE)
    ranges = bounds(series, references[:most], view)
    if width < 12 or rows < 1 or ranges is None:
        return grid
    x_low, x_high, y_low, y_high = ranges
    upright = Axis(y_low, y_high, rows * DOTS_DOWN, view.log_y)
    left = y_axis(grid, upright, rows)
    across = Axis(x_low, x_high, (width - left) * DOTS_ACROSS, view.log_x)
    plot = _Plot(grid, across, upright, left, rows, drawing)
    if any(len(each.x) for each in series):
        x_axis(grid, across, left, view.x_title)
    for each in series:
        plot.curve(each)
    for each in series:
        plot.markers(each)
    plot.references(references, most)
    plot.marks(marks)
    return grid


def drawable(series: Series, view: View) -> Series:
    """Return the points that can be drawn in a view."""
    good = np.isfinite(series.x) & np.isfinite(series.y)
    if view.log_y:
        good &= series.y > 0
    if view.log_x:
        good &= series.x > 0
    return replace(series, x=series.x[good], y=series.y[good])


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
        end = int(np.searchsorted(x, self.across.dots - 0.5))
        inside = slice(max(0, int(np.searchsorted(x, -0.5)) - 1), end)
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
        sign = HELD_OUT if series.role == "held-out" else series.marker
        if not sign or not len(series.x):
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
                self.grid.write(row, self.left + column, sign, series.role)
                last = column

    def references(self, references: Sequence[Reference], most: int) -> None:
        """The first `most` that have room, each a faint line where nothing else is.

        Its name is in it, at the right or further left where it is free: beside another row it would name another
        height. A line whose name has no room in its own row would tell nothing, and is left out.
        """
        drawn = 0
        for reference in references:
            drawn += drawn < most and self._reference(reference)

    def _reference(self, reference: Reference) -> bool:
        width = self.grid.glyphs.shape[1]
        row = int(float(self._down(np.array([reference.y]))[0]) // DOTS_DOWN)
        if not 0 <= row < self.rows:
            return False
        text = f" {sanitize_line(reference.text)} {decimals(reference.y, 2)}"
        columns = range(width - len(text), self.left, -1)
        free = next((column for column in columns if self.grid.free(row, column, len(text))), None)
        if free is None:
            return False
        self.grid.write(row, free, text, "label")
        roles, glyphs = self.grid.roles[row, self.left :], self.grid.glyphs[row, self.left :]
        bare = roles == 0
        glyphs[bare], roles[bare] = "┈", ROLES.index("reference")
        return True

    def marks(self, marks: Sequence[Mark]) -> None:
        """Each a faint upright with its text at the top, where there is room."""
        width = self.grid.glyphs.shape[1]
        for mark in marks:
            column = self.left + int(self.across.place(np.array([mark.x]))[0] // DOTS_ACROSS)
            if not self.left <= column < width:
                continue
            text = sanitize_line(mark.text)
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
