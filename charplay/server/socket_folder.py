"""The folder of a user's sockets, and who is at the other end of one."""

import os
import secrets
import socket
import stat
import struct
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from charplay.fs.locked import locked
from charplay.server.errors import ServerError

MAX_PATH_BYTES = 100
"""Of a socket's path: systems allow 104 or 108 with the zero at its end."""
BACKLOG = 64
"""Connections that may wait to be accepted."""


class Peer(NamedTuple):
    """The process at the other end of a socket."""

    pid: int
    uid: int


def socket_folder(parent: Path | None = None, uid: int | None = None) -> Path:
    """Return the folder of this user's sockets, which is made where it is missing.

    It lies in the system's temporary folder, since XDG_RUNTIME_DIR goes at logout and a home may be on NFS. Everybody
    may write there, so ServerError is raised where the folder is not a real one, this user's alone.
    """
    uid = os.getuid() if uid is None else uid
    folder = (parent or Path(tempfile.gettempdir())) / f"charplay-{uid}"
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
    except OSError as error:
        raise ServerError(f"{folder} cannot be made ({error.strerror}); TMPDIR names another folder for it") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise ServerError(
            f"{folder} is not a folder that belongs to you alone (mode 700), so no run is reached through it; "
            "remove it, or name another folder by TMPDIR"
        )
    return folder


def listen(folder: Path) -> tuple[socket.socket, Path]:
    """Return a socket that listens in a folder, and its path; remove those that killed processes left.

    Both happen under a lock: between `bind` and `listen` a socket looks like one that was left. ServerError.
    """
    path = folder / f"{os.getpid()}-{secrets.token_hex(3)}.sock"
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise ServerError(f"{path} is too long for a socket; name a shorter folder than {folder.parent} by TMPDIR")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with locked(folder / "lock"):
            _sweep(folder)
            listener.bind(os.fspath(path))
            path.chmod(0o600)
            listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ServerError(f"no socket can be opened at {path} ({error.strerror})") from None
    listener.setblocking(False)  # noqa: FBT003
    return listener, path


def weights_path(path: Path) -> Path:
    """Return the path of the weights that are written for the clients of a socket."""
    return path.with_suffix(".safetensors")


def remove(path: Path) -> None:
    """Remove a socket and what lies beside it."""
    for each in (path, weights_path(path)):
        with suppress(OSError):
            each.unlink()


def peer(connection: socket.socket) -> Peer:
    """Return the process at the other end, as the kernel knows it.

    Where the kernel does not tell (Linux does), the folder's mode keeps others out, and the uid is one's own.
    """
    asked = getattr(socket, "SO_PEERCRED", None)
    if asked is None:
        return Peer(0, os.getuid())
    pid, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, asked, struct.calcsize("3i")))
    return Peer(pid, uid)


def _sweep(folder: Path) -> None:
    """Remove the sockets that nobody listens at. Called under the lock."""
    for path in folder.glob("*.sock"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as tried:
            tried.setblocking(False)  # noqa: FBT003
            try:
                tried.connect(os.fspath(path))
            except ConnectionRefusedError:
                remove(path)
            except OSError:
                continue
