"""How well a model foretells a text."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from charplay.sampling.cell import Array
from charplay.sampling.model import CharModel

BLOCK = 256
"""Characters read between two looks at the watch."""


@dataclass(frozen=True)
class Score:
    """A text under a model."""

    characters: int
    """Characters that were read."""
    skipped: int
    """Characters of the text that the model does not know, left out."""
    surprises: NDArray[np.float64] = field(repr=False, compare=False)
    """(characters - 1,) nats of surprise at every character but the first, which is read and not foretold."""

    @property
    def nats(self) -> float:
        """Mean nats a character; NaN where nothing was foretold."""
        return float(self.surprises.mean()) if len(self.surprises) else float("nan")

    @property
    def bits(self) -> float:
        """Mean bits a character."""
        return self.nats / float(np.log(2))


def score(model: CharModel, text: str, watch: Callable[[float], bool] | None = None) -> Score:
    """Read a text in one pass from the zero state, foretelling every character from all those before it.

    `watch` is called with the share done, every BLOCK characters; where it returns False, the score is that of the part
    read so far.
    """
    vocabulary = model.vocabulary
    known, _ = vocabulary.split(text)
    ids = vocabulary.encode(known).astype(np.intp)
    inputs, targets = ids[:-1], ids[1:]
    surprises = np.empty(len(targets))
    state, read = model.zero_state(), 0
    while read < len(targets):
        block = slice(read, read + BLOCK)
        state, logits = model.read(state, inputs[block].tolist())
        surprises[block] = _cross_entropy(logits, targets[block])
        read = min(read + BLOCK, len(targets))
        if watch is not None and not watch(read / len(targets)):
            break
    return Score(min(read + 1, len(ids)), len(text) - len(known), surprises[:read])


def _cross_entropy(logits: Array, targets: NDArray[np.intp]) -> NDArray[np.float64]:
    """(T,) nats of surprise at targets (T,) under logits (T, V)."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    surprises: NDArray[np.float64] = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(targets)), targets]
    return surprises
