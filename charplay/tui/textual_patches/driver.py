"""Drives a terminal as it is over a slow line: some stand still, and some are gone.

Textual's `LinuxDriver` waits for a terminal that does not read (its queue of thirty writes blocks the event loop),
wakes ten times a second to look for keys, asks for every movement of the mouse, and takes the time under Ctrl-Z for
the program's own. This one is built on the public `Driver` from parts: a writer that never waits, a reader of keys,
the terminal's modes. It buys an exit within 1.1 s from a terminal that stands still, which Textual's never leaves,
and 12 wakings a second less when idle: docs/TEXTUAL.md (driver) has the texts for upstream.
"""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.events import MouseDown, MouseMove, MouseUp, Resize
from textual.geometry import Size
from textual.message import Message
from textual.messages import InBandWindowResize

from charplay.fs.nonblocking_writer import NonBlockingWriter
from charplay.tui.textual_patches.key_reader import KeyReader
from charplay.tui.textual_patches.terminal_modes import TerminalModes

MAX_WRITES, MAX_CHARACTERS = 16, 16_000
"""That wait, at most, while a terminal keeps up. A frame is three writes; all of a large screen anew is 50,000
characters, which count until the writer takes them up."""
MAX_QUEUED = 32
"""Writes that are kept for a terminal that is behind: room for the way out."""
PATIENCE, MAX_PATIENCE = 1.0, 3.0
"""Seconds that a terminal on the way out has to take something more, and all of it."""


class TerminalDriver(Driver):
    """A driver for POSIX terminals: nobody waits for the terminal, and a mouse that passes by is not heard.

    Nothing in charplay follows a mouse without a button held; its reports, thousands a second, would hold up keys.
    """

    away: Callable[[float | None], None] | None = None
    """Hears that the process is about to be stopped (None), and then for how many seconds it was."""
    farewell: Callable[[], str] = str
    """Returns what takes back whatever else was written, before the terminal is given back."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        assert sys.__stdin__ is not None
        assert sys.__stderr__ is not None
        screen = sys.__stderr__
        self.fileno = sys.__stdin__.fileno()
        self._writer = NonBlockingWriter(
            screen.fileno(), encoding=screen.encoding, errors=screen.errors or "replace", max_pieces=MAX_QUEUED
        )
        self._keys = KeyReader(self.fileno, self.process_message, debug=debug)
        self._modes = TerminalModes(self.fileno, self.write, mouse=mouse)
        self._button_held = False
        self._resuming = False
        for number, handler in ((signal.SIGTSTP, self._on_stop), (signal.SIGCONT, self._on_continue)):
            if signal.getsignal(number) != signal.SIG_IGN:  # what was ignored at the start stays ignored
                signal.signal(number, handler)

    @property
    def can_suspend(self) -> bool:
        """It can."""
        return True

    # What is written

    def write(self, data: str) -> None:
        """Have the writer's thread write it; what is more than it keeps is dropped."""
        self._writer.write(data)

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken what was written to it: it is slow, stands still, or is gone."""
        waiting = self._writer.backlog
        return self._writer.error is not None or waiting.pieces > MAX_WRITES or waiting.characters > MAX_CHARACTERS

    def once_caught_up(self, then: Callable[[], object]) -> None:
        """Call `then` once, in the running loop, when the terminal has taken everything; never where it is gone."""
        loop = asyncio.get_running_loop()

        def caught_up() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(then)

        self._writer.once_idle(caught_up)

    @property
    def stuck(self) -> bool:
        """Once closed: whether the terminal has still not taken what was written to it."""
        return not self._writer.idle

    def close(self) -> None:
        """Have the rest written, but a terminal that takes nothing is not waited for."""
        self._writer.finish(PATIENCE, MAX_PATIENCE)

    # What is taken and given back

    def start_application_mode(self) -> None:
        """Take the terminal and hear its keys, or stay stopped where the program is in the background."""
        if not self._modes.may_be_taken():
            return
        signal.signal(signal.SIGWINCH, self._on_resize)
        self._send_size()
        self._modes.take()
        self._keys.start()
        if self._resuming:
            self._resuming = False
            self.send_message(self.SignalResume())

    def disable_input(self) -> None:
        """Hear no more keys, sizes or mouse."""
        if self._modes.taken:
            signal.signal(signal.SIGWINCH, signal.SIG_DFL)
            self._keys.stop()
            self._modes.stop_input()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was found."""
        self.disable_input()
        self.write(self.farewell())
        self._modes.give_back()

    def _on_stop(self, *_: object) -> None:
        """Give the terminal back before Ctrl-Z stops the process, and tell for how long it was stopped."""
        away = self.away or (lambda _: None)
        away(None)
        began = time.monotonic()
        if self._modes.taken:
            self.suspend_application_mode()
            self._resuming = True
        os.kill(os.getpid(), signal.SIGSTOP)
        away(time.monotonic() - began)

    def _on_continue(self, *_: object) -> None:
        """Take the terminal where Ctrl-Z gave it back; after a mere SIGSTOP it is ours still, as a shell left it."""
        if self._resuming:
            self.resume_application_mode()
        elif self._modes.taken:
            self._modes.take_again()
            self._send_size()  # anything may stand there now

    def _on_resize(self, *_: object) -> None:
        if not self._modes.reports_sizes:
            self._send_size()

    def _send_size(self) -> None:
        size = Size(*shutil.get_terminal_size())
        self.send_message(Resize(size, size))

    # What is heard

    def process_message(self, message: Message) -> None:
        """Pass a message of the terminal on to the app, from the thread of keys.

        A terminal that reports every movement of the mouse, though it was not asked to, is not listened to.
        """
        if isinstance(message, MouseMove) and not (message.button or self._button_held):
            return
        if isinstance(message, MouseDown | MouseUp | MouseMove):
            self._button_held = bool(message.button) and not isinstance(message, MouseUp)
        if isinstance(message, InBandWindowResize) and message.supported:
            self._modes.report_sizes()
            message = InBandWindowResize(supported=True, enabled=True)
        super().process_message(message)
