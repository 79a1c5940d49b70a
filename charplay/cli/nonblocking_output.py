"""Writes to a terminal from a thread, so that training does not wait for a terminal that takes nothing."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from charplay.fs.nonblocking_writer import NonBlockingWriter

FLUSH_TIMEOUT_SECONDS = 1.0
"""Seconds to wait, at the end, for the terminal to take the remaining output."""


class NonBlockingStream(io.TextIOBase):
    """Replaces a stream to a terminal. `write` never blocks; an error is raised by the next write."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._encoding = stream.encoding or "utf-8"
        self._writer = NonBlockingWriter(stream.fileno(), encoding=self._encoding, errors=stream.errors or "replace")

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the terminal's stream."""
        return self._encoding

    @property
    def behind(self) -> bool:
        """Whether the terminal has not yet taken everything."""
        return not self._writer.idle

    def isatty(self) -> bool:
        """Return True: only terminals are wrapped."""
        return True

    def fileno(self) -> int:
        """Return the file descriptor of the terminal's stream."""
        return self._writer.descriptor

    def write(self, text: str) -> int:
        """Queue text for the thread. Raises OSError where an earlier write failed."""
        if self._writer.error is not None:
            raise self._writer.error
        self._writer.write(text)
        return len(text)

    def wait_until_written(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds until everything is written; return whether it is."""
        return self._writer.wait_idle(timeout)


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
