"""Keeps the characters that are not too improbable beside the most probable one."""

import math

import numpy as np

from charplay.sampling.cell import Array
from charplay.sampling.params import FilterContext, SamplingParams


def apply(logits: Array, params: SamplingParams, context: FilterContext) -> Array:
    """Keep what has at least `min_p` of the largest probability."""
    if not params.min_p:
        return logits
    return np.where(logits >= logits.max() + math.log(params.min_p), logits, -np.inf)
