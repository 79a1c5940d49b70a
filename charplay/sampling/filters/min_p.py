"""Keeps the characters that are not too improbable beside the most probable one."""

import math

import numpy as np

from charplay.sampling.cell import Array
from charplay.sampling.settings import Context, Sampling


def apply(logits: Array, settings: Sampling, context: Context) -> Array:
    """Keep what has at least `min_p` of the largest probability."""
    if not settings.min_p:
        return logits
    return np.where(logits >= logits.max() + math.log(settings.min_p), logits, -np.inf)
