"""A client's end of a host's socket."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from charplay.protocol.codec import Json, ProtocolError
from charplay.server.errors import ServerError
from charplay.server.framing import PROTOCOL, LineBuffer, decode_line, encode_line
from charplay.server.socket_folder import peer

READ_BYTES = 65_536
PATIENCE_SECONDS = 5.0
"""A host that is alive says who it is, and takes a command, within this."""


RETRY_SECONDS = 0.02


class Link:
    """A connection to a host. It is made with the host's first line, `hello`, read."""

    def __init__(self, path: Path, patience: float = PATIENCE_SECONDS) -> None:
        """Connect. Raises ServerError where nobody answers at `path`, or somebody else than a host of this user's."""
        self._received = LineBuffer()
        self.path = path
        self._end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._end.settimeout(patience)
            self._connect(time.monotonic() + patience)
            self.hello = self._greeted(patience)
        except OSError as error:
            self._end.close()
            reason = error.strerror or "it does not answer"
            raise ServerError(f"nobody can be reached at {path} ({reason}); the process may have ended") from None
        except BaseException:
            self._end.close()
            raise
        self._end.settimeout(None)

    def _connect(self, until: float) -> None:
        """Connect, and try again while too many wait at the socket: for that the kernel has no patience."""
        while True:
            try:
                self._end.connect(os.fspath(self.path))
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise
                time.sleep(RETRY_SECONDS)
            else:
                return

    def _greeted(self, patience: float) -> Json:
        if peer(self._end).uid != os.getuid():
            raise ServerError(f"{self.path} belongs to another user's process")
        hello = next(self.messages(patience), None)
        if hello is None:
            raise ServerError(f"what listens at {self.path} hung up")
        if "error" in hello:
            raise ServerError(str(hello["error"]))
        if hello.get("hello") != "charplay" or hello.get("protocol") != PROTOCOL:
            version = str(hello.get("version", "unknown"))[:40]
            raise ServerError(
                f"the run is hosted by charplay {version}, whose protocol this one does not speak; use that version"
            )
        return hello

    def messages(self, patience: float | None = None) -> Iterator[Json]:
        """Yield the host's messages until it hangs up, or nothing whole came for so many seconds. ServerError."""
        until = None if patience is None else time.monotonic() + patience
        while True:
            try:
                yield from map(decode_line, self._received.take())
                if until is not None:
                    self._end.settimeout(max(0.001, until - time.monotonic()))
                data = self._end.recv(READ_BYTES)
                self._received.feed(data)
            except ProtocolError as fault:
                raise ServerError(f"what listens at {self.path} is no charplay: {fault}") from None
            if not data:
                return

    def send(self, message: Json) -> None:
        """Send a message, without waiting. OSError where the host takes nothing any more."""
        line = encode_line(message)
        if self._end.send(line, socket.MSG_DONTWAIT) < len(line):
            raise BrokenPipeError

    def close(self) -> None:
        """Hang up; whoever waits for messages in another thread sees the end of them."""
        with suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        self._end.close()


def ask(path: Path, message: Json, patience: float) -> object:
    """Give a host one command and return what it answers. ServerError where it refuses, or does not answer in time."""
    link = Link(path)
    try:
        link.send({**message, "id": 1})
        for answer in link.messages(patience):
            if answer.get("id") == 1:
                if "error" in answer:
                    raise ServerError(str(answer["error"]))
                return answer.get("ok")
    except OSError:
        raise ServerError(f"the run did not carry this out within {patience:g} s; it may do so later") from None
    finally:
        link.close()
    raise ServerError("the run ended before it answered")
