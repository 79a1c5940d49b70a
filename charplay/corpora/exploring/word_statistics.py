"""What there is to say of a text's words beside their list: how long they and its sentences are, how many differ."""

import re
from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.frequency_list import FrequencyList, ranked
from charplay.corpora.exploring.key_counts import KeyCounts
from charplay.corpora.exploring.lengths import Lengths
from charplay.corpora.exploring.units import Keys, Places
from charplay.corpora.exploring.words import Words
from charplay.corpora.progress import Progress

STRETCH = 1000
"""Words of a stretch whose different words are counted."""
ENDS = "!?\u2026\u061f\u06d4\u0964\u1362\u3002\uff01\uff1f"
"""Marks that end a sentence in Latin, Arabic, Indian, Ethiopic and Chinese scripts. A full stop does, too, but where a
letter or digit follows it at once, and so does an empty line. An abbreviation cannot be told from an end."""
SENTENCE_END = re.compile(rf"[{ENDS}]|\.(?!\w)|\n\n")


@dataclass(frozen=True, eq=False)
class WordStatistics:
    """A text's words, and figures on them."""

    words: FrequencyList
    lengths: Lengths
    """Of its words, in characters."""
    sentences: Lengths
    """In words; what has no word is no sentence."""
    different_in_stretch: float
    """How many of STRETCH consecutive words are different, on average; NaN where there are fewer words.

    The type-token ratio of a whole text falls with its length; this one can be compared.
    """


def measure_words(corpus: Corpus, unit: Words, progress: Progress | None = None) -> WordStatistics:
    """Count a text's words (of `order` 1), in one go. Raises Cancelled."""
    progress = progress or Progress()
    counted, lengths, sentences, stretches = KeyCounts(), Lengths(), _Sentences(corpus), _Stretches()
    for spans in unit.spans(corpus, 0, len(corpus)):
        progress.at(spans.done / len(corpus))
        counted.add(spans.keys, spans.starts)
        lengths.add(spans.stops - spans.starts)
        sentences.add(spans.starts, spans.done)
        stretches.add(spans.keys)
    words = ranked(corpus, unit, counted.finish(), 1.0)
    progress.at(1)
    return WordStatistics(words, lengths, sentences.finish(), stretches.mean)


class _Sentences:
    """Counts the words from one end of a sentence to the next, while the words of a text come in its order."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._ends, self._stop, self._newline, self._letter = (
            np.array([found(character) for character in corpus.vocabulary.characters], bool)
            for found in (ENDS.__contains__, ".".__eq__, "\n".__eq__, re.compile(r"\w").match)
        )
        self._may_end = self._ends | self._stop | self._newline
        self._read = 0
        self._open = 0
        """Words since the last end."""
        self._lengths = Lengths()

    def add(self, starts: Places, done: int) -> None:
        """Count words that begin at `starts` (n,), all that end up to `done`."""
        before = np.searchsorted(starts, self._ends_up_to(done))
        if len(before):
            words = np.diff(before, prepend=0)
            words[0] += self._open
            self._lengths.add(words[words > 0])
            self._open = len(starts) - int(before[-1])
        else:
            self._open += len(starts)

    def finish(self) -> Lengths:
        """Return how long sentences are; what has no end at the text's end is one, too."""
        self._lengths.add(np.array([self._open] if self._open else [], np.int64))
        return self._lengths

    def _ends_up_to(self, done: int) -> Places:
        """Return where sentences end, from where that was asked last."""
        begin, self._read = self._read, done
        ids = self._corpus.ids
        found = np.flatnonzero(self._may_end[ids[begin:done]]) + begin
        marks, last = ids[found], len(ids) - 1
        following = ids[np.minimum(found + 1, last)]
        stops = self._stop[marks] & ~(self._letter[following] & (found < last))
        empty = self._newline[marks] & self._newline[following] & (found < last)
        ends: Places = found[self._ends[marks] | stops | empty]
        return ends


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
