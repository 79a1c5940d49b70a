"""Prepared lines to read, over the main screen: what a loss is worth, what differs between runs."""

from collections.abc import Sequence

from textual.app import ComposeResult

from charplay.tui.dialogs.dialog import Dialog
from charplay.tui.widgets.reader_lines import Line, ReaderLines, fold


class ReaderDialog(Dialog[None]):
    """A title and lines to scroll through."""

    covers_text = False

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        """The lines in a box."""
        with self.box(self._title, "esc goes back", wide=True):
            yield ReaderLines(fold(self._lines))
