"""Encodes texts as ids: in memory, or large ones in a cache on disk, so that a second opening only hashes the file."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from charplay.corpora.errors import CorpusError
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.corpora.vocabulary import Ids, Vocabulary
from charplay.fs.atomic import staging_folder

FORMAT = 2
"""Version of the cache: to be raised whenever reading or cleaning gives other characters for the same file."""


@dataclass(frozen=True)
class EncodedText:
    """A text's read-only ids (n,), with its vocabulary, its encoding and notes."""

    vocabulary: Vocabulary
    ids: Ids
    encoding: str
    notes: tuple[str, ...]


def encode(text: Pieces, encoding: str, notes: tuple[str, ...], progress: Progress) -> EncodedText:
    """Encode a text in memory. Raises Cancelled."""
    vocabulary = read_vocabulary(text, progress.part(0, 0.4))
    ids, done = np.empty(len(text), vocabulary.dtype), 0
    for piece in _pieces(vocabulary, text, progress.part(0.4, 1)):
        ids[done : done + len(piece)] = piece
        done += len(piece)
    ids.flags.writeable = False
    return EncodedText(vocabulary, ids, encoding, notes)


def store(text: Pieces, encoding: str, notes: tuple[str, ...], base: Path, progress: Progress) -> EncodedText:
    """Encode a text into `base`.npy and memory-map it; where that cannot be written, encode in memory, with a note.

    Raises Cancelled.
    """
    vocabulary = read_vocabulary(text, progress.part(0, 0.4))
    facts = {
        "characters": len(text), "vocabulary": vocabulary.characters, "encoding": encoding, "notes": notes
    }  # fmt: skip
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        # Both files appear complete, by rename, and the facts last: `load` ignores ids without facts.
        with staging_folder(base.parent) as folder:
            _write(folder / "ids", vocabulary, text, progress.part(0.4, 1))
            (folder / "facts").write_text(json.dumps(facts), "utf-8")
            (folder / "ids").replace(base.with_suffix(".npy"))
            (folder / "facts").replace(base.with_suffix(".json"))
    except OSError as error:
        plain = encode(text, encoding, notes, progress.part(0.9, 1))
        return replace(plain, notes=(*notes, f"It is not kept in the cache ({error.strerror})."))
    return load(base) or encode(text, encoding, notes, progress.part(0.9, 1))


def load(base: Path) -> EncodedText | None:
    """Load what `store` wrote under `base`; None where that is missing or damaged."""
    try:
        facts = json.loads(base.with_suffix(".json").read_text("utf-8"))
        ids = np.load(base.with_suffix(".npy"), mmap_mode="r")
        vocabulary = Vocabulary(facts["vocabulary"])
        if ids.shape != (facts["characters"],) or ids.dtype != vocabulary.dtype:
            return None
        return EncodedText(vocabulary, ids, facts["encoding"], tuple(facts["notes"]))
    except (CorpusError, OSError, ValueError, KeyError, TypeError):
        return None


def cache_key(sha256: str, *choices: object) -> str:
    """Return the cache's file name for a text of this digest and the choices that shaped it (cleaning, limit, ...)."""
    return hashlib.sha256(json.dumps([FORMAT, sha256, *choices]).encode()).hexdigest()[:32]


def read_vocabulary(text: Pieces, progress: Progress) -> Vocabulary:
    """Return the different characters of a text. Raises Cancelled."""
    seen: set[str] = set()
    done = 0
    for piece in text:
        progress.at(done / len(text))
        seen.update(Vocabulary.of(piece).characters)
        done += len(piece)
    return Vocabulary("".join(sorted(seen)))


def _pieces(vocabulary: Vocabulary, text: Pieces, progress: Progress) -> Iterator[Ids]:
    done = 0
    for piece in text:
        progress.at(done / len(text))
        yield vocabulary.encode(piece)
        done += len(piece)
    progress.at(1)


def _write(path: Path, vocabulary: Vocabulary, text: Pieces, progress: Progress) -> None:
    """Write the ids with plain writes: on a full disk, writing through a memory map would kill the process (SIGBUS)."""
    header = {"descr": vocabulary.dtype.str, "fortran_order": False, "shape": (len(text),)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for piece in _pieces(vocabulary, text, progress):
            file.write(piece.data)
