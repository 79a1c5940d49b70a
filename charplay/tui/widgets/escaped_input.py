"""A field for any text, in the notation of `escapes`."""

from textual import events
from textual.widgets import Input

from charplay.formatting.escapes import escape, showable, unescape


class EscapedInput(Input):
    """What is typed may be notation; what is pasted is text, all lines of it, and what is copied is, too.

    Its value never holds anything but plain glyphs, however it is set.
    """

    def validate_value(self, value: str) -> str:
        """Before anyone sees it."""
        return showable(value)

    def replace(self, text: str, start: int, end: int) -> None:
        """As in Textual; the cursor comes to stand behind what became of the text."""
        rest = len(self.value) - max(start, end)
        super().replace(text, start, end)
        self.cursor_position = len(self.value) - rest

    @property
    def selected_text(self) -> str:
        """What is meant by what is selected."""
        return unescape(super().selected_text)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        # Terminals send the ends of pasted lines as the enter key would.
        self._insert_text(event.text.replace("\r\n", "\n").replace("\r", "\n"))

    def action_paste(self) -> None:
        """What was copied here."""
        self._insert_text(self.app.clipboard)

    def _insert_text(self, text: str) -> None:
        # What is typed before it is closed first: its last backslash is none of the text's.
        start, end = sorted(self.selection)
        self.replace(escape(unescape(self.value[:start]) + text), 0, end)
