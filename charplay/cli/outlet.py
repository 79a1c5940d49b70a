"""A terminal that stands still holds nobody: what is said to it waits in a thread of its own."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from charplay.fs.nonblocking_writer import NonBlockingWriter

PATIENCE = 1.0
"""Seconds that the end waits for a terminal to take what was said."""


class Outlet(io.TextIOBase):
    """Stands for a stream that leads to a terminal. Writing never waits; a fault comes with the next writing."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._encoding = stream.encoding or "utf-8"
        self._writer = NonBlockingWriter(stream.fileno(), encoding=self._encoding)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The stream's own."""
        return self._encoding

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken everything yet."""
        return not self._writer.idle

    def isatty(self) -> bool:
        """It is one, or nobody would need this."""
        return True

    def fileno(self) -> int:
        """The stream's own."""
        return self._writer.descriptor

    def write(self, text: str) -> int:
        """Leave something to be written; OSError where the terminal refused what came before."""
        if self._writer.error is not None:
            raise self._writer.error
        self._writer.write(text)
        return len(text)

    def settled(self, wait: float) -> bool:
        """Whether everything is written, after `wait` seconds at most."""
        return self._writer.wait_idle(wait)


@contextmanager
def unhurried() -> Iterator[Outlet | None]:
    """Lead stdout, and stderr where it is a terminal too, through an outlet; None where stdout is no terminal."""
    if not sys.stdout.isatty():
        yield None
        return
    streams = sys.stdout, sys.stderr
    outlet = Outlet(sys.stdout)
    sys.stdout = outlet
    if sys.stderr.isatty():
        sys.stderr = outlet  # one outlet keeps both in order
    try:
        yield outlet
    finally:
        outlet.settled(PATIENCE)
        sys.stdout, sys.stderr = streams
