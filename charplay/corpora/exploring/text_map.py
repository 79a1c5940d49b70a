"""A text as a map of cells, each as bad as the worst of several windows in it: what is unlike the rest stands out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.exploring.units import Places
from charplay.corpora.progress import Progress

WINDOW = 256
"""Characters whose mean loss is one figure."""
ROUNDS = (0, 4, 2, 6, 1, 5, 3, 7)
"""The windows of a cell that are read, of so many evenly spread ones, in the order in which they are."""
SHARES = (0.5, 0.8, 0.95, 0.99)
"""Quantiles of the figures at which the next band begins: the last one has the worst hundredth."""
UNREAD, UNKNOWN = -1, -2
"""In place of a band: nothing is read yet; read, but the predictor does not know enough of the characters."""

Figures = NDArray[np.float64]


class Windows(NamedTuple):
    """Parts of a text, each from a character up to another."""

    starts: Places
    """(N,)"""
    stops: Places
    """(N,)"""


class WindowLosses(Protocol):
    """Foretells the characters of windows."""

    @property
    def batch(self) -> int:
        """How many windows are read in a fraction of a second."""

    def nats(self, windows: Windows, progress: Progress) -> Figures:
        """Return the mean loss (N,) of each; NaN where too few of its characters are known. Raises Cancelled."""


def read_windows(losses: WindowLosses, size: int, progress: Progress) -> Iterator[tuple[Windows, Figures]]:
    """Yield every window of a text of `size` characters with its figure, a batch at a time. Raises Cancelled."""
    batch = losses.batch * WINDOW
    for first in range(0, size, batch):
        last = min(size, first + batch)
        starts = np.arange(first, last, WINDOW)
        windows = Windows(starts, np.minimum(starts + WINDOW, size))
        yield windows, losses.nats(windows, progress.part(first / size, last / size))


@dataclass(frozen=True)
class Grid:
    """A part of a text cut into N cells, which are laid out row by row."""

    parts: tuple[tuple[int, int], ...]
    """From which character up to which each goes: what is for training, what is held out. No cell is in both."""
    cell: int
    """Characters of a cell: whole windows. The last one of a part may have fewer."""
    columns: int

    @classmethod
    def fit(cls, start: int, stop: int, border: int, columns: int, rows: int) -> "Grid":
        """Cut the characters from `start` up to `stop` into as many cells as `columns` times `rows` have room for.

        A row is left free between the parts where the `border` lies between them, so it takes 3 rows at least.
        """
        parts = ((start, border), (border, stop)) if start < border < stop else ((start, stop),)
        columns, rows = max(1, columns), max(3, rows)
        windows = max(1, (stop - start) // (columns * rows * WINDOW))
        while len((grid := cls(parts, windows * WINDOW, columns)).rows) > rows:
            windows += 1 + windows // 200  # half a percent of the rows at most stays empty
        return grid

    def __len__(self) -> int:
        return sum(map(len, self._ranges))

    @property
    def _ranges(self) -> list[range]:
        return [range(start, stop, self.cell) for start, stop in self.parts]

    @property
    def rows(self) -> list[range]:
        """The cells of each row; none in the row between two parts."""
        rows: list[range] = []
        first = 0
        for part in self._ranges:
            if rows:
                rows.append(range(first, first))
            last = first + len(part)
            rows += [range(begin, min(begin + self.columns, last)) for begin in range(first, last, self.columns)]
            first = last
        return rows

    @cached_property
    def starts(self) -> Places:
        """(N,) where each cell begins."""
        return np.concatenate([np.arange(start, stop, self.cell) for start, stop in self.parts])

    @cached_property
    def bounds(self) -> tuple[Places, Places]:
        """(N,), (N,) from which character up to which the part of each cell goes."""
        sizes = list(map(len, self._ranges))
        starts, stops = np.array(self.parts, np.int64).T
        return np.repeat(starts, sizes), np.repeat(stops, sizes)

    def span(self, cell: int) -> tuple[int, int]:
        """Return from which character up to which a cell goes."""
        start = int(self.starts[cell])
        return start, min(start + self.cell, int(self.bounds[1][cell]))

    def cell_at(self, position: int) -> int:
        """Return the cell that holds a character; the first or the last one for what lies beside the grid."""
        return max(0, int(np.searchsorted(self.starts, position, "right")) - 1)


class TextMap:
    """The figures of a grid's cells, as far as they are read: `pending` says what comes next, `take` takes it in.

    First one window of every cell is read, evenly spread over the text, so that a coarse map is there at once; then
    the others, up to len(ROUNDS) in each.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.nats = np.full(len(grid), np.nan)
        """(N,) the worst figure of each cell; NaN where none is read, or none is known."""
        self.worst = grid.starts.copy()
        """(N,) where the window begins that it belongs to."""
        self._is_read = np.zeros(len(grid), bool)
        self._cells, self._windows = _in_order(grid)
        self._done = 0

    @property
    def share_read(self) -> float:
        """How many of the windows are read, 0 to 1."""
        return self._done / len(self._cells)

    def pending(self, most: int) -> Windows:
        """Return the windows to be read next, `most` of them at most; none where all is read."""
        return Windows(*(each[self._done : self._done + most] for each in self._windows))

    def take(self, nats: Figures) -> None:
        """Take in the figures of as many windows as were pending."""
        cells = self._cells[self._done : self._done + len(nats)]
        starts = self._windows.starts[self._done : self._done + len(nats)]
        self._done += len(nats)
        self._is_read[cells] = True
        order = np.argsort(nats)  # of two windows of a cell the worse one is assigned last
        order = order[nats[order] > np.nan_to_num(self.nats[cells[order]], nan=-np.inf)]
        self.nats[cells[order]] = nats[order]
        self.worst[cells[order]] = starts[order]

    def borders(self) -> Figures:
        """(len(SHARES),) the figures above which the next band begins; NaN while nothing is read."""
        known = self.nats[~np.isnan(self.nats)]
        return np.quantile(known, SHARES) if len(known) else np.full(len(SHARES), np.nan)

    def bands(self) -> NDArray[np.int8]:
        """(N,) the band of each cell, 0 to len(SHARES), UNREAD or UNKNOWN; an unread one is like the last read before.

        So a coarse map is a whole one.
        """
        bands = np.searchsorted(self.borders(), self.nats).astype(np.int8)
        bands[np.isnan(self.nats)] = UNKNOWN
        bands[~self._is_read] = UNREAD
        return bands[np.maximum.accumulate(np.where(self._is_read, np.arange(len(bands)), 0))]


def _in_order(grid: Grid) -> tuple[Places, Windows]:
    """Return the cells of all windows that are read, and these, in the order in which they are."""
    begins, ends = grid.bounds
    inside = -(-np.minimum(grid.cell, ends - grid.starts) // WINDOW)
    read = np.minimum(inside, len(ROUNDS))
    order = _evenly(len(grid))
    cells = [order[read[order] > number] for number in ROUNDS]
    starts = [
        grid.starts[chosen] + number * inside[chosen] // read[chosen] * WINDOW
        for number, chosen in zip(ROUNDS, cells, strict=True)
    ]
    chosen = np.concatenate(cells)
    # A part's last window is as long as any other, where the part is: a figure of few characters is a matter of luck.
    first = np.minimum(np.concatenate(starts), np.maximum(begins, ends - WINDOW)[chosen])
    return chosen, Windows(first, np.minimum(first + WINDOW, ends[chosen]))


def _evenly(count: int) -> NDArray[np.intp]:
    """Return the numbers below `count`, each beginning of them spread over all: sorted by their bits from behind."""
    numbers, backwards = np.arange(count), np.zeros(count, np.int64)
    for _ in range(max(0, count - 1).bit_length()):
        backwards = backwards << 1 | numbers & 1
        numbers = numbers >> 1
    return np.argsort(backwards)
