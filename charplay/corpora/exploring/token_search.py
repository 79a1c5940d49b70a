"""Finds every place of a word or n-gram that a frequency list has counted."""

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.search import MOST_KEPT, Hits
from charplay.corpora.exploring.slices import SLICES, slice_of
from charplay.corpora.exploring.units import SPELLED, Places, Unit, read_tokens
from charplay.corpora.exploring.words import WORD, Words
from charplay.corpora.progress import Progress


def find_tokens(corpus: Corpus, unit: Unit, key: int, progress: Progress | None = None) -> Hits:
    """Find the tokens with a key in the whole text; n-grams of characters may overlap. Raises Cancelled."""
    kept, count, room = [np.empty(0, np.int64)], 0, MOST_KEPT
    slices = np.zeros(SLICES, np.int64)
    wanted = np.uint64(key)
    for tokens in read_tokens(unit, corpus, progress or Progress()):
        found = tokens.starts[tokens.keys == wanted]
        slices += np.bincount(slice_of(found, len(corpus)), minlength=SLICES)
        count += len(found)
        kept.append(found[:room])
        room -= len(kept[-1])
    positions = np.concatenate(kept)
    return Hits(count, positions, _lengths(corpus, unit, positions), slices)


def _lengths(corpus: Corpus, unit: Unit, positions: Places) -> Places:
    """(n,) the characters of the tokens at these positions, which are alike but for what stands between their words."""
    if not isinstance(unit, Words):
        return np.full(len(positions), unit.order, np.int64)
    if unit.order == 1:
        return np.full(len(positions), _length(corpus, unit, int(positions[0])) if len(positions) else 0, np.int64)
    return np.array([_length(corpus, unit, position) for position in positions.tolist()], np.int64)


def _length(corpus: Corpus, unit: Words, position: int) -> int:
    text = corpus.text(position, position + SPELLED * unit.order)
    ends = [match.end() for _, match in zip(range(unit.order), WORD.finditer(text), strict=False)]
    return ends[-1] if ends else 1
