"""Prepared lines to read, over the main screen: the keys, what the network sees, how often each character comes."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding

from charplay.tui.commands import Bindings
from charplay.tui.panes.rows import Cell, Rows, fit
from charplay.tui.screens.dialog import Dialog

Line = Sequence[Cell]


class _Lines(Rows):
    def __init__(self, lines: Sequence[Line]) -> None:
        super().__init__()
        self._lines = lines

    def number(self) -> int:
        return len(self._lines)

    def draw(self, index: int, width: int) -> list[Cell]:
        cells: list[Cell] = []
        left = width
        for text, tone in self._lines[index]:
            cells.append((fit(text, min(left, len(text))), tone))
            left -= len(text)
            if left <= 0:
                break
        return cells

    def action_move(self, by: int) -> None:
        """Scroll: there is nothing to stand on."""
        self.scroll_lines(by)


class Lines(Dialog[None]):
    """A title and lines to scroll through."""

    DEFAULT_CSS = """
    Lines _Lines {
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
        with self.box(self._title, "esc goes back", wide=True):
            yield _Lines(self._lines)


def key_lines(sections: Sequence[tuple[str, Bindings]], display: Callable[[Binding], str]) -> list[Line]:
    """Every key of the sections (a place's name and its commands), for the help."""
    lines: list[Line] = []
    for place, commands in sections:
        lines += [] if not lines else [[]]
        lines.append([(place, "strong")])
        for each in commands:
            if isinstance(each, Binding) and each.tooltip:
                key = display(each)
                lines.append(
                    [(f"  {fit(key, 10)}", "accent"), (fit(each.description, 24), "plain"), (each.tooltip, "quiet")]
                )
    return lines
