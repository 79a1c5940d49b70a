"""Words: runs of letters, digits and underscores, with apostrophes and hyphens where these stand inside."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.case_folding import FoldedVocabulary, fold_text
from charplay.corpora.exploring.units import BASE, SPELLED, Hasher, Keys, Places, Tokens, coefficients, joined
from charplay.corpora.vocabulary import CHUNK, Vocabulary

JOINERS = "'\u2019\u2010\u2011-"
"""Apostrophes and hyphens: part of a word between two of its letters."""
WORD = re.compile(rf"\w+(?:[{JOINERS}]\w+)*")


class Spans(NamedTuple):
    """Some words of a text: their keys, and from where to where they stand, (n,) each."""

    keys: Keys
    starts: Places
    stops: Places
    done: int


@dataclass(frozen=True)
class Words:
    """Words, or n-grams of `order` words that follow one another, whatever stands between them."""

    order: int = 1
    folds_case: bool = False
    has_spelling_keys = False

    @property
    def title(self) -> str:
        """What is counted."""
        return "words" if self.order == 1 else f"{self.order}-grams of words"

    def tokens(self, corpus: Corpus, start: int, stop: int) -> Iterator[Tokens]:
        """Yield the words or n-grams of words that lie wholly in a part of a text."""
        keys, starts = np.empty(0, np.uint64), np.empty(0, np.int64)
        factors = [np.uint64(pow(BASE, 2 * number + 3, 1 << 64)) for number in range(self.order)]
        for spans in self.spans(corpus, start, stop):
            if self.order == 1:
                yield Tokens(spans.keys, spans.starts, spans.done)
                continue
            keys, starts = np.concatenate([keys, spans.keys]), np.concatenate([starts, spans.starts])
            count = max(0, len(keys) - self.order + 1)
            found = np.zeros(count, np.uint64)
            for number, factor in enumerate(factors):
                found += keys[number : number + count] * factor
            yield Tokens(found, starts[:count], spans.done)
            keys, starts = keys[count:], starts[count:]

    def spans(self, corpus: Corpus, start: int, stop: int) -> Iterator[Spans]:
        """Yield the words that lie wholly in a part of a text, a chunk of the text at a time."""
        reader = _WordReader(corpus, folds_case=self.folds_case)
        reader.begin(start)
        for begin in range(start, stop, CHUNK):
            yield reader.read(begin, min(begin + CHUNK, stop))
        if (last := reader.finish(stop)) is not None:
            yield last

    def spell(self, corpus: Corpus, key: int, first: int) -> str:
        """Return the word at a position, or the words from there, with single spaces between them."""
        text = corpus.text(first, first + SPELLED * self.order)
        found = [match[0][:SPELLED] for _, match in zip(range(self.order), WORD.finditer(text), strict=False)]
        words = " ".join(found)
        return fold_text(words) if self.folds_case else words


class _WordReader:
    """Finds the words of consecutive chunks, and carries a word that a chunk's end cuts over to the next."""

    def __init__(self, corpus: Corpus, *, folds_case: bool) -> None:
        self._ids = corpus.ids
        folded = FoldedVocabulary.of(corpus.vocabulary, fold=folds_case)
        self._numbers = coefficients(folded.vocabulary)[folded.ids]
        self._is_letter, self._joins = _classes(corpus.vocabulary)
        self._hasher = Hasher(min(CHUNK, len(corpus)))
        self._inside = False
        self._start, self._length, self._hash = 0, 0, 0
        """Of the word that is open at the chunk's end."""
        self._is_fragment = False
        """The open word began before the part."""

    def begin(self, start: int) -> None:
        """Begin to read a part; a word that crosses its beginning is left out."""
        self._inside = self._is_fragment = bool(start and self._mask(start - 1, start)[0])
        self._start, self._length, self._hash = start, 0, 0

    def read(self, begin: int, end: int) -> Spans:
        """Return the words that end in a chunk."""
        inside = np.empty(end - begin + 1, bool)
        inside[0] = self._inside
        inside[1:] = self._mask(begin, end)
        borders = np.flatnonzero(inside[1:] != inside[:-1])
        if self._inside:
            borders = np.concatenate([[0], borders])  # the open word goes on at the chunk's beginning
        if is_open := bool(inside[-1]):
            borders = np.append(borders, end - begin)
        starts, stops = borders[::2], borders[1::2]
        keys = self._hasher.stretches(self._numbers[self._ids[begin:end]], starts, stops)
        starts, stops = starts + begin, stops + begin
        if self._inside:
            keys[0] = joined(self._hash, self._length, int(keys[0]))
            starts[0] = self._start
        left_out = int(self._is_fragment and (len(keys) > 1 or not is_open))
        if is_open:
            self._start, self._hash = int(starts[-1]), int(keys[-1])
            self._length = end - self._start
            self._is_fragment = self._is_fragment and len(keys) == 1
        else:
            self._is_fragment = False
        self._inside = is_open
        kept = slice(left_out, len(keys) - is_open)
        return Spans(keys[kept], starts[kept], stops[kept], end)

    def finish(self, stop: int) -> Spans | None:
        """Return the word that ends with the part; None where there is none, or it goes on behind it."""
        goes_on = stop < len(self._ids) and bool(self._mask(stop, stop + 1)[0])
        if not self._inside or self._is_fragment or goes_on:
            return None
        return Spans(np.array([self._hash], np.uint64), np.array([self._start]), np.array([stop]), stop)

    def _mask(self, begin: int, end: int) -> NDArray[np.bool_]:
        """Return which characters of a chunk are part of a word, with a look at the one before and the one behind."""
        before, behind = int(begin > 0), int(end < len(self._ids))
        ids = self._ids[begin - before : end + behind]
        letters = np.zeros(end - begin + 2, bool)
        letters[1 - before : len(letters) - 1 + behind] = self._is_letter[ids]
        mask = letters[1:-1]
        if self._joins.any():
            joining = self._joins[ids[before : len(ids) - behind]]
            mask = mask | (joining & letters[:-2] & letters[2:])
        return mask


def _classes(vocabulary: Vocabulary) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(V,) which characters are letters, digits or underscores, and which join those."""
    letters = [bool(re.match(r"\w", character)) for character in vocabulary.characters]
    return np.array(letters, bool), np.array([character in JOINERS for character in vocabulary.characters], bool)
