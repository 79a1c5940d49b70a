"""Reads a folder of files as one text."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from charplay.corpora.decoding import decode
from charplay.corpora.errors import CorpusError, NotText
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText, read_bytes, read_file


@dataclass(frozen=True)
class Listing:
    """What is in and below a folder: its regular files, sorted, and the names of the rest, by why they are left out."""

    files: list[Path]
    others: dict[str, list[str]]


def read_path(path: Path, encoding: str | None = None, progress: Progress | None = None) -> DecodedText:
    """Read a file, or all files of a folder sorted by relative path. Raises CorpusError, Cancelled."""
    progress = progress or Progress()
    if not path.is_dir():
        return read_file(path, encoding, progress)
    listing = list_folder(path, progress.part(0, 0.1))
    return read_files(path, listing.files, encoding, progress.part(0.1, 1), listing.others)


def list_folder(folder: Path, progress: Progress) -> Listing:
    """List what is in and below a folder, without hidden names.

    Links to folders are not followed: they may lead in circles or far away, and a run that began with such a folder
    would find another text in it.
    """

    def refuse(error: OSError) -> None:
        raise CorpusError(f"{error.filename} may not be listed ({error.strerror}); check its permissions (chmod u+rx).")

    files: list[Path] = []
    others: dict[str, list[str]] = {"linked folders": [], "broken links": [], "no files": []}
    for root, folders, names in os.walk(folder, onerror=refuse):
        progress.at(0)
        folders[:] = [name for name in folders if name[0] != "."]
        links = (path for name in folders if (path := Path(root, name)).is_symlink())
        others["linked folders"] += (str(path.relative_to(folder)) for path in links)
        for path in (Path(root, name) for name in names if name[0] != "."):
            if path.is_file():
                files.append(path)
            else:
                others["no files" if path.exists() else "broken links"].append(str(path.relative_to(folder)))
    return Listing(sorted(files), others)


def read_files(
    folder: Path,
    paths: Sequence[Path],
    encoding: str | None,
    progress: Progress,
    others: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> DecodedText:
    """Join the text files among `paths`, each ending with a line end; binary and unreadable files are noted.

    The digest is of the files' bytes in that order. `others`: names that are noted too, by why they are left out.
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
            pieces, used, notes = decode(data, str(path), encoding, share.part(1, 1))
            text = pieces.text()
        except NotText:
            binary.append(name)
        except (CorpusError, OSError):
            unread.append(name)
        else:
            digest.update(data)
            texts.append(text if text.endswith("\n") else text + "\n")
            encodings[used] = None
            odd += (f"{name}: {note}" for note in notes)
    reasons = {"binary": binary, "unreadable": unread, **others}
    left_out = tuple(f"Left out as {why}: {_some(names)}." for why, names in reasons.items() if names)
    if not texts:
        sentence = f"{folder} holds no text file; a folder is read as one text, file after file."
        raise CorpusError(" ".join((sentence, *left_out)))
    notes = (f"{len(texts):,} {'files' if len(texts) > 1 else 'file'} read as one text.", *_first(odd), *left_out)
    return DecodedText(Pieces.of(*texts), digest.hexdigest(), ", ".join(encodings), notes)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _first(notes: Sequence[str]) -> tuple[str, ...]:
    more = (f"{len(notes) - 5:,} more files were not plain UTF-8 with LF.",) if len(notes) > 5 else ()
    return (*notes[:5], *more)
