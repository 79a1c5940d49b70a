"""Lines to scroll through: a widget for what is read and not chosen from."""

import textwrap
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from charplay.formatting.sanitize import sanitize
from charplay.tui.command import bindings
from charplay.tui.widgets.row_list import TONES, TONES_CSS, Cell, RowList, fit, row_strip, sign_beyond

Line = Sequence[Cell]

LEAST = 16
"""Columns into which the end of a line may be wrapped; where there are fewer, it is cut."""
MARK = 2
"""Columns at the right-hand end for a sign that there is more above or below."""

_WHEEL_LINES = 3


class ReaderLines(Widget, can_focus=True):
    """Shows lines, and scrolls them by the keys of a list. What lays them out is asked anew for another width."""

    commands = RowList.commands
    BINDINGS = bindings(commands)
    COMPONENT_CLASSES: ClassVar[set[str]] = TONES
    DEFAULT_CSS = f"ReaderLines {{ height: 1fr; {TONES_CSS} }}"

    top = reactive(0)
    """The line on the first row."""

    def __init__(self, lay_out: Callable[[int], Sequence[Line]]) -> None:
        """`lay_out` makes lines of at most so many columns."""
        super().__init__()
        self._lay_out = lay_out
        self.lines: Sequence[Line] = ()
        """As they are laid out in the present width."""

    def show(self, lay_out: Callable[[int], Sequence[Line]]) -> None:
        """Show other lines, from the same one on."""
        self._lay_out = lay_out
        self._resized()

    @on(events.Resize)
    def _resized(self) -> None:
        self.lines = self._lay_out(max(1, self.size.width - MARK))
        self.action_move(0)
        self.refresh()

    def whole(self) -> str:
        """Return all lines, as they are laid out."""
        return "\n".join("".join(text for text, _ in line).rstrip() for line in self.lines)

    def words_here(self) -> str:
        """Return the lines in sight."""
        return "\n".join(
            "".join(text for text, _ in line) for line in self.lines[self.top : self.top + self.size.height]
        )

    def action_move(self, by: int) -> None:
        """Scroll by so many lines."""
        self.top = max(0, min(self.top + by, len(self.lines) - self.size.height))

    def action_page(self, by: int) -> None:
        """Scroll by so many pages, a line kept in sight."""
        self.action_move(by * max(1, self.size.height - 1))

    @on(events.MouseScrollDown)
    def _wheel_down(self) -> None:
        self.action_move(_WHEEL_LINES)

    @on(events.MouseScrollUp)
    def _wheel_up(self) -> None:
        self.action_move(-_WHEEL_LINES)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        number, width = self.top + y, self.size.width
        line = self.lines[number] if number < len(self.lines) else ()
        sign = sign_beyond(y, self.size.height, self.top, len(self.lines))
        if not sign:
            return row_strip(self, line, width)
        mark = row_strip(self, [(f" {sign}", "accent")], min(MARK, width))
        return Strip.join([row_strip(self, line, width - mark.cell_length), mark])


def fold(lines: Sequence[Line]) -> Callable[[int], list[Line]]:
    """Return what lays lines out in a width: each of them `folded`."""
    return lambda width: [row for line in lines for row in folded(line, width)]


def folded(line: Line, width: int) -> list[Line]:
    """Return a line as rows of at most `width` columns: its last cell goes on under itself, at its words."""
    cells = [(sanitize(text, " "), tone) for text, tone in line]
    taken = sum(cell_len(text) for text, _ in cells)
    if taken <= width:
        return [cells]
    text, tone = cells.pop()
    start = taken - cell_len(text)
    if width - start < LEAST or any(cell_len(character) != 1 for character in text):
        return [[*cells, (fit(text, max(0, width - start)), tone)]]
    indent = len(text) - len(text.lstrip())
    parts = textwrap.wrap(text, width - start, subsequent_indent=" " * indent, break_on_hyphens=False)
    return [[*cells, (parts[0], tone)], *([(" " * start, tone), (part, tone)] for part in parts[1:])]
