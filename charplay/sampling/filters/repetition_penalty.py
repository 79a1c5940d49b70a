"""Makes the characters written last rarer, or likelier."""

import numpy as np

from charplay.sampling.cell import Array
from charplay.sampling.params import FilterContext, SamplingParams


def apply(logits: Array, params: SamplingParams, context: FilterContext) -> Array:
    """Multiply the recent characters' log-probabilities, so that p becomes p^penalty before the rest is shared anew.

    Working on log-probabilities, which are never positive, it means the same whatever constant the logits carry.
    """
    recent = context.history[-params.repetition_window :]
    top = logits.max()
    penalised: Array = logits - (top + np.log(np.exp(logits - top).sum()))
    penalised[recent] *= params.repetition_penalty  # once for each, however often it was written
    return penalised
