"""Reads a folder of files as one text."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from charplay.corpora.decoding import decode
from charplay.corpora.errors import CorpusError, NotText
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText, read_bytes, read_file


def read_path(path: Path, encoding: str | None = None, progress: Progress | None = None) -> DecodedText:
    """Read a file, or all files of a folder sorted by relative path. Raises CorpusError, Cancelled."""
    progress = progress or Progress()
    if path.is_dir():
        return read_files(path, files_below(path, progress.part(0, 0.1)), encoding, progress.part(0.1, 1))
    return read_file(path, encoding, progress)


def files_below(folder: Path, progress: Progress) -> list[Path]:
    """List the regular files in and below a folder, without hidden ones; links to folders are not followed."""

    def refuse(error: OSError) -> None:
        raise CorpusError(f"{error.filename} may not be listed ({error.strerror}); check its permissions (chmod u+rx).")

    found: list[Path] = []
    for root, folders, files in os.walk(folder, onerror=refuse):
        progress.at(0)
        folders[:] = [name for name in folders if name[0] != "."]
        found += (path for name in files if name[0] != "." and (path := Path(root, name)).is_file())
    return sorted(found)


def read_files(folder: Path, paths: Sequence[Path], encoding: str | None, progress: Progress) -> DecodedText:
    """Join the text files among `paths`, each ending with a line end; binary and unreadable files are noted.

    The digest is of the files' bytes in that order.
    """
    texts: list[str] = []
    encodings: dict[str, None] = {}
    odd: list[str] = []
    binary: list[str] = []
    unread: list[str] = []
    digest = hashlib.sha256()
    for number, path in enumerate(paths):
        share = progress.part(number / len(paths), (number + 1) / len(paths))
        share.at(0)
        name = str(path.relative_to(folder))
        try:
            if path.stat().st_size == 0:
                continue
            data, _ = read_bytes(path, share, any_bytes=encoding is not None)
            text, used, notes = decode(data, str(path), encoding, share.part(1, 1))
        except NotText:
            binary.append(name)
        except (CorpusError, OSError):
            unread.append(name)
        else:
            digest.update(data)
            texts.append(text if text.endswith("\n") else text + "\n")
            encodings[used] = None
            odd += (f"{name}: {note}" for note in notes)
    if not texts:
        raise CorpusError(f"{folder} holds no text file; a folder is read as one text, file after file.")
    notes = (f"{len(texts):,} {'files' if len(texts) > 1 else 'file'} read as one text.", *_first(odd))
    for names, why in ((binary, "binary"), (unread, "unreadable")):
        if names:
            notes += (f"Left out as {why}: {_some(names)}.",)
    return DecodedText("".join(texts), digest.hexdigest(), ", ".join(encodings), notes)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _first(notes: Sequence[str]) -> tuple[str, ...]:
    more = (f"{len(notes) - 5:,} more files were not plain UTF-8 with LF.",) if len(notes) > 5 else ()
    return (*notes[:5], *more)
