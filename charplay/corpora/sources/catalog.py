"""The classics: fetched where a file with the right digest lies in the library's folder, whatever it is called."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from charplay.corpora.classics import Classic, Copy
from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.errors import CorpusError
from charplay.corpora.folders import read_path
from charplay.corpora.progress import Progress
from charplay.corpora.reading import Reading, file_sha256
from charplay.corpora.sources import user_files


def entries(paths: LibraryPaths) -> list[Entry]:
    """Every classic of the catalog. Only files of a classic's size are hashed, once for each change."""
    files = [(entry.path, entry.size) for entry in user_files.entries(paths) if entry.kind == "file"]
    return [
        _entry(classic, [path for path, size in files if path and size in _sizes(classic)])
        for classic in paths.classics
    ]


def read(entry: Entry, encoding: str | None, progress: Progress) -> Reading:
    """The text of a fetched classic. Raises CorpusError, Cancelled."""
    if entry.path is None:
        raise CorpusError(f"{entry.title} is not here yet; fetch it first (charplay corpora fetch {entry.name}).")
    return read_path(entry.path, encoding, progress)


def _sizes(classic: Classic) -> set[int]:
    return {copy.bytes for copy in classic.copies}


def _entry(classic: Classic, candidates: list[Path]) -> Entry:
    plain = Entry(
        name=classic.name,
        title=classic.title,
        kind="catalog",
        path=None,
        size=classic.copies[0].bytes,
        ready=False,
        licence=classic.licence,
        note=classic.note,
        source="catalog",
    )
    for copy in classic.copies:
        for path in candidates:
            if _is_copy(path, copy):
                note = f"{classic.note}; {copy.note}" if copy.note else classic.note
                return replace(plain, path=path, size=copy.bytes, ready=True, note=note)
    return plain


def _is_copy(path: Path, copy: Copy) -> bool:
    try:
        status = path.stat()
        return status.st_size == copy.bytes and _sha256(path, status.st_size, status.st_mtime_ns) == copy.sha256
    except (CorpusError, OSError):  # unreadable, or gone since it was listed: no classic
        return False


@lru_cache(maxsize=256)
def _sha256(path: Path, size: int, modified: int) -> str:
    """A file's digest; size and time of change are part of the key, so that a changed file is hashed anew."""
    return file_sha256(path, Progress())
