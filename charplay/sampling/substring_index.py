"""Copied or composed: which stretches of a written text stand word for word in the training text, and where."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.progress import Watch
from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.suffix_array import DEPTH, sorted_suffixes

MOST = 10_000_000
"""Characters of a training text that are looked through at most, from its beginning."""


class SubstringIndex:
    """A training text in which any passage is found.

    Holds the text and 4 bytes a character; see `sorted_suffixes` for what building it takes.
    """

    def __init__(self, text: str, watch: Watch | None = None) -> None:
        """`watch` is called with the share done, five times a second or more on an idle machine.

        Raises:
            Cancelled: the watch returned False (see `sorted_suffixes`).
        """
        text = text[:MOST]
        self.vocabulary = Vocabulary.of(text)
        ids = self.vocabulary.encode(text)
        self.length = len(ids)
        self._bytes = ids.dtype.itemsize
        self._data = _big_endian(ids)
        self._order = sorted_suffixes(ids, watch).data

    def encode(self, text: str) -> bytes:
        """Known characters in the form that `find` takes, `width` bytes each."""
        return _big_endian(self.vocabulary.encode(text))

    @property
    def width(self) -> int:
        """Bytes of a character in `encode`."""
        return self._bytes

    def has_character(self, position: int, character: bytes) -> bool:
        """Whether the text has this character at a position."""
        return self._data[position * self._bytes : (position + 1) * self._bytes] == character

    def find(self, passage: bytes) -> int | None:
        """A position at which a passage of up to DEPTH characters stands; None where there is none."""
        data, width, size, order = self._data, self._bytes, len(passage), self._order

        def at(position: int) -> bytes:
            return data[position * width : position * width + size]

        slot = bisect_left(order, passage, key=at)
        return order[slot] if slot < self.length and at(order[slot]) == passage else None

    def longest(self, text: bytes) -> tuple[int, int]:
        """(length, position) of the longest end of a text, of DEPTH characters at most, that stands here; (0, 0)."""
        width = self._bytes
        low, high, found = 0, min(len(text) // width, DEPTH), 0
        while low < high:
            length = (low + high + 1) // 2
            position = self.find(text[len(text) - length * width :])
            if position is None:
                high = length - 1
            else:
                low, found = length, position
        return low, found


class Match(NamedTuple):
    """A stretch of a written text that stands in the training text, as long as it can be."""

    start: int
    stop: int
    source: int
    """Where it stands in the training text."""


class LongestMatches:
    """A written text that grows, and for each character the longest copied stretch that ends with it.

    Exact up to DEPTH characters. A stretch that grows beyond that is followed where it stands, so it is found whole
    as well; where it breaks off and another one as long stands elsewhere, that counts as DEPTH.
    """

    def __init__(self, index: SubstringIndex) -> None:
        self.index = index
        self._text = bytearray()
        self._lengths = np.zeros(1024, np.uint32)
        self._ends = np.zeros(1024, np.uint32)
        """Where the stretch ends in the training text."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def extend(self, characters: Iterable[str]) -> None:
        """Add characters."""
        for character in characters:
            self._append(character)

    def cut(self, position: int) -> None:
        """Drop what stands from a position on: the text went back, or on to another branch."""
        if not 0 <= position <= self._count:
            raise IndexError(position)
        self._count = position
        del self._text[position * self.index.width :]

    def longest(self, position: int) -> Match:
        """The longest copied stretch that ends with the character at a position; empty where that is all new."""
        if not 0 <= position < self._count:
            raise IndexError(position)
        length, end = int(self._lengths[position]), int(self._ends[position])
        return Match(position + 1 - length, position + 1, end - length)

    def stretches(self, least: int, start: int = 0) -> list[Match]:
        """The copied stretches of at least so many characters that end after `start`, as they follow.

        None lies within another, but the end of one may be the beginning of the next.
        """
        lasts, lengths = self._maximal(least, start)
        ends = self._ends[lasts].astype(np.int64)
        rows = zip((lasts + 1 - lengths).tolist(), (lasts + 1).tolist(), (ends - lengths).tolist(), strict=True)
        return [Match(*row) for row in rows]

    def _maximal(self, least: int, start: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Last characters, from `start` on, and lengths of the stretches that cannot be longer."""
        lengths = self._lengths[start : self._count].astype(np.int64)
        following = np.append(lengths[1:], 0)
        lasts = np.flatnonzero((following <= lengths) & (lengths >= max(1, least)))
        return lasts + start, lengths[lasts]

    def _append(self, character: str) -> None:
        index, number = self.index, self._count
        if number == len(self._lengths):
            self._lengths = np.concatenate([self._lengths, np.zeros_like(self._lengths)])
            self._ends = np.concatenate([self._ends, np.zeros_like(self._ends)])
        length, end = (int(self._lengths[number - 1]), int(self._ends[number - 1])) if number else (0, 0)
        if character not in index.vocabulary:
            self._text += bytes(index.width)
            length = end = 0
        else:
            code = index.encode(character)
            self._text += code
            if length and index.has_character(end, code):
                length, end = length + 1, end + 1
            else:
                length, position = index.longest(bytes(self._text[-(length + 1) * index.width :]))
                end = position + length
        self._lengths[number], self._ends[number] = length, end
        self._count += 1


def _big_endian(ids: NDArray[np.unsignedinteger]) -> bytes:
    """Ids as bytes that compare as the ids do."""
    return ids.astype(ids.dtype.newbyteorder(">")).tobytes()
