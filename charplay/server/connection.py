"""One client of a host: what it sent and has not been read, what it was sent and has not taken."""

import socket
from collections.abc import Iterable, Iterator

from charplay.server.framing import LineBuffer

MAX_BACKLOG_BYTES = 4_000_000
"""That wait for a client at most; one that leaves more standing is dropped, and may attach anew."""
LINES_A_TURN = 16
"""That are read of a client before the others have their turn."""
READ_BYTES = 16_384


class Connection:
    """A client's socket, which never blocks. `open` turns False once there is nothing more to hope for."""

    def __init__(self, end: socket.socket, name: str) -> None:
        end.setblocking(False)  # noqa: FBT003
        self.end = end
        self.name = name
        """For display: "pid 4121"."""
        self.open = True
        self._received = LineBuffer()
        self._waiting = bytearray()

    @property
    def behind(self) -> bool:
        """Whether something waits until the client takes it."""
        return bool(self._waiting)

    @property
    def has_line(self) -> bool:
        """Whether a line was received and not handed out yet."""
        return self._received.has_line

    def send(self, lines: Iterable[bytes]) -> None:
        """Send lines as far as the client takes them now, and keep the rest for `flush`."""
        if self.open:
            self._waiting += b"".join(lines)
            self.flush()
            if len(self._waiting) > MAX_BACKLOG_BYTES:
                self.open = False

    def flush(self) -> None:
        """Send what waits, as far as the client takes it."""
        try:
            while self._waiting:
                sent = self.end.send(self._waiting)
                del self._waiting[:sent]
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # it left; what it said before is still to be read, and then there is the end
            self._waiting.clear()

    def receive(self) -> Iterator[bytes]:
        """Yield the lines of this turn. ProtocolError where one is too long.

        A client that has more to say than a turn takes is read no further, so it has to wait, and nobody else has.
        """
        if not self._received.has_line:
            self._read()
        yield from self._received.take(LINES_A_TURN)

    def _read(self) -> None:
        try:
            data = self.end.recv(READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._received.feed(data)
        else:
            self.open = False

    def close(self) -> None:
        """Close the socket."""
        self.open = False
        self.end.close()
