"""Locks a run for one process; the kernel releases the lock when that process ends."""

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
from typing import Literal, Self

from charplay.fs import atomic

NAME = "lock"

Place = Literal["detached", "here", "terminal", "elsewhere"]
"""Where a run trains: in a process of its own, in this one, in another one on a terminal, on another machine."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that holds a run's lock."""

    pid: int
    host: str
    since: str
    socket: str = ""
    """Path of the socket that the run is reached by; empty where it trains on somebody's terminal."""
    job: str = ""
    """The batch job that it is a part of, as Slurm numbers it; empty where there is none."""

    @property
    def place(self) -> Place:
        """Where the run trains, as this process sees it."""
        if self.host != socket.gethostname():
            return "elsewhere"
        if self.socket:
            return "detached"
        return "here" if self.pid == os.getpid() else "terminal"

    def __str__(self) -> str:
        return f"pid {self.pid} on {self.host} since {self.since}"


class AlreadyLocked(Exception):  # noqa: N818  # not yet an error: callers make a RunError with a hint of it
    """Another process holds the lock; the message names it."""


class Lock:
    """Lock on a run's folder, held until `release` or the end of the process.

    It is an flock on an open file, so the kernel releases it however the process dies. The file is never removed:
    otherwise two processes could hold locks on two files of the same name.
    """

    def __init__(self, folder: Path, socket: str = "") -> None:
        """Lock `folder`, and name the socket that its run is reached by.

        Raises AlreadyLocked, or OSError where the folder cannot be written.
        """
        self._descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            self._take(folder)
            os.ftruncate(self._descriptor, 0)
            atomic.write_all(self._descriptor, _signature(socket))
        except BaseException:
            os.close(self._descriptor)
            raise

    def _take(self, folder: Path) -> None:
        for _ in range(20):  # `owner` in another process holds a shared lock for a moment
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.005)
            except OSError:  # a file system without locks: a second process is not noticed there
                return
            else:
                return
        raise AlreadyLocked(str(owner(folder) or "another process"))

    def release(self) -> None:
        """Release the lock; may be called more than once."""
        if self._descriptor >= 0:
            with suppress(OSError):  # the disk may be read-only by now; `owner` ignores a name without a lock
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
    """Return the process that holds the lock of `folder`, or None. Takes no lock and writes nothing."""
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


def _signature(path: str) -> bytes:
    since = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    named = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    named |= {"socket": path, "job": os.environ.get("SLURM_JOB_ID", "")}
    return json.dumps(named).encode()


def _read(data: bytes) -> Owner:
    try:
        match json.loads(data):
            case {"pid": int(pid), "host": str(host), "since": str(since), **rest}:
                return Owner(pid, host, since, str(rest.get("socket", "")), str(rest.get("job", "")))
    except ValueError:
        pass
    return Owner(0, "an unknown host", "a moment ago")
