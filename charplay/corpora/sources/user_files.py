"""Files and folders that were dropped into the library's folder, and any path that a person names."""

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
    """What lies in the folder, files by their stem; two things may share a name, which the library sorts out."""
    found = (_entry(path, path.stem if path.is_file() else path.name) for path in _listed(paths.corpora))
    return [entry for entry in found if entry]


def entry_of(path: Path) -> Entry | None:
    """The entry of a file or folder outside the library; None where it is neither."""
    absolute = Path(os.path.normpath(user_path(path)))  # resolve() would follow links and lose the name given
    return _entry(absolute, str(absolute))


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """The text of the file, or of the folder's files. Raises CorpusError, Cancelled."""
    assert entry.path is not None
    return read_path(entry.path, encoding, progress)


def _listed(corpora: Path) -> list[Path]:
    try:
        return sorted(path for path in corpora.iterdir() if path.name[0] != "." and path.name.lower() != README)
    except OSError:  # no such folder yet, or none of ours: nothing was dropped
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
