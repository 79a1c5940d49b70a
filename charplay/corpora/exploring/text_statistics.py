"""The statistics of a text: characters, lines, words and short n-grams."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.character_table import CharacterTable, count_characters
from charplay.corpora.exploring.frequency_list import FrequencyList, count_short_ngrams, ranked
from charplay.corpora.exploring.key_counts import KeyCounts
from charplay.corpora.exploring.units import Keys, Places
from charplay.corpora.exploring.words import Words
from charplay.corpora.progress import Progress
from charplay.corpora.vocabulary import CHUNK

LONGEST = 1000
"""Lengths from here on are counted as one."""
STRETCH = 1000
"""Words of a stretch whose different words are counted."""


class Lengths:
    """How long lines or words are, in characters."""

    def __init__(self) -> None:
        self.counts: Places = np.zeros(LONGEST + 1, np.int64)
        """(LONGEST + 1,) how many have each length; the last are that long or longer."""
        self.number = 0
        self.total = 0
        self.longest = 0

    def add(self, lengths: Places) -> None:
        """Count lengths (n,)."""
        if len(lengths):
            self.counts += np.bincount(np.minimum(lengths, LONGEST), minlength=LONGEST + 1)
            self.number += len(lengths)
            self.total += int(lengths.sum())
            self.longest = max(self.longest, int(lengths.max()))

    @property
    def mean(self) -> float:
        """The mean length; 0 where there is nothing."""
        return self.total / max(self.number, 1)

    @property
    def median(self) -> int:
        """The length that half of them do not exceed, LONGEST at most."""
        return int(np.searchsorted(np.cumsum(self.counts), self.number / 2))


@dataclass(frozen=True, eq=False)
class TextStatistics:
    """What can be counted in a text at once."""

    characters: CharacterTable
    lines: Lengths
    """Without their line ends."""
    words: FrequencyList
    word_lengths: Lengths
    ngrams: tuple[FrequencyList, ...]
    """Of 1, 2 and 3 characters."""
    different_in_stretch: float
    """How many of STRETCH consecutive words are different, on average; NaN where there are fewer words.

    The type-token ratio of a whole text falls with its length; this one can be compared.
    """


def measure_text(corpus: Corpus, *, folds_case: bool = False, progress: Progress | None = None) -> TextStatistics:
    """Count a text's characters, lines, words and n-grams up to 3. `folds_case` concerns words. Raises Cancelled."""
    progress = progress or Progress()
    characters = count_characters(corpus, progress.part(0, 0.1))
    lines = Lengths()
    for lengths in _line_lengths(corpus, progress.part(0.1, 0.15)):
        lines.add(lengths)
    unit, counted, word_lengths, stretches = Words(folds_case=folds_case), KeyCounts(), Lengths(), _Stretches()
    for spans in unit.spans(corpus, 0, len(corpus)):
        progress.part(0.15, 0.6).at(spans.done / len(corpus))
        counted.add(spans.keys, spans.starts)
        word_lengths.add(spans.stops - spans.starts)
        stretches.add(spans.keys)
    words = ranked(corpus, unit, counted.finish(), 1.0)
    ngrams = count_short_ngrams(corpus, progress.part(0.6, 1))
    return TextStatistics(characters, lines, words, word_lengths, ngrams, stretches.mean)


def _line_lengths(corpus: Corpus, progress: Progress) -> Iterator[Places]:
    """Yield the lengths of a text's lines; nothing stands after a last line end."""
    newline, begun = corpus.vocabulary.characters.find("\n"), 0
    for begin in range(0, len(corpus), CHUNK):
        progress.at(begin / len(corpus))
        if newline >= 0 and len(ends := np.flatnonzero(corpus.ids[begin : begin + CHUNK] == newline) + begin):
            yield np.diff(ends, prepend=begun - 1) - 1
            begun = int(ends[-1]) + 1
    if begun < len(corpus):
        yield np.array([len(corpus) - begun])


class _Stretches:
    """Different words in stretches of STRETCH consecutive ones; the last words that fill none are left out."""

    def __init__(self) -> None:
        self._left: Keys = np.empty(0, np.uint64)
        self._different = 0
        self._number = 0

    def add(self, keys: Keys) -> None:
        keys = np.concatenate([self._left, keys])
        number = len(keys) // STRETCH
        stretches = np.sort(keys[: number * STRETCH].reshape(number, STRETCH))
        self._different += number + int(np.count_nonzero(stretches[:, 1:] != stretches[:, :-1]))
        self._number += number
        self._left = keys[number * STRETCH :]

    @property
    def mean(self) -> float:
        return self._different / self._number if self._number else float("nan")
