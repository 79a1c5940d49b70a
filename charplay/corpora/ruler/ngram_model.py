"""Character n-gram models: interpolated modified Kneser-Ney smoothing, after Chen and Goodman (1998).

A model of order n predicts a character from the n - 1 before it. Each count is discounted, and what is taken off is
given to the next lower order, down to the uniform distribution over the vocabulary. Orders below the model's own do not
count how often an n-gram comes, but after how many different characters: "u" is frequent, but after "q" above all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.ruler.ngram_counts import Counts, NgramCounts, Numbers, count_ngrams
from charplay.corpora.vocabulary import Ids

HIGHEST_ORDER = 8
FALLBACK_DISCOUNTS = (0.5, 1.0, 1.5)
"""Taken off counts of 1, 2 and more, where the counts of counts give no discounts."""

Floats = NDArray[np.float64]


def discounts(counts: Counts) -> tuple[float, float, float]:
    """Return what is taken off counts of 1, of 2, and of 3 or more, estimated from how many counts are 1, 2, 3 and 4.

    Where one of these four is zero, as in small vocabularies, or a discount would not be above zero, so that nothing
    would be left for unseen characters, all three are FALLBACK_DISCOUNTS.
    """
    n1, n2, n3, n4 = (int(np.count_nonzero(counts == times)) for times in (1, 2, 3, 4))
    if not n1 * n2 * n3 * n4:
        return FALLBACK_DISCOUNTS
    y = n1 / (n1 + 2 * n2)
    found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
    return found if min(found) > 0 else FALLBACK_DISCOUNTS


@dataclass(frozen=True, eq=False)
class _Smoothed:
    """Counts of one order, discounted. Number -1, of what was never seen, is the last element of each array."""

    discounted: Floats
    """(U + 1,) counts less their discount."""
    totals: Floats
    """(C + 1,) sum of the counts after each context; 1 where there are none."""
    left: Floats
    """(C + 1,) share of each context's probability that is left to the next lower order."""

    @classmethod
    def of(cls, contexts: Numbers, counts: Counts, context_count: int) -> "_Smoothed":
        """Discount the counts (U,) of n-grams with these contexts (U,), numbered below `context_count`."""
        off = np.array([0.0, *discounts(counts)])[np.minimum(counts, 3)]
        totals = np.bincount(contexts, counts, context_count + 1).astype(
            np.float64, copy=False
        )  # sums are floats already
        taken = np.bincount(contexts, off, context_count + 1)
        seen = totals > 0
        totals[~seen] = taken[~seen] = 1.0
        return cls(np.append(counts - off, 0.0), totals, taken / totals)

    def mix(self, contexts: Numbers, ngrams: Numbers, lower: Floats) -> Floats:
        """Return the probability of n-grams after their contexts, given that of the next lower order."""
        mixed: Floats = self.discounted[ngrams] / self.totals[contexts] + self.left[contexts] * lower
        return mixed


@dataclass(frozen=True, eq=False)
class _Order:
    """One order of the model: as its highest, and as one below."""

    ngrams: NgramCounts
    highest: _Smoothed
    lower: _Smoothed | None
    """None at the highest order that was counted."""


class NgramModel:
    """The models of every order from 1 to `highest`, counted once.

    Args:
        ids: (n,) the text to count, at least one character.
        vocabulary_size: V; every id is below it.
        highest: the highest order; a text of fewer characters has no higher order than it has characters.
    """

    def __init__(self, ids: Ids, vocabulary_size: int, highest: int = HIGHEST_ORDER) -> None:
        self._vocabulary_size = vocabulary_size
        self._orders = tuple(_orders(ids, vocabulary_size, highest))

    def probabilities(self, context: Sequence[int]) -> Floats:
        """Return the distribution of the character after these ids, by the model of each order: (orders, V)."""
        size = self._vocabulary_size
        text = np.empty((len(context) + 1, size), np.int64)
        text[:-1] = np.array(context, np.int64)[:, None]
        text[-1] = np.arange(size)
        return np.stack([found[0] for found in _predict(self._orders, text, 1, size)])

    def surprisals(self, text: Ids, predicted: int) -> Iterator[Floats]:
        """Yield by the model of each order the nats of surprise (predicted, ...) at the end of texts (n, ...).

        `predicted` characters are foretold; those before them are context only.
        """
        for found in _predict(self._orders, text, predicted, self._vocabulary_size):
            yield -np.log(found)


def losses(ids: Ids, vocabulary_size: int, text: Ids, predicted: int, highest: int = HIGHEST_ORDER) -> Iterator[float]:
    """Yield the mean of what `NgramModel(ids, ...).surprisals(text, predicted)` gives, one order at a time.

    No more than two orders are kept in memory.
    """
    for found in _predict(_orders(ids, vocabulary_size, highest), text, predicted, vocabulary_size):
        yield float(-np.log(found).mean())


def _orders(ids: Ids, vocabulary_size: int, highest: int) -> Iterator[_Order]:
    contexts = 1
    for ngrams in count_ngrams(ids, vocabulary_size, highest):
        prefixes = (ngrams.keys // vocabulary_size).astype(np.int32)
        lower = None if ngrams.preceded is None else _Smoothed.of(prefixes, ngrams.preceded, contexts)
        yield _Order(ngrams, _Smoothed.of(prefixes, ngrams.counts, contexts), lower)
        contexts = len(ngrams.keys)


def _predict(
    orders: Iterable[_Order], text: NDArray[np.integer[Any]], predicted: int, vocabulary_size: int
) -> Iterator[Floats]:
    """Yield the probabilities (predicted, ...) of the last characters of texts (n, ...), by the model of each order.

    Where a text has too few characters before one of them, as at its beginning, the order below predicts it.
    """
    contexts = np.zeros(text.shape, np.int32)  # of what begins at each position
    lower = np.full((predicted, *text.shape[1:]), 1 / vocabulary_size)
    for number, order in enumerate(orders):
        ngrams = order.ngrams.find(contexts.astype(np.int64) * vocabulary_size + text[number:])
        ended = min(predicted, len(ngrams))
        place, source = slice(predicted - ended, None), slice(len(ngrams) - ended, None)
        found = lower.copy()
        found[place] = order.highest.mix(contexts[source], ngrams[source], lower[place])
        yield found
        if order.lower:
            lower[place] = order.lower.mix(contexts[source], ngrams[source], lower[place])
        contexts = ngrams[:-1]
