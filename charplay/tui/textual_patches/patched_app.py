"""The app that the patches are built into: the few methods of Textual's `App` that they must replace, and nothing else.

Each hands on to a plain object that does the work. Private parts used: `_display`, `_handle_exception`, `_driver`,
`_background_screens`, `_screen_stack`.
"""

import os
from typing import Any, ClassVar

from textual import constants, events, on
from textual.app import App
from textual.driver import Driver
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

from charplay.formatting.sanitize import sanitize
from charplay.tui.textual_patches.backpressure import Backpressure
from charplay.tui.textual_patches.cell_diff import ScreenBuffer, diffed
from charplay.tui.textual_patches.covered_screens import patch_covered_screens, shining_through
from charplay.tui.textual_patches.driver import TerminalDriver
from charplay.tui.textual_patches.key_queue import KeyHandled, KeyQueue
from charplay.tui.textual_patches.keymap import patch_keymap
from charplay.tui.textual_patches.late_errors import is_late, log_error
from charplay.tui.textual_patches.styles_cache import patch_styles_cache


class PatchedApp(App[None]):
    """An app over a terminal that may be slow, stand still or be gone, and whose keys may come in a rush."""

    SHOWS_ESCAPES: ClassVar[tuple[type[Widget], ...]] = ()
    """Fields that show as escapes what is no plain glyph; the others show what they hold as it stands."""

    def __init__(self) -> None:
        # Where no colours are wanted Textual sends greys, unless the terminal's own colours hold from the start.
        super().__init__(ansi_color="NO_COLOR" in os.environ or None)
        patch_styles_cache()
        patch_keymap()
        patch_covered_screens()
        self.backpressure = Backpressure(self)
        self.key_queue = KeyQueue(self)
        self._screen_buffer = ScreenBuffer()

    # The terminal

    def get_driver_class(self) -> type[Driver]:
        """Charplay's own driver, unless TEXTUAL_DRIVER names another, as `textual-serve` does."""
        return super().get_driver_class() if constants.DRIVER else TerminalDriver

    @property
    def terminal(self) -> TerminalDriver | None:
        """The terminal, where charplay drives one: not in tests, in a browser, or before the start."""
        return self._driver if isinstance(self._driver, TerminalDriver) else None

    def on_resize(self) -> None:
        """Draw everything: of another size, or back after Ctrl-Z, a terminal may show anything."""
        self._screen_buffer.forget()
        self.refresh()

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        """Send a frame as Textual does, but only cells that changed, and nothing to a terminal that is behind."""
        if not self.backpressure.holds(self.terminal):
            super()._display(screen, diffed(renderable, self._screen_buffer))

    @property
    def _background_screens(self) -> list[Screen[Any]]:
        """The screens beneath the front one that are painted: none beneath one that is opaque."""
        return shining_through(self._screen_stack)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Queue keys and pastes; all else goes as in Textual."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.key_queue.put(event)
        else:
            await super().on_event(event)

    @on(KeyHandled)
    def _key_was_handled(self, marker: KeyHandled) -> None:
        self.key_queue.arrived(marker)

    @property
    def key_target(self) -> MessagePump | None:
        """The focused widget, else the screen; None once there is no screen any more."""
        return (self.focused or self.screen) if self.screen_stack else None

    @property
    def front_screen(self) -> Screen[Any]:
        """The screen that gets keys now."""
        return self.screen

    async def send_key(self, event: events.Event, target: MessagePump) -> None:
        """Handle a key or a paste as Textual does; the text that is pasted as the target may hold it."""
        if isinstance(event, events.Paste):
            event = events.Paste(self.text_for(target, event.text))
        await super().on_event(event)

    @property
    def clipboard(self) -> str:
        """The text that was copied here last, for the field that has the focus."""
        return self.text_for(self.focused, super().clipboard)

    def text_for(self, target: MessagePump | None, text: str) -> str:
        """Outside text as a field may hold it: all of it where the field shows escapes, else plain glyphs."""
        return text if isinstance(target, self.SHOWS_ESCAPES) else sanitize(text, "\n")

    # Faults

    def _handle_exception(self, error: Exception) -> None:
        """Break down as Textual does; but what trips while it is taken away, as all is in the end, is only logged."""
        if is_late():
            log_error(error)
        else:
            super()._handle_exception(error)
