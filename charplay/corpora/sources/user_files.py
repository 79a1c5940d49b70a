"""The user's files and folders: those in the library's folder, and any path that a command line names."""

import os
import stat
from pathlib import Path

from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.folders import read_path
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText
from charplay.fs.paths import user_path

README = "readme.md"


def entries(paths: LibraryPaths) -> list[Entry]:
    """List the library's folder, files by their stem; the library makes names unique."""
    found = (_entry(path, path.stem if path.is_file() else path.name) for path in _listed(paths.corpora))
    return [entry for entry in found if entry]


def entry_of(path: Path) -> Entry | None:
    """Make the entry of a file or folder outside the library; None where the path is neither."""
    absolute = Path(os.path.normpath(user_path(path)))  # resolve() would follow links and lose the given name
    return _entry(absolute, str(absolute))


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """Read the file, or the folder's files. Raises CorpusError, Cancelled."""
    assert entry.path is not None
    return read_path(entry.path, encoding, progress)


def _listed(corpora: Path) -> list[Path]:
    try:
        return sorted(path for path in corpora.iterdir() if path.name[0] != "." and path.name.lower() != README)
    except OSError:  # the folder does not exist yet, or may not be read
        return []


def _entry(path: Path, name: str) -> Entry | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    folder = stat.S_ISDIR(status.st_mode)
    if not folder and not stat.S_ISREG(status.st_mode):
        return None
    return Entry(
        name=name,
        title=(path.name if folder else path.stem) or name,
        kind="folder" if folder else "file",
        path=path,
        size=None if folder else status.st_size,
        ready=True,
        licence="",
        note="a folder, read as one text" if folder else "",
        source="user-files",
    )
