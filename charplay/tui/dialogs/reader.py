"""Prepared lines to read, over the main screen: the keys, what the network sees, how often each character comes."""

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding

from charplay.tui.commands import Bindings
from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.reader_lines import Line, ReaderLines, fold
from charplay.tui.widgets.row_list import fit


class ReaderDialog(Dialog[None]):
    """A title and lines to scroll through."""

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The lines in a box."""
        with self.box(self._title, "esc goes back", wide=True):
            yield ReaderLines(fold(self._lines))


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
