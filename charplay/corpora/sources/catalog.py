"""The catalog's classics. One counts as fetched where the library's folder has a file with its sha256, of any name."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.errors import CorpusError
from charplay.corpora.folders import read_path
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText, file_sha256
from charplay.corpora.sources import user_files


def entries(paths: LibraryPaths) -> list[Entry]:
    """List every classic. Hashes only files of a classic's size, and each only when it changes."""
    files = [(entry.path, entry.size) for entry in user_files.entries(paths) if entry.kind == "file"]
    return [
        _entry(classic, [path for path, size in files if path and size in _sizes(classic)])
        for classic in paths.classics
    ]


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """Read a fetched classic. Raises CorpusError, Cancelled."""
    if entry.path is None:
        raise CorpusError(f"{entry.title} is not here yet; fetch it first (charplay corpora fetch {entry.name}).")
    return read_path(entry.path, encoding, progress)


def _sizes(classic: Classic) -> set[int]:
    return {mirror.bytes for mirror in classic.mirrors}


def _entry(classic: Classic, candidates: list[Path]) -> Entry:
    plain = Entry(
        name=classic.name,
        title=classic.title,
        kind="catalog",
        path=None,
        size=classic.mirrors[0].bytes,
        ready=False,
        licence=classic.licence,
        note=classic.note,
        source="catalog",
    )
    for mirror in classic.mirrors:
        for path in candidates:
            if _is_mirror(path, mirror):
                note = f"{classic.note}; {mirror.note}" if mirror.note else classic.note
                return replace(plain, path=path, size=mirror.bytes, ready=True, note=note)
    return plain


def _is_mirror(path: Path, mirror: Mirror) -> bool:
    try:
        status = path.stat()
        return status.st_size == mirror.bytes and _sha256(path, status.st_size, status.st_mtime_ns) == mirror.sha256
    except (CorpusError, OSError):  # unreadable, or deleted since it was listed
        return False


@lru_cache(maxsize=256)
def _sha256(path: Path, size: int, modified: int) -> str:
    """Hash a file; size and modification time are part of the cache's key, so that a changed file is hashed again."""
    return file_sha256(path, Progress())
