"""Textual's driver, for terminals as they are over a slow line: some stand still, and some are gone."""

import asyncio
import os
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from queue import Full, Queue
from select import select
from typing import Any

from textual._xterm_parser import XTermParser
from textual.app import App
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver
from textual.events import MouseMove, Resize
from textual.geometry import Size
from textual.message import Message

from charplay.tui.textual_patches.selectable_event import SelectableEvent

MOST_WRITES, MOST_CHARACTERS = 16, 16_000
"""That wait, at most, while a terminal keeps up. A frame is three writes, and Textual's thread keeps thirty; all of a
large screen anew is 50,000 characters."""
PATIENCE, MOST_PATIENCE = 1.0, 3.0
"""Seconds that a terminal on the way out has to take one write more, and all of them."""
MOST_TYPED = 4096
"""Bytes of keys that are read at once."""


class Driver(LinuxDriver):
    """Textual's, except that nobody waits for the terminal, and that a mouse passing by is not heard.

    Nothing here follows a mouse without a button held; its reports, up to thousands a second, would hold the keys up.
    And the thread for keys stands until there are some: Textual's looks ten times a second whether it is to end, and
    each look takes the interpreter away from training.
    """

    away: Callable[[float | None], None] | None = None
    """Hears that the process is about to be stopped (None), and then for how many seconds it was."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.exit_event: SelectableEvent = SelectableEvent()
        self._modes: list[Any] = []

    def _sigtstp_application(self, *_: object) -> None:
        away = self.away or (lambda _: None)
        away(None)
        began = time.monotonic()
        super()._sigtstp_application()  # the process stops in here
        away(time.monotonic() - began)

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal where Ctrl-Z gave it back; after a mere SIGSTOP it is ours still, as a shell left it."""
        if self._must_signal_resume:
            super()._sigcont_application()
        elif self._modes and self._key_thread and self._key_thread.is_alive():
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self._modes)
            size = Size(*self._get_terminal_size())
            self.send_message(Resize(size, size))  # anything may stand there now

    def start_application_mode(self) -> None:
        """As in Textual; the modes that it sets are remembered."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        with suppress(termios.error):
            self._modes = termios.tcgetattr(self.fileno)

    def _run_input_thread(self) -> None:
        with suppress(OSError):
            while not self.exit_event.is_set():
                with suppress(UnicodeDecodeError):  # bytes that are no text; the keys after them are heard
                    self.run_input_thread()

    def run_input_thread(self) -> None:
        """Hear keys until the end."""
        parser, decode = XTermParser(self._debug), getincrementaldecoder("utf-8")().decode
        patience = None
        while not self.exit_event.is_set():
            typed = self.fileno in select([self.fileno, self.exit_event], [], [], patience)[0]
            text = decode(os.read(self.fileno, MOST_TYPED)) if typed else ""
            for message in chain(parser.feed(text) if text else (), parser.tick()):
                self.process_message(message)
            patience = ESCAPE_DELAY if typed else None  # what begins with an escape may be the key of that name

    def _enable_mouse_support(self) -> None:
        super()._enable_mouse_support()
        if self._mouse:
            self.write("\x1b[?1003l\x1b[?1002h")  # movements while a button is held, instead of all of them

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1002l")
        super()._disable_mouse_support()

    def process_message(self, message: Message) -> None:
        """As Textual's; a terminal that reports every movement all the same is not listened to."""
        if not isinstance(message, MouseMove) or message.button or self._down_buttons:
            super().process_message(message)

    def deafen(self) -> None:
        """Read no more: a terminal that is gone has an end of file at every moment."""
        self.exit_event.set()

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken what was written to it: it is slow, stands still, or is gone."""
        waiting = self._waiting
        if waiting is None:
            return False
        with waiting.mutex:
            kept = [len(text or "") for text in waiting.queue]
        return len(kept) > MOST_WRITES or sum(kept) > MOST_CHARACTERS

    def once_it_takes(self, then: Callable[[], object]) -> None:
        """Call `then` in the running loop once the terminal takes anything; now, where the system cannot tell."""
        assert self._file is not None
        loop, descriptor = asyncio.get_running_loop(), self._file.fileno()

        def taking() -> None:
            loop.remove_writer(descriptor)
            then()

        try:
            loop.add_writer(descriptor, taking)
        except OSError:
            then()

    @property
    def stuck(self) -> bool:
        """Once closed: whether the terminal has still not taken what was written to it."""
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def write(self, data: str) -> None:
        """Have it written by Textual's thread; what is more than that keeps is for nobody."""
        self._put(data)

    def close(self) -> None:
        """As in Textual, but a terminal that takes nothing is not waited for."""
        self._put(None)
        thread, waiting = self._writer_thread, self._waiting
        if thread is None or waiting is None:
            return
        until, left = time.monotonic() + MOST_PATIENCE, -1
        while thread.is_alive() and time.monotonic() < until and left != waiting.qsize():
            left = waiting.qsize()
            thread.join(PATIENCE)

    @property
    def _waiting(self) -> Queue[str | None] | None:
        """What the thread has not written yet; None is its end."""
        return self._writer_thread._queue if self._writer_thread is not None else None  # noqa: SLF001

    def _put(self, data: str | None) -> None:
        if self._waiting is not None:
            with suppress(Full):
                self._waiting.put_nowait(data)
