"""Keeps the fewest most probable characters that together reach a probability (nucleus sampling)."""

import numpy as np

from charplay.sampling.cell import Array
from charplay.sampling.params import FilterContext, SamplingParams


def apply(logits: Array, params: SamplingParams, context: FilterContext) -> Array:
    """Keep the nucleus, the character that crosses p included; of equals, the lowest ids first."""
    p = params.top_p
    if p is None or p >= 1:
        return logits
    order = np.argsort(-logits, kind="stable")
    reached = np.cumsum(np.exp(logits[order] - logits[order[0]]))
    kept = order[: np.searchsorted(reached, p * reached[-1]) + 1]
    nucleus = np.full_like(logits, -np.inf)
    nucleus[kept] = logits[kept]
    return nucleus
