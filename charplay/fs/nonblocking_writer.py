"""Writes text to a terminal from a thread, so that a terminal that stands still holds nobody."""

import os
import threading
from collections import deque
from collections.abc import Callable
from select import select
from time import monotonic
from typing import NamedTuple

CHUNK = 4096
"""Bytes handed to the kernel at once: over 10 kB/s a slow terminal is seen to take something twice a second."""


class Backlog(NamedTuple):
    """Text that waits behind the write under way."""

    pieces: int
    characters: int


class NonBlockingWriter:
    """Queues text and writes it to a file descriptor from a thread of its own: `write` never waits and never raises.

    It writes past Python's streams, whose locks a thread that a terminal holds would keep until the interpreter ends.
    The thread begins with the first text and stands without waking while there is none.
    """

    def __init__(
        self, descriptor: int, *, encoding: str = "utf-8", errors: str = "replace", max_pieces: int | None = None
    ) -> None:
        """Write to `descriptor`; `max_pieces` bounds the backlog, and what comes on top of it is dropped."""
        self.descriptor = descriptor
        self.error: OSError | None = None
        """Why the descriptor took no more; text after it is dropped."""
        self._encoding, self._errors, self._max_pieces = encoding, errors, max_pieces
        self._waiting: deque[str] = deque()
        self._writing = self._closed = False
        self._taken = 0
        self._when_idle: list[Callable[[], object]] = []
        self._thread: threading.Thread | None = None
        self._turn = threading.Condition()

    def write(self, text: str) -> None:
        """Queue text, unless as many pieces wait as may, or the descriptor is gone."""
        with self._turn:
            if not text or self.error is not None or len(self._waiting) == self._max_pieces:
                return
            self._waiting.append(text)
            self._closed = False
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="terminal writer", daemon=True)
                self._thread.start()
            self._turn.notify_all()

    @property
    def backlog(self) -> Backlog:
        """What waits, less what is being written."""
        with self._turn:
            return Backlog(len(self._waiting), sum(map(len, self._waiting)))

    @property
    def idle(self) -> bool:
        """Whether all text was written, or dropped."""
        with self._turn:
            return not self._waiting and not self._writing

    def wait_idle(self, seconds: float) -> bool:
        """Wait until it is idle, so many seconds at most; whether it is."""
        with self._turn:
            return self._turn.wait_for(lambda: self.idle, seconds)

    def once_idle(self, then: Callable[[], object]) -> None:
        """Call `then` once, as soon as all text was written: at once or from the thread; never where it is gone."""
        with self._turn:
            if not self.idle:
                self._when_idle.append(then)
                return
        if self.error is None:
            then()

    def finish(self, patience: float, limit: float) -> bool:
        """End the thread behind the last text; whether it has ended.

        Waits `limit` seconds at most, and no longer than `patience` seconds in which the descriptor took nothing.
        """
        with self._turn:
            self._closed = True
            self._turn.notify_all()
        thread, until, taken = self._thread, monotonic() + limit, -1
        while thread is not None and thread.is_alive() and monotonic() < until and taken != self._taken:
            taken = self._taken
            thread.join(min(patience, limit))
        return thread is None or not thread.is_alive()

    def _work(self) -> None:
        while data := self._next():
            try:
                self._write(memoryview(data))
            except OSError as error:
                self._drop(error)
            self._tell_idle()

    def _next(self) -> bytes:
        """All text that waits, once there is any; nothing at the end."""
        with self._turn:
            self._turn.wait_for(lambda: self._waiting or self._closed or self.error is not None)
            text = "".join(self._waiting)
            self._waiting.clear()
            self._writing = bool(text)
            if not text:
                self._thread = None
            return text.encode(self._encoding, self._errors)

    def _write(self, rest: memoryview) -> None:
        while rest:
            try:
                rest = rest[os.write(self.descriptor, rest[:CHUNK]) :]
                self._taken += 1
            except BlockingIOError:  # somebody who shares the terminal made it refuse instead of wait
                select([], [self.descriptor], [])

    def _drop(self, error: OSError) -> None:
        with self._turn:
            self.error = error
            self._waiting.clear()
            self._when_idle.clear()

    def _tell_idle(self) -> None:
        told: list[Callable[[], object]] = []
        with self._turn:
            self._writing = False
            if not self._waiting:
                told, self._when_idle = self._when_idle, told
            self._turn.notify_all()
        for then in told:
            then()
