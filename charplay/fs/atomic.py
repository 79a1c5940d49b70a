"""Files that survive a kill, a full disk or a power cut: always the old contents or the new ones, whole."""

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX, _SUFFIX = ".charplay-", ".partial"


def replace_bytes(path: Path, data: bytes) -> None:
    """Make `data` the contents of `path`, at once and for good.

    A file beside it is written and synced, takes its name, and then the folder is synced. Whatever goes wrong raises
    OSError and leaves the old contents; only where the very last sync fails the new ones already stand.
    """
    temporary = _temporary(path.parent)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            _claim(descriptor)
            write_all(descriptor, data)
            os.fsync(descriptor)
            # Renamed while still claimed, so that nobody takes it for a leftover.
            os.replace(temporary, path)  # noqa: PTH105  # beside its siblings of the same module
        finally:
            os.close(descriptor)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, to be filled and then renamed; one that was not renamed is removed."""
    folder = _temporary(parent)
    folder.mkdir()
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _claim(descriptor)
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder and all in it; of a link only the link. It is never seen half removed under its name."""
    if folder.is_symlink():
        folder.unlink()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _claim(descriptor)
        shutil.rmtree(folder.rename(_temporary(folder.parent)))
    finally:
        os.close(descriptor)
    sync_folder(folder.parent)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, however many calls it takes."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_file(path: Path) -> None:
    """Wait until what was written to `path` is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk."""
    try:
        sync_file(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that cannot sync a folder say so in this way
            raise


def leftovers(folder: Path) -> list[Path]:
    """What a killed process left half written or half removed in `folder`; nothing that is being worked on now."""
    return [path for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")) if _abandoned(path)]


def clear_leftovers(folder: Path) -> int:
    """Remove the leftovers in `folder`; how many there were. One that cannot be removed is left for another day."""
    found = leftovers(folder)
    for path in found:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
    return len(found)


def _temporary(folder: Path) -> Path:
    return folder / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"


def _claim(descriptor: int) -> None:
    """Mark a file or folder as being worked on. The kernel drops the mark with the process, however that ends."""
    with suppress(OSError):  # a file system without locks, where no leftover is ever taken for abandoned
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _abandoned(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
