"""A terminal that stands still holds nobody: what is said to it waits in a thread of its own."""

import io
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

FLUSH_TIMEOUT_SECONDS = 1.0
"""Seconds that the end waits for a terminal to take what was said."""


class NonBlockingStream(io.TextIOBase):
    """Stands for a stream that leads to a terminal. Writing never waits; a fault comes with the next writing."""

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
        """The stream's own."""
        return self._encoding

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken everything yet."""
        return self._busy

    def isatty(self) -> bool:
        """It is one, or nobody would need this."""
        return True

    def fileno(self) -> int:
        """The stream's own."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Leave something to be written; OSError where the terminal refused what came before."""
        with self._turn:
            if self._fault is not None:
                raise self._fault
            self._waiting += text
            if not self._busy:
                self._busy = True
                threading.Thread(target=self._work, name="terminal", daemon=True).start()
        return len(text)

    def wait_until_written(self, timeout: float) -> bool:
        """Whether everything is written, after `timeout` seconds at most."""
        with self._turn:
            return self._turn.wait_for(lambda: not self._busy, timeout)

    def _work(self) -> None:
        while text := self._next():
            rest = memoryview(text.encode(self._encoding, "replace"))
            try:
                # Past Python's streams, whose locks a thread that stands here would hold until the interpreter ends.
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
    """Lead stdout, and stderr where it is a terminal too, through one; None where stdout is no terminal."""
    if not sys.stdout.isatty():
        yield None
        return
    streams = sys.stdout, sys.stderr
    stream = NonBlockingStream(sys.stdout)
    sys.stdout = stream
    if sys.stderr.isatty():
        sys.stderr = stream  # one stream keeps the two in order
    try:
        yield stream
    finally:
        stream.wait_until_written(FLUSH_TIMEOUT_SECONDS)
        sys.stdout, sys.stderr = streams
