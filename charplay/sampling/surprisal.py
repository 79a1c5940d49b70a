"""How surprised a model is by a text, wherever one looks into it: only what is looked at is read."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from charplay.sampling.model import CharModel
from charplay.sampling.score import score

BLOCK = 512
"""Characters that are read at once."""
RUN_UP = 256
"""Characters read before a block, from the zero state, so that the model knows what it is about."""


class SurprisalReader:
    """A text of any length under a model, block by block.

    A block's numbers depend on nothing but itself and the RUN_UP characters before it, so a place in the text looks
    the same however one came there; the first blocks are exactly those of `score`.
    """

    def __init__(self, model: CharModel, text: Callable[[int, int], str]) -> None:
        """`text` gives the characters from a position up to another, fewer where the text ends."""
        self._model = model
        self._text = text

    def block(self, number: int) -> NDArray[np.float64]:
        """(BLOCK,) bits of surprise at the block's characters; NaN where one was not foretold, or there is none."""
        start = number * BLOCK
        before = max(0, start - RUN_UP)
        text = self._text(before, start + BLOCK)
        bits = np.full(start - before + BLOCK, np.nan)
        bits[: len(text)] = score(self._model, text).along(len(text))
        return bits[start - before :]
