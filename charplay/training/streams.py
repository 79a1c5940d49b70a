"""Streams: B places in the text read on in parallel, T characters a step, each step going on where the last ended."""

from collections.abc import Mapping

import torch
from torch import Tensor

from charplay.training.ids import Ids


class Streams:
    """The text read from `batch_size` places at once.

    The places lie evenly along the text. A stream that comes to the next one's beginning reads on there, and over
    the text's end to its beginning: nothing is ever left out, and the carried state always fits.

    Args:
        text: N ids; at least 2.
        length: T, characters a step.
        batch_size: B, streams.
    """

    carries = True

    def __init__(self, text: Ids, length: int, batch_size: int) -> None:
        self._text = text
        self._length = length
        share = max(1, (len(text) - 1) // batch_size)
        self.steps_per_epoch = max(1, share // length)
        places = torch.arange(batch_size, device=text.home) * share
        self._positions = torch.arange(length + 1, device=text.home).unsqueeze(1) + places
        self._read = 0

    def next(self) -> tuple[Tensor, Tensor]:
        """Ids (T, B) and the ids after each, (T, B)."""
        ids = self._text.gather((self._positions + self._read) % len(self._text))
        self._read = (self._read + self._length) % len(self._text)
        return ids[:-1], ids[1:]

    def state(self) -> dict[str, int]:
        """Characters each stream has read, up to a whole round of the text."""
        return {"read": self._read}

    def load(self, state: Mapping[str, int]) -> None:
        """Go to a position."""
        self._read = int(state["read"])
