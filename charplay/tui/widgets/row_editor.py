"""A field to type in that lies over the row of a list."""

from textual import events, on
from textual.message import Message

from charplay.formatting.escapes import escape, unescape
from charplay.tui.widgets.escaped_input import EscapedInput
from charplay.tui.widgets.row_list import RowList


class RowEditor(EscapedInput):
    """Opened over the value of the row under the cursor. Its place is a container with the layers below and above.

    `Input.Submitted` says that enter was pressed; whoever takes the `text` closes the field.
    """

    DEFAULT_CSS = """
    RowEditor { layer: above; display: none; width: 1fr; min-width: 8; background: $surface; }
    """

    class Left(Message):
        """It was closed by escape, an arrow or another focus: nothing was taken."""

    def __init__(self, rows: RowList, column: int) -> None:
        """`column`: where in a row its value begins."""
        super().__init__(id="editor", compact=True)
        self.cursor_blink = False
        self._rows = rows
        self.styles.margin = (0, 0, 0, column)

    @property
    def text(self) -> str:
        """What is meant by what stands there."""
        return unescape(self.value)

    def words_here(self) -> str:
        """Return what the row says that is edited."""
        return self._rows.words_here()

    def open(self, text: str) -> None:
        """Show `text` for typing."""
        self.value = escape(text)
        self._place()
        self.display = True
        self.screen.set_focus(self)

    @on(events.Mount)
    def _follow_rows(self) -> None:
        self.watch(self._rows, "top", self._follow)

    def _follow(self) -> None:
        if self.display:
            self._place()

    def _place(self) -> None:
        self.styles.offset = (0, self._rows.line_of_cursor())

    def close(self, *, refocus: bool = True) -> None:
        """Put it away; the rows have the focus again."""
        self.display = False
        if refocus:
            self.screen.set_focus(self._rows)

    @on(events.Key)
    def _leave(self, event: events.Key) -> None:
        if event.key in {"escape", "up", "down"}:
            event.stop()
            self.close()
            self.post_message(self.Left())

    @on(events.Blur)
    def _left(self) -> None:
        if self.display and self.app.app_focus:  # another window may have what is to be typed
            self.close(refocus=False)
            self.post_message(self.Left())

    @on(events.Hide)
    def _hidden(self, event: events.Hide) -> None:
        if self.display:  # it was opened again before this arrived, and Textual would take its focus away
            event.prevent_default()
