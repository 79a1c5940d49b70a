"""Keeps what the terminal shows, cell by cell, so that only cells that changed are sent to it.

Textual sends a row's changed part from its widget's left edge on, and all rows where a widget comes or goes, whether
or not a cell there is another one than before; over a slow line that is most of what a key or a moving number costs.
A dialog opened and closed costs 42 kB in place of 107. docs/TEXTUAL.md (cell diff) has the text for upstream. Private
parts used: `ChopsUpdate` and `LayoutUpdate`, the compositor's two kinds of frames, whose `spans`, `chops`,
`chop_ends`, `strips` and `region` are read.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby, repeat
from operator import itemgetter
from typing import Any

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

Cell = tuple[str, Style | None]
"""A cell's text and style; empty text is the right half of a wide character."""

Rows = Iterator[tuple[int, dict[int, Cell]]]
"""Rows by their number, each with its cells by their column."""

NEAR = 6
"""Unchanged cells between two changed ones that are sent again: moving the cursor would take more bytes."""


class ScreenBuffer:
    """Remembers the cells that were sent."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Cell]] = {}

    def forget(self) -> None:
        """Take nothing for granted: anything may stand on the terminal now."""
        self._rows.clear()

    def put(self, y: int, cells: dict[int, Cell]) -> list[range]:
        """Take in cells of a row; return the runs of columns that have to be sent."""
        row = self._rows.setdefault(y, {})
        changed = [x for x, cell in cells.items() if row.get(x) != cell]
        row |= cells
        return list(_runs(changed, cells))


class DiffedUpdate(CompositorUpdate):
    """Cuts an update of the screen, or of a part of it, down to what differs from the buffer when it is sent."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, buffer: ScreenBuffer) -> None:
        self._update = update
        self._buffer = buffer

    def render_segments(self, console: Console) -> str:
        """Return the terminal sequences; what they lead to is in the buffer from now on."""
        sent: list[str] = []
        rows = self._parts(self._update) if isinstance(self._update, ChopsUpdate) else self._whole(self._update)
        for y, cells in rows:
            for run in self._buffer.put(y, cells):
                sent += (Control.move_to(run.start, y).segment.text, _strip(cells, run).render(console))
        return "".join(sent)

    def _parts(self, update: ChopsUpdate) -> Rows:
        for y, left, right in update.spans:
            yield y, self._span(update, y, left, right)

    def _span(self, update: ChopsUpdate, y: int, left: int, right: int) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        for end, (start, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and start < right and end > left:
                cells |= _cells_of(strip.crop(max(left - start, 0), min(end, right) - start), max(start, left))
        return cells

    def _whole(self, update: LayoutUpdate) -> Rows:
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, _cells_of(chain.from_iterable(strips), update.region.x)


def diffed(renderable: Any, buffer: ScreenBuffer) -> Any:
    """Return what Textual is about to display, cut down to what changed where it is a frame of the compositor."""
    return DiffedUpdate(renderable, buffer) if isinstance(renderable, ChopsUpdate | LayoutUpdate) else renderable


def _runs(changed: Iterable[int], cells: dict[int, Cell]) -> Iterator[range]:
    """Yield the columns to be sent: what changed, as whole characters, and what lies between two that are near."""
    start = stop = -1
    for x in changed:
        if x != stop:
            first = x
            while not cells[first][0] and first - 1 in cells:
                first -= 1
            if stop < 0:
                start = first
            elif first - stop > NEAR or not all(i in cells for i in range(stop, first)):
                yield range(start, stop)
                start = first
        stop = x + 1
    if stop >= 0:
        yield range(start, stop)


def _cells_of(strip: Iterable[Segment], x: int) -> dict[int, Cell]:
    cells: dict[int, Cell] = {}
    cell: Cell = ("", None)
    for segment in strip:
        text, style = segment.text, segment.style
        if text and text.isascii() and text.isprintable():  # most are, and need no look at each character
            cells.update(zip(range(x, x + len(text)), zip(text, repeat(style)), strict=False))
            cell = (text[-1], style)
            x += len(text)
            continue
        for character in text:
            width = get_character_cell_size(character)
            if width:
                cells[x] = cell = (character, style)
                if width == 2:
                    cells[x + 1] = ("", style)
                x += width
            else:
                cells[x - 1] = cell = (cell[0] + character, cell[1])
    return cells


def _strip(cells: dict[int, Cell], run: range) -> Strip:
    """A run of cells, pieces of one style in one segment."""
    pieces = groupby((cells[x] for x in run), key=itemgetter(1))
    return Strip([Segment("".join(text for text, _ in piece), style) for style, piece in pieces])
