"""Favours, disfavours or forbids chosen characters."""

from functools import lru_cache

import numpy as np

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.cell import Array
from charplay.sampling.params import FilterContext, SamplingParams


def apply(logits: Array, params: SamplingParams, context: FilterContext) -> Array:
    """Add each character's bias. Where that forbids all that was possible, the bias is not applied."""
    biased: Array = logits + _vector(params.bias, context.vocabulary)
    return biased if biased.max() > -np.inf else logits


@lru_cache(maxsize=16)
def _vector(bias: tuple[tuple[str, float], ...], vocabulary: Vocabulary) -> Array:
    """(V,) nats to add; a character named twice gets the sum."""
    vector = np.zeros(len(vocabulary))
    for character, weight in bias:
        if character in vocabulary:
            vector[vocabulary.encode(character)] += weight
    return vector
