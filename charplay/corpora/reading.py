"""Reads a text file: opens it if it is a regular file, reads it once, hashes and decodes it."""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charplay.corpora.decoding import decode
from charplay.corpora.detection import refuse_binary
from charplay.corpora.errors import CorpusError
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.fs.regular_files import IrregularError, open_regular

PIECE = 1 << 20
"""Bytes read at once."""
SETTLED_SECONDS = 2.0
"""A file that was written to since may be written to again without another time of change."""

_digests: dict[tuple[int, ...], str] = {}
"""Digests of files that were hashed, by what tells that they are as they were."""


@dataclass(frozen=True)
class DecodedText:
    """A file's text. `sha256` is of its bytes; `notes` are sentences about a guessed encoding, line ends and so on."""

    pieces: Pieces
    sha256: str
    encoding: str
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it as one string."""
        return self.pieces.text()


def read_file(path: Path, encoding: str | None = None, progress: Progress | None = None) -> DecodedText:
    """Read and decode a regular file. Raises CorpusError, Cancelled."""
    progress = progress or Progress()
    data, sha256 = read_bytes(path, progress.part(0, 0.5), any_bytes=encoding is not None)
    pieces, name, notes = decode(data, str(path), encoding, progress.part(0.5, 1))
    return DecodedText(pieces, sha256, name, notes)


def read_bytes(path: Path, progress: Progress, *, any_bytes: bool = False) -> tuple[bytearray, str]:
    """Read a regular file's bytes and their sha256. Raises NotText for binary data unless `any_bytes`."""
    with open_file(path) as file:
        before = os.fstat(file.fileno())
        _refuse_too_large(path, before.st_size)
        data, digest, known = bytearray(), hashlib.sha256(), _digests.get(_identity(before))
        while len(data) <= before.st_size and (piece := file.read(PIECE)):
            if not data and not any_bytes:
                refuse_binary(piece, str(path))
            if known is None:
                digest.update(piece)
            data += piece
            progress.at(len(data) / max(before.st_size, len(data)))
        after = os.fstat(file.fileno())
        if (len(data), before.st_mtime_ns) != (before.st_size, after.st_mtime_ns):
            raise CorpusError(f"{path} changed while it was read; try again when nothing writes to it.")
    if not data:
        raise CorpusError(f"{path} is empty; there is nothing to read.")
    return data, known or digest.hexdigest()


def file_sha256(path: Path, progress: Progress) -> str:
    """Hash a regular file's bytes without keeping them in memory; once, as long as it stays as it is."""
    with open_file(path) as file:
        status = os.fstat(file.fileno())
        if known := _digests.get(_identity(status)):
            return known
        done, digest = 0, hashlib.sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
            done += len(piece)
            progress.at(done / max(status.st_size, done))
        after = os.fstat(file.fileno())
    if _identity(after) == _identity(status) and time.time() - after.st_mtime > SETTLED_SECONDS:
        _digests[_identity(after)] = digest.hexdigest()
    return digest.hexdigest()


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file for reading; an OSError on opening it or in the block is raised as a CorpusError."""
    try:
        with open_regular(path) as file:
            yield file
    except (OSError, ValueError) as error:
        raise CorpusError(_cause(path, error)) from error


def require_readable(path: Path) -> None:
    """Raise a CorpusError that says why a path cannot be opened, if it cannot."""
    with open_file(path):
        pass


def _refuse_too_large(path: Path, size: int) -> None:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if size * 3 > memory:
        raise CorpusError(
            f"{path} has {size / 1e9:.1f} GB, too much for {memory / 1e9:.0f} GB of memory; cut a piece off it."
        )


def _cause(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        if path.is_symlink():
            return f"{path} is a link to a file that is gone; mend the link or remove it."
        return f"{path} does not exist; check its spelling."
    if isinstance(error, PermissionError):
        return f"{path} may not be read; check its permissions (chmod u+r)."
    if isinstance(error, IrregularError):
        return f"{path} is {error.strerror}; copy the text into a file first."
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"{path} cannot be read ({reason}); check the path and the disk."
