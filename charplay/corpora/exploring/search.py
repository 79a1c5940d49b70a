"""Searches a text for a passage or a regular expression: how often it comes, and where."""

import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import CorpusError
from charplay.corpora.exploring.case_folding import fold_character
from charplay.corpora.exploring.regex_search import find_regex
from charplay.corpora.exploring.slices import SLICES, slice_of
from charplay.corpora.progress import Progress
from charplay.corpora.vocabulary import CHUNK

MOST_KEPT = 1_000_000
"""Hits whose positions are kept; further ones are only counted."""
LONGEST_MATCH = 4096
"""Characters of a match; what an expression matches beyond them is cut off."""
SAMPLE = 1 << 16
"""Characters looked at to learn which characters of a needle are rare."""

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Query:
    """What is searched. Hits never overlap: the next one begins where the last has ended, or after it.

    An expression is Python's `re`, with `^` and `$` at every line. Its matches have LONGEST_MATCH characters at most,
    and empty ones are left out. Raises CorpusError where nothing is given, or a wrong expression.
    """

    pattern: str
    is_regex: bool = False
    ignores_case: bool = False

    def __post_init__(self) -> None:
        if not self.pattern:
            raise CorpusError("There is nothing to search for; give one character at least.")
        if not self.is_regex and len(self.pattern) > LONGEST_MATCH:
            raise CorpusError(f"A search takes at most {LONGEST_MATCH:,} characters; this has {len(self.pattern):,}.")
        if self.is_regex:
            _check_regex(self.pattern)

    @property
    def flags(self) -> int:
        """The flags that `re` takes."""
        return re.MULTILINE | (re.IGNORECASE if self.ignores_case else re.NOFLAG)


@dataclass(frozen=True, eq=False)
class Hits:
    """Where a text has what was searched, in the order of the text. K of the hits are kept, the first ones."""

    count: int
    """How many there are, kept or not."""
    positions: Places
    """(K,) the first character of each."""
    lengths: Places
    """(K,) in characters."""
    slices: Places
    """(SLICES,) how many begin in each slice of the text, kept or not."""

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def is_complete(self) -> bool:
        """Whether every hit is kept."""
        return self.count == len(self.positions)

    def after(self, position: int) -> int | None:
        """Return the number of the first kept hit that begins after a position; None behind the last."""
        number = int(np.searchsorted(self.positions, position, "right"))
        return number if number < len(self) else None

    def before(self, position: int) -> int | None:
        """Return the number of the last kept hit that begins before a position; None before the first."""
        number = int(np.searchsorted(self.positions, position, "left"))
        return number - 1 if number else None


def search(corpus: Corpus, query: Query, progress: Progress | None = None) -> Hits:
    """Find every hit of a text. Raises Cancelled, whatever the expression; CorpusError where it takes too long."""
    progress = progress or Progress()
    found = find_regex(corpus, query.pattern, query.flags, LONGEST_MATCH, progress) if query.is_regex else None
    return _collect(found or _find_plain(corpus, query, progress), len(corpus))


def _check_regex(pattern: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a coming Python may read otherwise
            re.compile(pattern)
    except re.error as error:
        place = "" if error.pos is None else f" at character {error.pos + 1}"
        raise CorpusError(f"The regular expression is wrong{place}: {error.msg}.") from None
    except (RecursionError, OverflowError, MemoryError):
        raise CorpusError(
            "The regular expression is nested too deeply, or repeats too often; make it simpler."
        ) from None


def _collect(found: Iterable[tuple[Places, Places]], length: int) -> Hits:
    """Keep the first hits of a text of `length` characters, and count all."""
    positions, lengths, count = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    slices = np.zeros(SLICES, np.int64)
    for starts, sizes in found:
        slices += np.bincount(slice_of(starts, length), minlength=SLICES)
        if (room := MOST_KEPT - count) > 0:
            positions.append(starts[:room])
            lengths.append(sizes[:room])
        count += len(starts)
    return Hits(count, np.concatenate(positions), np.concatenate(lengths), slices)


def _find_plain(corpus: Corpus, query: Query, progress: Progress) -> Iterator[tuple[Places, Places]]:
    """Yield the positions and lengths of a passage's hits, chunk by chunk."""
    if (wanted := _wanted_ids(corpus, query)) is None:
        progress.at(1)
        return
    size, free = len(wanted), 0
    rare = _rarest(corpus, wanted)
    for begin in range(0, len(corpus), CHUNK):
        progress.at(begin / len(corpus))
        # Chunks overlap by the needle's length, as a hit may cross from one into the next.
        chunk = corpus.ids[begin : begin + CHUNK + size - 1]
        places = _candidates(chunk, wanted, rare) + begin
        if len(places):
            places, free = _apart(places, size, free)
            yield places, np.full(len(places), size)
    progress.at(1)


def _wanted_ids(corpus: Corpus, query: Query) -> list[list[int]] | None:
    """Return for each character of the needle the ids that it stands for; None where the text has none of them."""
    characters = corpus.vocabulary.characters
    alike: dict[str, list[int]] = {}
    for identity, character in enumerate(characters):
        alike.setdefault(fold_character(character) if query.ignores_case else character, []).append(identity)
    needle = map(fold_character, query.pattern) if query.ignores_case else query.pattern
    wanted = [alike.get(character, []) for character in needle]
    return wanted if all(wanted) else None


def _rarest(corpus: Corpus, wanted: list[list[int]]) -> list[int]:
    """Return the offsets of the needle's characters, the rarest first, judged by a sample of the text."""
    middle = max(0, len(corpus) // 2 - SAMPLE)
    sample = np.concatenate([corpus.ids[:SAMPLE], corpus.ids[middle : middle + SAMPLE]])
    counts = np.bincount(sample, minlength=len(corpus.vocabulary))
    return sorted(range(len(wanted)), key=lambda offset: int(counts[wanted[offset]].sum()))


def _candidates(chunk: NDArray[np.unsignedinteger], wanted: list[list[int]], rare: list[int]) -> Places:
    """Return where in a chunk the needle stands, overlapping places included."""
    width = len(chunk) - len(wanted) + 1
    if width <= 0:
        return np.empty(0, np.int64)
    mask = _is_one_of(chunk[rare[0] : rare[0] + width], wanted[rare[0]])
    # The two rarest are compared everywhere, the others only where these two stand.
    for offset in rare[1:2]:
        mask &= _is_one_of(chunk[offset : offset + width], wanted[offset])
    places = np.flatnonzero(mask)
    for offset in rare[2:]:
        if not len(places):
            break
        places = places[_is_one_of(chunk[places + offset], wanted[offset])]
    return places


def _is_one_of(ids: NDArray[np.unsignedinteger], wanted: list[int]) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = ids == wanted[0]
    for identity in wanted[1:]:
        mask |= ids == identity
    return mask


def _apart(places: Places, size: int, free: int) -> tuple[Places, int]:
    """Drop what overlaps a hit before it; also return where the next hit may begin."""
    places = places[np.searchsorted(places, free) :]
    if len(places) > 1 and np.diff(places).min() < size:
        kept = []
        for place in places.tolist():
            if place >= free:
                kept.append(place)
                free = place + size
        places = np.array(kept, np.int64)
    return places, int(places[-1]) + size if len(places) else free
