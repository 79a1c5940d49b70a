"""Atomic writes: after a kill, a full disk or a power cut a file has its old contents or its new ones, complete."""

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
    """Replace the contents of `path` with `data`, atomically and durably.

    Writes a temporary file beside it, syncs it, renames it over `path`, then syncs the folder. Raises OSError where a
    step fails; the old contents stay then, except where only the folder's sync failed.
    """
    temporary = _temporary(path.parent)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            _claim(descriptor)
            write_all(descriptor, data)
            os.fsync(descriptor)
            # Renamed while still locked, so that no other process removes it as a leftover.
            os.replace(temporary, path)  # noqa: PTH105  # beside its siblings of the same module
        finally:
            os.close(descriptor)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def replace_private_bytes(path: Path, data: bytes) -> None:
    """Replace the contents of `path` by rename, without a sync: for what only this user reads, and soon.

    Raises OSError where a step fails; the old contents stay then.
    """
    temporary = _temporary(path.parent)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            write_all(descriptor, data)
        finally:
            os.close(descriptor)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """Make a temporary folder in `parent`, to be filled and then renamed; it is removed where it was not renamed."""
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
    """Remove a folder and its contents, or a link to a folder but not the folder.

    The folder is renamed first, so that no other process sees a half removed one under its name.
    """
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
    """Flush a file's contents to the disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to the disk (fsync), so that a rename in it survives a power cut."""
    try:
        sync_file(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that cannot sync a folder say so in this way
            raise


def leftovers(folder: Path) -> list[Path]:
    """List temporary files and folders in `folder` whose process was killed; not those still in use."""
    return [path for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")) if _abandoned(path)]


def clear_leftovers(folder: Path) -> int:
    """Remove the leftovers in `folder` and return how many there were; those that cannot be removed stay."""
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
    """Lock a temporary file or folder while it is in use. The kernel drops the lock when the process ends."""
    with suppress(OSError):  # a file system without locks: `_abandoned` is False there for every leftover
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
