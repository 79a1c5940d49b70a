"""Adds texts to the library's folder: copies of files and folders, several files as one, a pipe, an address."""

import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import BadName, CorpusError
from charplay.corpora.folders import read_path
from charplay.corpora.library import Library
from charplay.corpora.progress import Progress
from charplay.corpora.reading import file_sha256
from charplay.corpora.sources.user_files import entry_of
from charplay.fs.atomic import staging_folder, sync_file, sync_folder

PIECE = 1 << 20
"""Bytes copied at once."""
SUFFIX = ".txt"
"""Of a text that has no file's name."""
ADDRESS = re.compile(r"https?://", re.IGNORECASE)

Fill = Callable[[Path], object]
"""Writes a file or a folder at a path."""


class Added(NamedTuple):
    """A text that is among the others by now."""

    path: Path
    corpus: Corpus


def add_path(library: Library, source: Path, name: str | None, encoding: str | None = None) -> Added:
    """Copy a file or a folder, under another name where one is given. Raises BadName, CorpusError."""
    corpus = library.open(library.find(str(source)), encoding=encoding)
    target = new_target(library, name or source.name)
    if target.resolve().is_relative_to(source.resolve()):
        raise BadName(f"{source} holds charplay's texts itself; name a folder that does not")
    with staging_folder(target.parent) as aside:
        _copy(source, aside / target.name)
        _claim(aside / target.name, target)
    return Added(target, corpus)


def add_files(
    library: Library, sources: Sequence[Path], name: str, separator: str, encoding: str | None = None
) -> Added:
    """Join files, each decoded by itself, into one text with a separator between. Raises BadName, CorpusError."""

    def fill(path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            for number, source in enumerate(sources):
                file.write(separator * (number > 0))
                file.writelines(read_path(source, encoding).pieces)

    return add_made(library, fill, named(name), f"what {len(sources)} files make")


def add_made(library: Library, fill: Fill, name: str | None, shown: str, encoding: str | None = None) -> Added:
    """Add a text that `fill` writes; without a name it is called by its digest, and added once however often it comes.

    `shown` stands for it in a sentence on what is wrong with it. Raises BadName, CorpusError.
    """
    target = new_target(library, name) if name is not None else None
    with staging_folder(library.paths.corpora) as aside:
        path = aside / (target.name if target is not None else "text")
        try:
            fill(path)
            entry = entry_of(path)
            assert entry is not None
            corpus = library.open(entry, encoding=encoding)
        except CorpusError as fault:
            raise CorpusError(str(fault).replace(str(path), shown)) from None
        if target is None:
            target = library.paths.corpora / f"text-{file_sha256(path, Progress())[:12]}{SUFFIX}"
            if target.exists():
                return Added(target, corpus)
        _claim(path, target)
    return Added(target, corpus)


def write_stream(stream: BinaryIO, path: Path, most: int | None = None) -> None:
    """Write all that a stream has. Raises CorpusError where it has nothing, or more than `most` bytes."""
    written = 0
    with path.open("wb") as file:
        while piece := stream.read(PIECE):
            written += len(piece)
            if most is not None and written > most:
                raise CorpusError(f"{path} has more than {most:,} bytes; cut a piece off it.")
            file.write(piece)
    if not written:
        raise CorpusError(f"{path} is empty; there is nothing to read.")


def new_target(library: Library, name: str) -> Path:
    """Return where a text of this name goes. Raises BadName where it is no name, or another text has it."""
    target = library.paths.corpora / name
    if target.name != name or name.startswith(".") or not name.isprintable():
        raise BadName(f"{name!r} is no name for a file; leave out slashes and a dot in front")
    if os.path.lexists(target):
        raise BadName(f"{target} is there already; choose another with --name")
    alike = {target.stem.casefold(), target.name.casefold()}
    if taken := next((entry for entry in library.entries() if entry.name.casefold() in alike), None):
        raise BadName(f"there is a text called {taken.name} already; choose another with --name")
    return target


def named(name: str) -> str:
    """Return the file's name of a text that has none yet: with a suffix."""
    return name if Path(name).suffix else f"{name}{SUFFIX}"


def _claim(made: Path, target: Path) -> None:
    """Give what was made its name, whole, unless another process has taken the name meanwhile."""
    if made.is_dir():
        made.rename(target)
    else:
        sync_file(made)
        try:
            target.hardlink_to(made)
        except FileExistsError:
            raise BadName(f"{target} is there already; choose another with --name") from None
        except OSError:  # a file system without hard links
            made.rename(target)
    sync_folder(target.parent)


def _copy(source: Path, copy: Path) -> None:
    try:
        if source.is_dir():
            shutil.copytree(source, copy)
        else:
            shutil.copyfile(source, copy)
    except shutil.Error as error:  # it has one tuple for each file that could not be copied
        path, _, why = error.args[0][0]
        raise CorpusError(f"{path} cannot be copied ({why}); take it out of the folder first") from None
