"""Keeps the k most probable characters."""

import numpy as np

from charplay.sampling.cell import Array
from charplay.sampling.params import FilterContext, SamplingParams


def apply(logits: Array, params: SamplingParams, context: FilterContext) -> Array:
    """Keep exactly k; of equals at the border, those with the lowest ids."""
    k = params.top_k
    if k is None or k >= len(logits):
        return logits
    border = np.partition(logits, -k)[-k]
    keep = logits > border
    equals = np.flatnonzero(logits == border)
    keep[equals[: k - np.count_nonzero(keep)]] = True
    return np.where(keep, logits, -np.inf)
