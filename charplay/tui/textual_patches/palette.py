"""The command palette, in a window of any size."""

from contextlib import suppress

from textual.command import CommandPalette

from charplay.tui.textual_patches.safe_dismiss import DismissOnce


class Palette(CommandPalette, DismissOnce[None]):
    """Textual's, except that keys for a list that has no room to be laid out do nothing."""

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # of lines that the list does not have
            super()._action_command_list(action)
