"""Keys typed in a rush into an app whose first key opens a dialog: how many rushes land as they were meant to."""

import asyncio

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from charplay.tui.textual_patches.patched_app import PatchedApp

RUSHES = 10
KEYS = ("o", "x", "y", "enter")
LOOKS, LOOK_SECONDS = 50, 0.02
"""How often, and after how long each time, it is looked whether a rush has arrived."""


class _Asked(ModalScreen[str]):
    """A dialog with a field, which answers on enter."""

    def compose(self) -> ComposeResult:
        """The field."""
        yield Input()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        self.dismiss(event.value)


class _Pane(Static, can_focus=True):
    """A pane that asks its app for the dialog."""

    BINDINGS = [Binding("o", "open", "open")]  # noqa: RUF012 - Textual's form

    class Wanted(Message):
        """Open it."""

    def action_open(self) -> None:
        """Ask for it."""
        self.post_message(self.Wanted())


class _Main(Screen[None]):
    """A screen with the pane."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[str | None] = []

    def compose(self) -> ComposeResult:
        """The pane."""
        yield _Pane()

    @on(_Pane.Wanted)
    def open(self) -> None:
        """Open the dialog."""
        self.app.push_screen(_Asked(), self.answers.append)


async def landed(*, queued: bool) -> float:
    """The share of rushes whose letters came into the dialog, with charplay's queue or in Textual's own way."""
    app: App[None] = PatchedApp() if queued else App()
    async with app.run_test():
        await app.push_screen(main := _Main())
        for turn in range(RUSHES):
            for key in KEYS:
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await _arrived(main, turn)
            while app.screen is not main:
                await app.pop_screen()
    return main.answers.count("xy") / RUSHES


async def _arrived(main: _Main, before: int) -> None:
    """Wait for one answer more, but not for ever."""
    for _ in range(LOOKS):
        if len(main.answers) > before:
            return
        await asyncio.sleep(LOOK_SECONDS)
