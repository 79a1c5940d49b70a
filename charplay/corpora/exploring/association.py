"""Measures of association: how surprising a count is beside what chance would give. All take arrays or numbers.

Log-likelihood says how sure one can be that there is a difference, the others how large it is.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

SIGNIFICANT = 3.84
"""Log-likelihood from which a difference is significant at p < 0.05."""
UNSEEN = 0.5
"""Taken for a count of 0 in a ratio (Hardie 2014)."""


def log_likelihood(both: ArrayLike, first: ArrayLike, second: ArrayLike, total: ArrayLike) -> Floats:
    """Return the log-likelihood ratio G2 of a 2x2 table, over all four cells.

    `both` counts where two things come together, `first` and `second` where each comes at all, among `total` places.
    Dunning (1993), "Accurate methods for the statistics of surprise and coincidence", Computational Linguistics 19(1).
    """
    k, a, b, n = (np.asarray(value, np.float64) for value in (both, first, second, total))
    cells = ((k, a, b), (a - k, a, n - b), (b - k, n - a, b), (n - a - b + k, n - a, n - b))
    return 2 * sum((_term(observed, row * column / n) for observed, row, column in cells), np.zeros(()))


def keyness(count: ArrayLike, other_count: ArrayLike, total: ArrayLike, other_total: ArrayLike) -> Floats:
    """Return the log-likelihood of a word's counts in two texts of `total` and `other_total` words, over two cells.

    Rayson and Garside (2000), "Comparing corpora using frequency profiling", Workshop on Comparing Corpora, ACL.
    """
    a, b, c, d = (np.asarray(value, np.float64) for value in (count, other_count, total, other_total))
    return 2 * (_term(a, c * (a + b) / (c + d)) + _term(b, d * (a + b) / (c + d)))


def log_ratio(count: ArrayLike, other_count: ArrayLike, total: ArrayLike, other_total: ArrayLike) -> Floats:
    """Return the binary logarithm of how many times as frequent a word is: 1 is twice, 2 four times, -1 half.

    A count of 0 is taken as UNSEEN. Hardie (2014), "Log Ratio: an informal introduction", CASS, Lancaster.
    """
    a, b = (np.maximum(np.asarray(value, np.float64), UNSEEN) for value in (count, other_count))
    ratio: Floats = np.log2(a / np.asarray(total) / (b / np.asarray(other_total)))
    return ratio


def mutual_information(observed: ArrayLike, expected: ArrayLike) -> Floats:
    """Return the binary logarithm of how many times as often something comes as expected.

    It favours what is rare, so a count of at least 5 is asked for. Church and Hanks (1990), "Word association norms,
    mutual information, and lexicography", Computational Linguistics 16(1).
    """
    information: Floats = np.log2(np.asarray(observed, np.float64) / np.asarray(expected, np.float64))
    return information


def _term(observed: Floats, expected: Floats) -> Floats:
    """Return O ln(O / E), which goes to 0 with O."""
    is_seen = observed > 0
    quotient = np.divide(observed, expected, out=np.ones(np.broadcast(observed, expected).shape), where=is_seen)
    term: Floats = observed * np.log(quotient)
    return term
