"""A field for any text, in the notation of `escapes`."""

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from charplay.formatting.escapes import escape, showable, unescape


class EscapedInput(Input):
    """A field reads what is typed as notation, and takes what is pasted as text, all lines of it.

    What is copied from it is text, too. Its value holds nothing but plain glyphs, however it is set.
    """

    virtual_size = Reactive(Size(0, 0))
    """What is typed does not change the room that the field takes: Textual lays out the whole screen for every key."""

    def validate_value(self, value: str) -> str:
        """Show each character of a value as a plain glyph."""
        return showable(value)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace a part of the value, and put the cursor behind what became of the text."""
        rest = len(self.value) - max(start, end)
        super().replace(text, start, end)
        self.cursor_position = len(self.value) - rest

    @property
    def selected_text(self) -> str:
        """The selected text, without the notation."""
        return unescape(super().selected_text)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        # Terminals send the ends of pasted lines as the enter key would.
        self._insert_text(event.text.replace("\r\n", "\n").replace("\r", "\n"))

    def action_paste(self) -> None:
        """Insert the text that was copied within the app."""
        self._insert_text(self.app.clipboard)

    def _insert_text(self, text: str) -> None:
        # What is typed before it is closed first: its last backslash is none of the text's.
        start, end = sorted(self.selection)
        self.replace(escape(unescape(self.value[:start]) + text), 0, end)
