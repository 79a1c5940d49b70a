"""Collocates: the words that come near a word more often than chance would bring them there."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus, from_text
from charplay.corpora.errors import CorpusError
from charplay.corpora.exploring.association import log_likelihood, mutual_information
from charplay.corpora.exploring.case_folding import fold_text
from charplay.corpora.exploring.frequency_list import FrequencyList, count_tokens
from charplay.corpora.exploring.key_counts import KeyCounts
from charplay.corpora.exploring.units import Keys, Places, read_tokens
from charplay.corpora.exploring.words import WORD, Words
from charplay.corpora.progress import Progress

SPAN = 5
"""Words to each side."""
LEAST = 5
"""Times that two words must come together."""


@dataclass(frozen=True, slots=True)
class Collocate:
    """A word near another."""

    text: str
    count: int
    """How often it comes near."""
    total: int
    """How often it comes at all."""
    expected: float
    """How often it would come near by chance."""
    log_likelihood: float
    mutual_information: float


def collocates(
    word: str,
    words: FrequencyList,
    *,
    span: int = SPAN,
    least: int = LEAST,
    floor: float = 0.0,
    progress: Progress | None = None,
) -> list[Collocate]:
    """List the words within `span` words of a word, by falling log-likelihood.

    `words` is the list of the text's words, whose text and case folding are taken. A word between two occurrences is
    counted once, and the word itself is no collocate of its own. Words that come near less than `least` times, or whose
    mutual information is below `floor` bits, are left out; below 0 they come less often than by chance. Raises
    CorpusError where `word` is not one word that the text has, and Cancelled.
    """
    corpus, unit = words.corpus, words.unit
    assert isinstance(unit, Words)
    node = _key(word, words)
    near = KeyCounts()
    for keys, starts in _near(corpus, unit, node, span, progress or Progress()):
        near.add(keys, starts)
    near.finish()
    totals = words.counts_of(near.keys)
    places = words.total - int(words.counts_of(np.array([node]))[0])
    expected = near.total * totals / max(places, 1)
    likelihoods = log_likelihood(near.counts, near.total, totals, places)
    information = mutual_information(near.counts, np.maximum(expected, np.finfo(float).tiny))
    # A list that had to drop its rarest words may lack one.
    kept = np.flatnonzero((totals >= near.counts) & (near.counts >= least) & (information >= floor))
    assert near.firsts is not None
    found = []
    for number in kept[np.lexsort((near.firsts[kept], -likelihoods[kept]))].tolist():
        text = unit.spell(corpus, int(near.keys[number]), int(near.firsts[number]))
        count, total = int(near.counts[number]), int(totals[number])
        figures = (float(values[number]) for values in (expected, likelihoods, information))
        found.append(Collocate(text, count, total, *figures))
    return found


def _key(word: str, words: FrequencyList) -> np.uint64:
    """Return the key of a word of a text."""
    if not WORD.fullmatch(word):
        raise CorpusError(f"Collocates belong to one word, such as 'queen'; {word!r} is none.")
    unit = words.unit
    key = count_tokens(from_text(word, word), unit).keys[0]
    if not words.counts_of(np.array([key]))[0]:
        shown = fold_text(word) if isinstance(unit, Words) and unit.folds_case else word
        raise CorpusError(f"{words.corpus.title} has no word {shown!r}; look at its list of words.")
    return np.uint64(key)


def _near(corpus: Corpus, unit: Words, node: np.uint64, span: int, progress: Progress) -> Iterator[tuple[Keys, Places]]:
    """Yield the words that have the node within `span` words of them, a chunk at a time."""
    keys, starts, done = np.empty(0, np.uint64), np.empty(0, np.int64), 0
    for tokens in read_tokens(unit, corpus, progress):
        keys, starts = np.concatenate([keys, tokens.keys]), np.concatenate([starts, tokens.starts])
        # Words at the end wait for those behind them; `span` words before the undecided ones are kept beside them.
        decided = max(done, len(keys) - span)
        yield _select(keys, starts, node, span, done, decided)
        dropped = max(0, decided - span)
        keys, starts, done = keys[dropped:], starts[dropped:], decided - dropped
    yield _select(keys, starts, node, span, done, len(keys))


def _select(keys: Keys, starts: Places, node: np.uint64, span: int, begin: int, end: int) -> tuple[Keys, Places]:
    """Return the words from number `begin` up to `end` that are near a node and are no node."""
    nodes = np.concatenate([[0], np.cumsum(keys == node)])
    numbers = np.arange(begin, end)
    around = nodes[np.minimum(numbers + span + 1, len(keys))] - nodes[np.maximum(numbers - span, 0)]
    chosen = numbers[(around > 0) & (keys[begin:end] != node)]
    return keys[chosen], starts[chosen]
