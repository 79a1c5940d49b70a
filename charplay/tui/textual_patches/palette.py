"""Opens the command palette in a window of any size, and closes it once.

Keys for a list that has no room to be laid out break Textual's palette with a KeyError. docs/TEXTUAL.md (palette) has
the text for upstream. Private parts used: `CommandPalette._action_command_list`, which hands such keys on.
"""

from contextlib import suppress

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette

from charplay.tui.textual_patches.safe_dismiss import dismiss_once


class Palette(CommandPalette):
    """A command palette that keys in a tiny window, and a second escape, do not break."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # of lines that the list does not have
            super()._action_command_list(action)

    def dismiss(self, result: None = None) -> AwaitComplete:
        """As in Textual where the palette is the screen in front."""
        return dismiss_once(self, super().dismiss, result)
