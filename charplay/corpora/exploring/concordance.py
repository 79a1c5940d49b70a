"""Concordances: every hit of a search as a key word in context, in the order of what stands beside it."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import CorpusError
from charplay.corpora.exploring.case_folding import fold_text
from charplay.corpora.exploring.search import Hits
from charplay.corpora.exploring.units import Keys, Places
from charplay.corpora.exploring.words import WORD
from charplay.corpora.progress import Progress

Order = Literal["position", "left", "right"]
ORDERS: tuple[Order, ...] = ("position", "left", "right")

CONTEXT = 40
"""Characters to each side unless told otherwise."""
LONGEST_CONTEXT = 1000
DEPTH = 64
"""Characters of context that are compared; what is alike so far stays in the order of the text."""
NEXT_WITHIN = 100
"""Characters behind a hit in which its next word must begin."""
AT_ONCE = 100
"""Hits between two reports of progress, at which a screen may have its turn."""


@dataclass(frozen=True, slots=True)
class Line:
    """A hit in its context."""

    position: int
    left: str
    match: str
    right: str


@dataclass(frozen=True, eq=False)
class Concordance:
    """The kept hits of a search; a line is decoded when it is looked at, so that a million lines cost as little as ten.

    Raises CorpusError where the context is not between 0 and LONGEST_CONTEXT.
    """

    corpus: Corpus
    hits: Hits
    context: int = CONTEXT
    order: Places | None = None
    """(K,) the hits' numbers as they are sorted; None is the order of the text."""

    def __post_init__(self) -> None:
        if not 0 <= self.context <= LONGEST_CONTEXT:
            raise CorpusError(f"The context of a hit is 0 to {LONGEST_CONTEXT:,} characters, not {self.context:,}.")

    def __len__(self) -> int:
        return len(self.hits)

    def line(self, number: int) -> Line:
        """Return a line, numbered from 0 in the order of the concordance."""
        hit = number if self.order is None else int(self.order[number])
        start, length = int(self.hits.positions[hit]), int(self.hits.lengths[hit])
        before = max(0, start - self.context)
        text = self.corpus.text(before, start + length + self.context)
        left, right = start - before, start - before + length
        return Line(start, text[:left], text[left:right], text[right:])

    def sorted_by(self, order: Order, progress: Progress | None = None) -> "Concordance":
        """Sort by what follows a hit, by what stands before it (read backwards), or by position.

        Characters are compared by code point, DEPTH of them. Raises Cancelled.
        """
        if order == "position":
            return Concordance(self.corpus, self.hits, self.context)
        progress = progress or Progress()
        edges = self.hits.positions - 1 if order == "left" else self.hits.positions + self.hits.lengths
        step = -1 if order == "left" else 1
        width = 64 // max(1, len(self.corpus.vocabulary).bit_length())
        numbers = np.arange(len(edges))
        # From the last characters to the first: each sort keeps the order of those before it among what is alike.
        for offset in reversed(range(0, DEPTH, width)):
            progress.at(1 - (offset + 1) / DEPTH)
            keys = _packed(self.corpus, edges + step * offset, step, min(width, DEPTH - offset))
            numbers = numbers[np.argsort(keys[numbers], kind="stable")]
        progress.at(1)
        return Concordance(self.corpus, self.hits, self.context, numbers)

    def next_words(self, *, folds_case: bool = False, progress: Progress | None = None) -> list[tuple[str, int]]:
        """Count the words that follow the hits, the most frequent first; the rest of a word that a hit ends in is none.

        Raises Cancelled.
        """
        progress, counted = progress or Progress(), Counter[str]()
        ends = (self.hits.positions + self.hits.lengths).tolist()
        for number, end in enumerate(ends):
            if number % AT_ONCE == 0:
                progress.at(number / len(ends))
            if word := _word_after(self.corpus, end):
                counted[word] += 1
        progress.at(1)
        if folds_case:
            folded = Counter[str]()
            for word, count in counted.items():
                folded[fold_text(word)] += count
            counted = folded
        return counted.most_common()


def _packed(corpus: Corpus, edges: Places, step: int, width: int) -> Keys:
    """(n,) the `width` characters from each edge on, in steps of 1 or -1, as numbers that compare as they do."""
    bits = np.uint64(max(1, len(corpus.vocabulary).bit_length()))
    keys = np.zeros(len(edges), np.uint64)
    for offset in range(width):
        places = edges + step * offset
        inside = (places >= 0) & (places < len(corpus))
        keys <<= bits
        # Zero is what stands before the text and behind it: nothing, which comes first.
        keys[inside] |= corpus.ids[places[inside]].astype(np.uint64) + np.uint64(1)
    return keys


def _word_after(corpus: Corpus, end: int) -> str:
    """Return the first word that begins at `end` or after it; empty where there is none near."""
    # A word that has begun before is told by the words around, as an apostrophe may be part of it.
    first = max(0, end - NEXT_WITHIN)
    text = corpus.text(first, end + 2 * NEXT_WITHIN)
    for match in WORD.finditer(text, _word_start(text, end - first)):
        if match.start() >= end - first:
            return match[0] if match.start() < end - first + NEXT_WITHIN else ""
    return ""


def _word_start(text: str, place: int) -> int:
    """Return a place at or before `place` at which no word is open."""
    spaces = [match.end() for match in re.finditer(r"\s", text[:place])]
    return spaces[-1] if spaces else 0
