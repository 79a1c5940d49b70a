"""Prepared lines to read, over the main screen: the keys, what the network sees, how often each character comes."""

import textwrap
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding

from charplay.formatting.sanitize import sanitize
from charplay.tui.commands import Bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.row_list import Cell, RowList, fit

Line = Sequence[Cell]

LEAST = 16
"""Columns into which the end of a line may be wrapped; where there are fewer, it is cut."""


class _Lines(RowList):
    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = lines
        self._wrapped: list[list[Cell]] = []

    def number(self) -> int:
        return len(self._wrapped)

    def draw(self, index: int, width: int) -> list[Cell]:
        return self._wrapped[index]

    def show(self, lines: Sequence[Line]) -> None:
        """Other lines, from the same one on."""
        self._lines = lines
        self._wrap()

    @on(events.Resize)
    def _wrap(self) -> None:
        self._wrapped = [row for line in self._lines for row in folded(line, self.size.width)]
        self.repaint()

    def action_move(self, by: int) -> None:
        """Scroll: there is nothing to stand on."""
        self.scroll_lines(by)


class ReaderDialog(Dialog[None]):
    """A title and lines to scroll through."""

    KEYS = "esc goes back"
    DEFAULT_CSS = """
    ReaderDialog _Lines {
        height: 1fr;
        & > .rows--cursor, &:focus > .rows--cursor { background: $background; }
    }
    """

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The lines in a box."""
        with self.box(self._title, self.KEYS, wide=True):
            yield _Lines(self._lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Other lines, from the same one on."""
        self.query_one(_Lines).show(lines)


def folded(line: Line, width: int) -> list[list[Cell]]:
    """A line as rows of at most `width` columns: its last cell goes on under itself, at its words."""
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


def key_lines(sections: Sequence[tuple[str, Bindings]], display: Callable[[Binding], str]) -> list[Line]:
    """Every key of the sections (a place's name and its commands), for the help."""
    shown = {
        each.key: "  ".join(map(display, Binding.make_bindings([each])))  # one command may have several keys
        for _, commands in sections
        for each in commands
        if isinstance(each, Binding)
    }
    widest = max(map(cell_len, shown.values())) + 2
    lines: list[Line] = []
    for place, commands in sections:
        lines += [] if not lines else [[]]
        lines.append([(place, "strong")])
        for each in commands:
            if isinstance(each, Binding) and each.tooltip:
                lines.append([(f"  {fit(shown[each.key], widest)}", "accent"), (each.tooltip, "plain")])
    return lines
