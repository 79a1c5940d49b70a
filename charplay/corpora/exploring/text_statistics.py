"""The statistics of a text: characters, lines, words, sentences and short n-grams."""

from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.character_table import CharacterTable, count_characters
from charplay.corpora.exploring.frequency_list import FrequencyList, count_short_ngrams
from charplay.corpora.exploring.lengths import Lengths
from charplay.corpora.exploring.word_statistics import WordStatistics, measure_words
from charplay.corpora.exploring.words import Words
from charplay.corpora.progress import Progress
from charplay.corpora.vocabulary import CHUNK


@dataclass(frozen=True, eq=False)
class TextStatistics:
    """What can be counted in a text at once."""

    characters: CharacterTable
    lines: Lengths
    """Without their line ends."""
    words: WordStatistics
    ngrams: tuple[FrequencyList, ...]
    """Of 1, 2 and 3 characters."""


def measure_text(corpus: Corpus, *, folds_case: bool = False, progress: Progress | None = None) -> TextStatistics:
    """Count a text's characters, lines, words and n-grams up to 3. `folds_case` concerns words. Raises Cancelled."""
    progress = progress or Progress()
    characters = count_characters(corpus, progress.part(0, 0.1))
    lines = measure_lines(corpus, progress.part(0.1, 0.15))
    words = measure_words(corpus, Words(folds_case=folds_case), progress.part(0.15, 0.6))
    ngrams = count_short_ngrams(corpus, progress.part(0.6, 1))
    return TextStatistics(characters, lines, words, ngrams)


def measure_lines(corpus: Corpus, progress: Progress | None = None) -> Lengths:
    """Measure a text's lines, in characters; nothing stands after a last line end. Raises Cancelled."""
    progress = progress or Progress()
    lines, newline, begun = Lengths(), corpus.vocabulary.characters.find("\n"), 0
    for begin in range(0, len(corpus), CHUNK):
        progress.at(begin / len(corpus))
        if newline >= 0 and len(ends := np.flatnonzero(corpus.ids[begin : begin + CHUNK] == newline) + begin):
            lines.add(np.diff(ends, prepend=begun - 1) - 1)
            begun = int(ends[-1]) + 1
    if begun < len(corpus):
        lines.add(np.array([len(corpus) - begun]))
    return lines
