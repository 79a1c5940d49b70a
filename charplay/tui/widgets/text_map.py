"""A text as a map: a cell for each part of it, as light or as dense as its figure is low or high."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events, on
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from charplay.tui.command import Command, bindings
from charplay.tui.textual_patches.fast_paint import FastWidget

SIGNS = "·░▒▓█"
"""Of each band: what is told by colour is told without it, too."""
UNREAD, UNKNOWN = " ", "?"
LABEL = 10
"""Cells to the left of a row."""

Row = tuple[str, range]
"""What stands at the left of a row, and the numbers of its cells; a line with a name where it has none."""

_Line = tuple[str, str, int | None]
"""What is drawn of a row: its name, the signs of its cells, and on which of them the cursor stands."""
_RUN = re.compile(r"(.)\1*")
"""Alike signs beside each other."""


def sign(band: int) -> str:
    """Return the sign of a band, counted from 0; -1 is unread, -2 unknown."""
    return SIGNS[band] if band >= 0 else UNREAD if band == -1 else UNKNOWN


_LOOKS = {mark: f"map--{band}" for band, mark in enumerate(SIGNS)} | dict.fromkeys((UNREAD, UNKNOWN), "map--other")


class TextMapView(FastWidget, can_focus=True):
    """Draws the rows of a map with a cursor on one cell."""

    commands: ClassVar[Sequence[Command]] = (
        Command("map.left", "left,h", "left", "To the cell before", action="move(-1)"),
        Command("map.right", "right,l", "right", "To the next cell", action="move(1)"),
        Command("map.up", "up,k", "up", "A row up", action="rows(-1)"),
        Command("map.down", "down,j", "down", "A row down", action="rows(1)"),
        Command("map.first", "home", "first", "To the first cell", action="move(-1000000000)"),
        Command("map.last", "end", "last", "To the last cell", action="move(1000000000)"),
    )
    BINDINGS = bindings(commands)
    BANDS: ClassVar[list[str]] = [f"map--{number}" for number in range(len(SIGNS))]
    COMPONENT_CLASSES: ClassVar[set[str]] = {*BANDS, "map--other", "map--label", "map--rule", "map--cursor"}
    DEFAULT_CSS = """
    TextMapView {
        height: 1fr;
        & > .map--0 { color: $foreground 35%; }
        & > .map--1 { color: $primary 70%; }
        & > .map--2 { color: $primary; }
        & > .map--3 { color: $warning; }
        & > .map--4 { color: $error; }
        & > .map--other { color: $foreground-muted; }
        & > .map--label { color: $foreground-muted; }
        & > .map--rule { color: $primary; }
        & > .map--cursor { background: $foreground; color: $background; text-style: bold; }
    }
    """

    class Moved(Message):
        """The cursor stands on another cell."""

        def __init__(self, view: "TextMapView", cell: int) -> None:
            super().__init__()
            self.view = view
            self.cell = cell

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Row] = ()
        self._bands: Sequence[int] = ()
        self._lines: list[_Line] = []
        self.cursor = 0

    @property
    def room(self) -> tuple[int, int]:
        """How many columns and rows of cells there is room for."""
        return max(0, self.size.width - LABEL), self.size.height

    def show(self, rows: Sequence[Row], bands: Sequence[int], cursor: int) -> None:
        """Draw these rows, with the band of each cell; the lines that are others than before are painted."""
        old = self._lines
        self._rows, self._bands, self.cursor = rows, bands, cursor
        signs = "".join(map(sign, bands))
        self._lines = [self._line(row, signs) for row in rows]
        if len(old) != len(self._lines):
            self.refresh()
            return
        changed = [number for number, lines in enumerate(zip(old, self._lines, strict=True)) if lines[0] != lines[1]]
        if changed:
            self.refresh(*(Region(0, number, self.size.width, 1) for number in changed))

    # Keys.

    def action_move(self, by: int) -> None:
        """Go so many cells on."""
        self._go(self.cursor + by)

    def action_rows(self, by: int) -> None:
        """Go a row up or down, in the same column where that row has it."""
        at = next((number for number, (_, cells) in enumerate(self._rows) if self.cursor in cells), 0)
        column = self.cursor - self._rows[at][1].start if self._rows else 0
        beyond = self._rows[at + 1 :] if by > 0 else self._rows[:at][::-1]
        if (cells := next((cells for _, cells in beyond if cells), None)) is not None:
            self._go(min(cells.start + column, cells.stop - 1))

    def _go(self, cell: int) -> None:
        cell = max(0, min(cell, len(self._bands) - 1))
        if cell != self.cursor and self._bands:
            self.post_message(self.Moved(self, cell))

    @on(events.Click)
    def _choose(self, event: events.Click) -> None:
        at = event.get_content_offset_capture(self)
        cells = self._rows[at.y][1] if at.y < len(self._rows) else range(0)
        if 0 <= at.x - LABEL < len(cells):
            cell = cells[at.x - LABEL]
            if cell == self.cursor:
                self.call_later(self.run_action, "screen.enter")
            self._go(cell)

    # Painting.

    def _line(self, row: Row, signs: str) -> _Line:
        """Return what is drawn of a row, of the signs of all cells."""
        label, cells = row
        return label, signs[cells.start : cells.stop], self.cursor - cells.start if self.cursor in cells else None

    def _pieces(self, line: _Line) -> Iterator[tuple[str, str]]:
        """Yield the pieces of a line, each with its component class."""
        label, signs, cursor = line
        if not signs:
            head = f"{'─' * (LABEL - 1)} {label} "
            yield head + "─" * max(0, self.size.width - len(head)), "map--rule"
            return
        yield f"{label:>{LABEL - 2}}  ", "map--label"
        for run in _RUN.finditer(signs):
            start, stop = run.span()
            if cursor is None or not start <= cursor < stop:
                yield run[0], _LOOKS[run[1]]
                continue
            yield signs[start:cursor], _LOOKS[run[1]]
            yield run[1], "map--cursor"
            yield signs[cursor + 1 : stop], _LOOKS[run[1]]

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.parts.of(self))
        segments = [Segment(text, self.parts.of(self, look)) for text, look in self._pieces(self._lines[y])]
        return Strip(segments).adjust_cell_length(self.size.width, self.parts.of(self))
