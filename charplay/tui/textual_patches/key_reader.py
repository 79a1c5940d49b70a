"""Reads keys in a thread that sleeps until there are some.

Textual's thread wakes ten times a second to see whether it is to end, and each time takes the interpreter's lock away
from training. An idle screen wakes 39 times a second in place of 51. docs/TEXTUAL.md (driver) has the text for
upstream; the parser is Textual's, a private module.
"""

import os
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from select import select

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.message import Message

from charplay.tui.textual_patches.selectable_event import SelectableEvent

MAX_BYTES = 4096
"""Read at once."""


class KeyReader:
    """Hands each key, paste and mouse report of a terminal to `hear`, from a thread of its own."""

    def __init__(self, descriptor: int, hear: Callable[[Message], None], *, debug: bool = False) -> None:
        self._descriptor, self._hear, self._debug = descriptor, hear, debug
        self._ending = SelectableEvent()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether keys are heard: not before the start, nor after the end, nor once the terminal is gone."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin to read."""
        self._thread = threading.Thread(target=self._run, name="keys", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the reading, at once; it may be started again."""
        if self._thread is not None:
            self._ending.set()
            self._thread.join()
            self._ending.clear()

    def _run(self) -> None:
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("ignore").decode  # bytes that are no text end nothing
        files: list[int | SelectableEvent] = [self._descriptor, self._ending]
        patience = None
        with suppress(OSError):  # the terminal is gone
            while not self._ending.is_set():
                typed = self._descriptor in select(files, [], [], patience)[0]
                data = os.read(self._descriptor, MAX_BYTES) if typed else b""
                if typed and not data:
                    return  # a terminal that is gone has an end of file at every moment
                text = decode(data)
                for message in chain(parser.feed(text) if text else (), parser.tick()):
                    self._hear(message)
                patience = ESCAPE_DELAY if typed else None  # what begins with an escape may be the key of that name
