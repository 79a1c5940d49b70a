"""Streams: the text read at B positions in parallel, T characters a step, each step continuing the one before."""

from collections.abc import Mapping
from itertools import groupby
from math import ceil
from typing import Any

import torch
from torch import Tensor

from charplay.training.rebatching import Rebatching
from charplay.training.token_ids import TokenIds


class Streams:
    """Reads the text at `batch_size` positions at once.

    The first positions are evenly spaced. A stream does not stop where the next one began, and wraps around at the
    text's end: so no character is left out, and the carried state always belongs to the characters before.

    Args:
        text: N ids; at least 2.
        length: T, characters a step.
        batch_size: B, the number of streams.
    """

    carries_state = True

    def __init__(self, text: TokenIds, length: int, batch_size: int) -> None:
        self._text = text
        self._resize(length, batch_size)
        spacing = max(1, (len(text) - 1) // batch_size)
        self._positions = torch.arange(batch_size, device=text.storage_device) * spacing % len(text)

    def _resize(self, length: int, batch_size: int) -> None:
        self._length = length
        self._offsets = torch.arange(length + 1, device=self._text.storage_device).unsqueeze(1)
        self.steps_per_epoch = max(1, (len(self._text) - 1) // batch_size // length)

    def next(self) -> tuple[Tensor, Tensor]:
        """Return ids (T, B) and the id after each, (T, B)."""
        ids = self._text.gather((self._offsets + self._positions) % len(self._text))
        self._positions = (self._positions + self._length) % len(self._text)
        return ids[:-1], ids[1:]

    def repeat_last(self) -> None:
        """Go back by one batch."""
        self._positions = (self._positions - self._length) % len(self._text)

    def rebatch(self, length: int, batch_size: int, epoch_done: float) -> Rebatching:
        """Continue with `batch_size` streams of `length` characters a step.

        Fewer streams: some are dropped, evenly among them. More streams: new ones begin at even distances between
        an old one and the next. The others keep their position and their state.
        """
        positions, count = self._positions.tolist(), len(self._text)
        kept_streams, new_positions = [], []
        for old, group in groupby(range(batch_size), lambda new: new * len(positions) // batch_size):
            size = len(list(group))
            gap = (positions[(old + 1) % len(positions)] - positions[old]) % count or count
            new_positions += [(positions[old] + gap * member // size) % count for member in range(size)]
            kept_streams += [old] + [-1] * (size - 1)
        self._resize(length, batch_size)
        self._positions = torch.tensor(new_positions, device=self._text.storage_device)
        steps_left = ceil((1 - epoch_done) * self.steps_per_epoch) if epoch_done else 0
        return Rebatching(tuple(kept_streams), steps_left)

    def state(self) -> dict[str, Any]:
        """Return where each stream continues."""
        return {"places": self._positions.tolist()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go to the position that `state` returned."""
        self._positions = torch.tensor(state["places"], device=self._text.storage_device)
