"""The library: lists, finds, opens and fetches texts."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from charplay.corpora import encoded_cache, fetching
from charplay.corpora.classics import Classic, read_catalog
from charplay.corpora.corpus import MINIMUM, Corpus
from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Progress, Watch
from charplay.corpora.reading import DecodedText, file_sha256, require_readable
from charplay.corpora.remarks import remarks
from charplay.corpora.rules import clean_pieces, require_original
from charplay.corpora.sources import user_files
from charplay.fs.registry import entry_names, load_entry

__all__ = ["MINIMUM", "Corpus", "Entry", "Library"]

LARGE = 32 << 20
"""Bytes from which a text's ids are stored in the cache and memory-mapped."""
DEFAULT, FALLBACK = "tiny-shakespeare", "python-manual"
_ORDER = {"file": 0, "folder": 0, "catalog": 1, "built-in": 2, "generated": 3}


class Library:
    """The texts of a home: the user's files in `corpora`, the catalog's classics, and those that come with Python.

    Tests pass a `catalog` and a `large` (bytes) of their own.
    """

    def __init__(
        self, corpora: Path, cache: Path, *, catalog: Sequence[Classic] | None = None, large: int = LARGE
    ) -> None:
        self.paths = LibraryPaths(corpora.absolute(), tuple(read_catalog() if catalog is None else catalog))
        self.cache = cache / "corpora"
        self.large = large

    def entries(self) -> list[Entry]:
        """List every text, scanning the folder anew: ready ones first, the user's own before classics, lessons last."""
        found = [
            entry
            for name in entry_names("corpora/sources")
            for entry in load_entry("corpora/sources", name).entries(self.paths)
        ]
        classics = {entry.path for entry in found if entry.kind == "catalog"}
        # A file with a classic's digest is listed as that classic, not as the user's file too.
        shown = [entry for entry in found if entry.kind == "catalog" or not entry.path or entry.path not in classics]
        return sorted(_distinct(shown), key=_place)

    def find(self, name_or_path: str) -> Entry:
        """Find a text by name, title or path of any file or folder; an empty name finds the default text.

        Raises CorpusError with the nearest name.
        """
        entries = self.entries()
        if not name_or_path:
            return self._default(entries)
        asked = name_or_path.casefold()
        for alike in (
            lambda entry: entry.name == name_or_path,
            lambda entry: entry.name.casefold() == asked,
            lambda entry: entry.title.casefold() == asked,
        ):
            if entry := next(filter(alike, entries), None):
                return entry
        path = Path(os.path.expanduser(name_or_path))  # noqa: PTH111 - Path's own raises where there is no such user
        if found := user_files.entry_of(path):
            return next((entry for entry in entries if entry.path == found.path), found)
        for odd in (path, self.paths.corpora / name_or_path):
            if os.path.lexists(odd) or path.name != name_or_path:
                require_readable(odd)
        known = [entry.name for entry in entries]
        near = get_close_matches(name_or_path.lower(), known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}."
        raise CorpusError(f"There is no text called {name_or_path!r}; {hint} A path to a file or folder works too.")

    def open(
        self,
        entry: Entry,
        *,
        cleaning: Sequence[str] = (),
        limit: int | None = None,
        encoding: str | None = None,
        watch: Watch | None = None,
    ) -> Corpus:
        """Read, clean and encode a text; `limit` keeps the first so many characters of the cleaned text.

        `encoding` is used instead of detecting it. `watch(share)` is called at least every 0.1 s and cancels by
        returning False. Raises CorpusError, Cancelled.
        """
        progress = Progress(watch)
        progress.at(0)
        choices = (*cleaning, limit, encoding)
        if entry.path and (entry.size or 0) > self.large:
            sha256 = file_sha256(entry.path, progress.part(0, 0.2))
            require_original(cleaning, sha256, entry.title)
            if known := encoded_cache.load(self.cache / encoded_cache.cache_key(sha256, *choices)):
                return _corpus(entry, sha256, known, cleaning, limit)
        decoded: DecodedText = load_entry("corpora/sources", entry.source).read(
            entry, encoding, progress.part(0.2, 0.5)
        )
        require_original(cleaning, decoded.sha256, entry.title)
        text = clean_pieces(decoded.pieces, cleaning, progress.part(0.5, 0.7)).first(limit)
        if not len(text):
            raise CorpusError(f"Nothing is left of {entry.title} after cleaning; leave out a rule or raise the limit.")
        if len(text) <= self.large:
            encoded = encoded_cache.encode(text, decoded.encoding, decoded.notes, progress.part(0.7, 1))
        else:
            key = encoded_cache.cache_key(decoded.sha256, *choices)
            encoded = encoded_cache.store(
                text, decoded.encoding, decoded.notes, self.cache / key, progress.part(0.7, 1)
            )
        return _corpus(entry, decoded.sha256, encoded, cleaning, limit)

    def fetch(self, entry: Entry, watch: Watch | None = None) -> Entry:
        """Download a classic into the library's folder and return its entry. Raises CorpusError, Cancelled."""
        if entry.ready:
            return entry
        classic = next((classic for classic in self.paths.classics if classic.name == entry.name), None)
        if classic is None:
            raise CorpusError(f"{entry.title} is not in the catalog; only the catalog's texts can be fetched.")
        fetching.fetch(classic, self.paths.corpora, Progress(watch))
        return self.find(entry.name)

    def _default(self, entries: Sequence[Entry]) -> Entry:
        ready = {entry.name: entry for entry in entries if entry.ready and entry.kind != "generated"}
        if not ready:
            raise CorpusError(f"There is no text here; copy a text file into {self.paths.corpora}.")
        return ready.get(DEFAULT) or ready.get(FALLBACK) or next(iter(ready.values()))


def _place(entry: Entry) -> tuple[bool, bool, int, str]:
    """Return what entries are sorted by."""
    return entry.kind == "generated", not entry.ready, _ORDER[entry.kind], entry.title.casefold()


def _distinct(entries: Sequence[Entry]) -> list[Entry]:
    """Make names unique: of two alike, a user's file or folder is called by its full name, or else by its path."""
    taken = Counter(name for entry in entries for name in _names(entry))
    return [
        replace(entry, name=next((name for name in _names(entry) if taken[name] == 1), _names(entry)[-1]))
        for entry in entries
    ]


def _names(entry: Entry) -> tuple[str, ...]:
    """List the names an entry may have, the preferred one first, each once."""
    if entry.source != "user-files" or not entry.path:
        return (entry.name,)
    return tuple(dict.fromkeys((entry.name, entry.path.name, str(entry.path))))


def _corpus(
    entry: Entry, sha256: str, encoded: encoded_cache.EncodedText, cleaning: Sequence[str], limit: int | None
) -> Corpus:
    # The name of a text outside the library is its path; runs are named after its title instead.
    name = entry.title if entry.path and entry.name == str(entry.path) else entry.name
    return Corpus(
        name,
        entry.title,
        str(entry.path or ""),
        sha256,
        encoded.vocabulary,
        encoded.ids,
        encoded.encoding,
        (*encoded.notes, *remarks(encoded)),
        tuple(cleaning),
        limit,
    )
