"""Who owns a run: one process at a time, known by name, and nobody once that process is dead."""

import fcntl
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from charplay.fs import atomic

NAME = "lock"


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that owns a run."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"pid {self.pid} on {self.host} since {self.since}"


class AlreadyLocked(Exception):  # noqa: N818  # a state of affairs that `Run.lock` puts into a sentence
    """Someone else owns the run; the text says who."""


class Lock:
    """Ownership of a run's folder, until `release` or the end of the process.

    The kernel keeps it on an open file, so it ends with its owner, however that dies. The file stays: removing it
    would let two processes own two files of one name.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock of `folder`. Raises AlreadyLocked, or OSError where nothing can be written there."""
        self._descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            self._take(folder)
            os.ftruncate(self._descriptor, 0)
            atomic.write_all(self._descriptor, _signature())
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take(self, folder: Path) -> None:
        for _ in range(20):  # one who only looks holds it for a moment
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.005)
            except OSError:  # a file system without locks: whoever is there besides is not noticed
                return
            else:
                return
        raise AlreadyLocked(str(owner(folder) or "another process"))

    def release(self) -> None:
        """Give the run free. Once is enough; more do no harm."""
        if self._descriptor >= 0:
            with suppress(OSError):  # the disk may be read-only by now; a name without a lock is nobody's
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def owner(folder: Path) -> Owner | None:
    """Who owns the run in `folder` now; None where nobody does. Takes nothing and writes nothing."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(os.pread(descriptor, 4096, 0))
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None


def _signature() -> bytes:
    since = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}).encode()


def _read(data: bytes) -> Owner:
    try:
        match json.loads(data):
            case {"pid": int(pid), "host": str(host), "since": str(since)}:
                return Owner(pid, host, since)
    except ValueError:
        pass
    return Owner(0, "an unknown host", "a moment ago")
