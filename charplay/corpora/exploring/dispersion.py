"""Dispersion: where in a text its words stand, in equal slices, and how unevenly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.slices import slice_of
from charplay.corpora.exploring.units import Keys, Places, Unit, read_tokens
from charplay.corpora.progress import Progress

STRIP = 50
"""Slices unless told otherwise."""


@dataclass(frozen=True, eq=False)
class Dispersion:
    """Counts of K tokens in each of N equal slices of a text; a token belongs to the slice that it begins in."""

    counts: Places
    """(K, N)"""
    sizes: Places
    """(N,) how many tokens each slice has, alike or not."""

    @property
    def deviations(self) -> NDArray[np.float64]:
        """(K,) Gries's deviation of proportions DP of each token; NaN for one that does not come."""
        return deviation_of_proportions(self.counts, self.sizes)


def deviation_of_proportions(counts: Places, sizes: Places) -> NDArray[np.float64]:
    """Return DP of counts (..., N) in N parts of these sizes (N,): 0 is spread as evenly as the parts are large.

    Near 1, everything is in a small part. Half the sum of the differences between the share of the token's occurrences
    that a part has, and the share of the text that it is. Gries (2008), "Dispersions and adjusted frequencies in
    corpora", International Journal of Corpus Linguistics 13(4).
    """
    with np.errstate(invalid="ignore"):
        differences = counts / counts.sum(-1, keepdims=True) - sizes / sizes.sum()
    deviations: NDArray[np.float64] = np.abs(differences).sum(-1) / 2
    return deviations


def disperse(
    corpus: Corpus, unit: Unit, keys: Keys | Sequence[int], slices: int = STRIP, progress: Progress | None = None
) -> Dispersion:
    """Count the tokens with these keys (K,), all different, in every slice of the whole text. Raises Cancelled."""
    asked = np.asarray(keys, np.uint64)
    order = np.argsort(asked)
    ordered = asked[order]
    counts, sizes = np.zeros(len(asked) * slices, np.int64), np.zeros(slices, np.int64)
    for tokens in read_tokens(unit, corpus, progress or Progress()):
        where = slice_of(tokens.starts, len(corpus), slices)
        sizes += np.bincount(where, minlength=slices)
        if len(ordered):
            numbers = np.minimum(np.searchsorted(ordered, tokens.keys), len(ordered) - 1)
            found = ordered[numbers] == tokens.keys
            counts += np.bincount(numbers[found] * slices + where[found], minlength=len(counts))
    result = np.empty((len(asked), slices), np.int64)
    result[order] = counts.reshape(len(asked), slices)
    return Dispersion(result, sizes)
