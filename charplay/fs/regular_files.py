"""Opens regular files only: opening a pipe or a device could block for ever."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class IrregularError(OSError):
    """The path is a folder, pipe, socket or device; `strerror` says which: "a pipe, not a file"."""


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading. Raises IrregularError for anything else, OSError where there is no file."""
    _refuse_irregular(path, path.stat().st_mode)
    # A pipe may replace the file between the check and the opening: O_NONBLOCK keeps that from hanging.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _refuse_irregular(path, os.fstat(descriptor).st_mode)
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def _refuse_irregular(path: Path, mode: int) -> None:
    if kind := _KINDS.get(stat.S_IFMT(mode)):
        raise IrregularError(errno.EINVAL, f"{kind}, not a file", str(path))
