"""Writes to a terminal from a thread, so that training does not wait for a terminal that takes nothing."""

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

FLUSH_TIMEOUT_SECONDS = 1.0
"""Seconds to wait, at the end, for the terminal to take the remaining output."""


class NonBlockingStream(io.TextIOBase):
    """Replaces a stream to a terminal. `write` never blocks; an error is raised by the next write."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding or "utf-8"
        self._waiting = ""
        self._busy = False
        self._fault: OSError | None = None
        self._turn = threading.Condition()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the terminal's stream."""
        return self._encoding

    @property
    def behind(self) -> bool:
        """Whether the terminal has not yet taken everything."""
        return self._busy

    def isatty(self) -> bool:
        """Return True: only terminals are wrapped."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor of the terminal's stream."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Queue text for the thread. Raises OSError where an earlier write failed."""
        with self._turn:
            if self._fault is not None:
                raise self._fault
            self._waiting += text
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._work, name="terminal", daemon=True).start()
        return len(text)

    def wait_until_written(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds until everything is written; return whether it is."""
        with self._turn:
            return self._turn.wait_for(lambda: not self._busy, timeout)

    def _work(self) -> None:
        while text := self._next():
            rest = memoryview(text.encode(self._encoding, "replace"))
            try:
                # Not through Python's streams: a thread that blocks here would hold their locks until the end.
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError as fault:
                self._fault = fault

    def _next(self) -> str:
        with self._turn:
            text, self._waiting = self._waiting, ""
            self._busy = bool(text) and self._fault is None
            self._turn.notify_all()
            return text if self._busy else ""


@contextmanager
def nonblocking_stdout() -> Iterator[NonBlockingStream | None]:
    """Replace stdout by a NonBlockingStream, and stderr too where it is a terminal; None where stdout is not one."""
    if not sys.stdout.isatty():
        yield None
        return
    streams = sys.stdout, sys.stderr
    stream = NonBlockingStream(sys.stdout)
    sys.stdout = stream
    if sys.stderr.isatty():
        sys.stderr = stream  # the same one, so that the output of both stays in order
    try:
        yield stream
    finally:
        stream.wait_until_written(FLUSH_TIMEOUT_SECONDS)
        sys.stdout, sys.stderr = streams
