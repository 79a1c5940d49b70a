"""Prepared lines to read, over the main screen: the keys, what the network sees, how often each character comes."""

from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding

from charplay.tui.command import Command
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


def key_lines(sections: Sequence[tuple[str, Iterable[Command]]], display: Callable[[Binding], str]) -> list[Line]:
    """Return every key of the sections (a place's name and its commands) with its sentence, for the help."""
    places = [(place, [each.binding for each in commands]) for place, commands in sections]
    shown = {
        each.key: "  ".join(map(display, Binding.make_bindings([each])))  # one command may have several keys
        for _, bindings in places
        for each in bindings
    }
    widest = max(map(cell_len, shown.values())) + 2
    lines: list[Line] = []
    for place, bindings in places:
        lines += [] if not lines else [[]]
        lines.append([(place, "strong")])
        lines += [[(f"  {fit(shown[each.key], widest)}", "accent"), (each.tooltip, "plain")] for each in bindings]
    return lines
