"""Files as they should be: where a pipe or a device stands in a file's place, nobody waits for it."""

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
    """Something else than a file has the name; `strerror` says what: "a pipe, not a file"."""


def open_regular(path: Path) -> BinaryIO:
    """A regular file, open for reading. IrregularError where something else has that name, OSError where nothing."""
    _refuse_irregular(path, path.stat().st_mode)
    # Should a pipe take the file's place just now, O_NONBLOCK keeps its opening from hanging.
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
