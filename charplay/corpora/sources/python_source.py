"""The source code of Python's standard library."""

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path

from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.folders import read_files
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText

# Tests are repetitive, encodings are tables, pydoc_data is another source here, packages are not the library's.
_SKIPPED = {"test", "tests", "idle_test", "encodings", "pydoc_data", "site-packages", "dist-packages", "__pycache__"}


def entries(paths: LibraryPaths) -> list[Entry]:
    """List the source code, where this Python has it."""
    if not (_library() / "os.py").is_file():
        return []
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    source = Entry(
        name="python-source",
        title="Python source",
        kind="built-in",
        path=None,
        size=None,
        ready=True,
        licence="PSF licence",
        note=f"the standard library of Python {version}",
        source="python-source",
    )
    return [source]


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """Join the modules in alphabetical order of their paths. Raises CorpusError, Cancelled."""
    return read_files(_library(), _modules(), "utf-8", progress)


def _library() -> Path:
    return Path(sysconfig.get_path("stdlib"))


@cache
def _modules() -> tuple[Path, ...]:
    found: list[Path] = []
    for root, folders, files in os.walk(_library()):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        found += (Path(root, name) for name in files if name.endswith(".py"))
    return tuple(sorted(found))
