"""Runs a program on a pseudo-terminal within an event loop.

The program is charplay as anybody starts it: its own driver, its own signals, and a hang-up that ends it as a lost link
does. Textual's web driver would be a second way to draw, to type and to leave.
"""

import asyncio
import errno
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

ON_TERMINAL = 'trap "" TSTP; exec "$@" <"$0" >"$0" 2>&1'
"""The first terminal that the leader of a session opens becomes the session's own. No shell is there to come back from
after a Ctrl-Z, so that is ignored."""

MAX_UNREAD_INPUT = 1_000_000
"""Bytes of input that wait for a program that does not read; what is typed beyond them is dropped."""


class PseudoTerminal(asyncio.Protocol):
    """A running program, its output in pieces, and its end."""

    def __init__(self, on_output: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        """`on_output` hears what the program writes; `on_end` is called once, when it has gone or was hung up."""
        self._on_output, self._on_end = on_output, on_end
        self._master = -1
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.ReadTransport | None = None
        self._writer: asyncio.WriteTransport | None = None
        self._ended: asyncio.Task[None] | None = None

    async def start(self, command: Sequence[str], environment: Mapping[str, str], columns: int, rows: int) -> None:
        """Start a program on a terminal of this size, in a session of its own. OSError where it cannot be."""
        self._master, slave = pty.openpty()
        loop = asyncio.get_running_loop()
        self.resize(columns, rows)
        self._process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", ON_TERMINAL, os.ttyname(slave), *command,
            env=environment, start_new_session=True, stdin=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        self._ended = asyncio.create_task(self._await_end(self._process, slave))
        self._reader, _ = await loop.connect_read_pipe(lambda: self, os.fdopen(os.dup(self._master), "rb", 0))
        self._writer, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(os.dup(self._master), "wb", 0))

    async def _await_end(self, process: asyncio.subprocess.Process, slave: int) -> None:
        """Keep the other side open while the program runs: until it has opened it, there would be none to read from."""
        await process.wait()
        os.close(slave)

    def data_received(self, data: bytes) -> None:
        """Pass on what the program wrote."""
        self._on_output(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell that the program has closed the terminal, as its end does."""
        self._on_end()

    def write(self, data: bytes) -> None:
        """Send what was typed."""
        if self._writer is not None and self._writer.get_write_buffer_size() + len(data) <= MAX_UNREAD_INPUT:
            self._writer.write(data)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal a size. The program hears of it and draws everything anew, also where it is the same."""
        with suppress(OSError):  # it has gone meanwhile
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._signal(signal.SIGWINCH)

    def hold(self) -> None:
        """Read no more until `go_on`, so that the program sees that its terminal is behind, and draws less."""
        if self._reader is not None and not self._reader.is_closing():
            self._reader.pause_reading()

    def go_on(self) -> None:
        """Take up reading again."""
        if self._reader is not None and not self._reader.is_closing():
            self._reader.resume_reading()

    async def hang_up(self, patience: float) -> None:
        """Take the terminal away, as a lost link does, and wait for the program's end; kill it after `patience` s."""
        self._signal(signal.SIGHUP)
        for transport in (self._reader, self._writer):
            if transport is not None:
                transport.close()
        with suppress(OSError):
            os.close(self._master)
        if self._ended is not None:
            try:
                await asyncio.wait_for(asyncio.shield(self._ended), patience)
            except TimeoutError:
                self._signal(signal.SIGKILL)
                await self._ended

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            try:
                os.killpg(self._process.pid, number)
            except OSError as error:
                if error.errno != errno.ESRCH:
                    raise
