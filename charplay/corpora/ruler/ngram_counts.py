"""Counts of every n-gram of a text, one order after the other, as sorted arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Ids

Numbers: TypeAlias = NDArray[np.int32]
"""Numbers of n-grams of one order: their place in `NgramCounts.keys`; -1 for one that the text does not have."""
Counts: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class NgramCounts:
    """The U different n-grams of one order in a text of V different characters."""

    keys: NDArray[np.int64]
    """(U,) the number of the n-gram without its last character, times V, plus that character; sorted."""
    counts: Counts
    """(U,) how often each comes."""
    preceded: Counts | None
    """(U,) how many different characters come before it (its continuation count); None at the highest order."""

    def find(self, keys: NDArray[np.int64]) -> Numbers:
        """Return the numbers of n-grams given as keys, of any shape."""
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1).astype(np.int32)


def count_ngrams(ids: Ids, vocabulary_size: int, highest: int) -> Iterator[NgramCounts]:
    """Count the n-grams of a text (n,) for orders 1 to `highest`, or to n where that is lower; n is at least 1.

    Numbers keep keys within 64 bits, whatever the order and the vocabulary: an n-gram is the number of its first n - 1
    characters and one character more. It takes about 30 bytes a character while it works.
    """
    numbers = np.zeros(len(ids) + 1, np.int32)  # of what begins at each position: the empty n-gram is number 0
    previous: NgramCounts | None = None
    for order in range(1, min(highest, len(ids)) + 1):
        keys = numbers[: len(ids) - order + 1].astype(np.int64)
        keys *= vocabulary_size
        keys += ids[order - 1 :]
        distinct, counts, first, longer = _distinct(keys)
        if previous:
            suffixes = numbers[first + 1]
            preceded = np.bincount(suffixes, minlength=len(previous.keys)).astype(np.int32)
            yield NgramCounts(previous.keys, previous.counts, preceded)
        numbers, previous = longer, NgramCounts(distinct, counts, None)
    if previous:
        yield previous


def _distinct(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], Counts, NDArray[np.int64], Numbers]:
    """Return the different keys, how often each comes, a position of each, and the number of each key (n,)."""
    order = np.argsort(keys)
    keys = keys[order]
    is_first = np.empty(len(keys), bool)
    is_first[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    counts = np.diff(starts, append=len(keys)).astype(np.int32)
    numbers = np.empty(len(keys), np.int32)
    numbers[order] = np.cumsum(is_first, dtype=np.int32) - 1
    return keys[starts], counts, order[starts], numbers
