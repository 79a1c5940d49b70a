"""Streams: B places in the text read on in parallel, T characters a step, each step going on where the last ended."""

from collections.abc import Mapping
from itertools import groupby
from math import ceil
from typing import Any

import torch
from torch import Tensor

from charplay.training.batches import Cut
from charplay.training.token_ids import TokenIds


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

    def __init__(self, text: TokenIds, length: int, batch_size: int) -> None:
        self._text = text
        self._resize(length, batch_size)
        share = max(1, (len(text) - 1) // batch_size)
        self._places = torch.arange(batch_size, device=text.storage_device) * share % len(text)

    def _resize(self, length: int, batch_size: int) -> None:
        self._length = length
        self._ahead = torch.arange(length + 1, device=self._text.storage_device).unsqueeze(1)
        self.steps_per_epoch = max(1, (len(self._text) - 1) // batch_size // length)

    def next(self) -> tuple[Tensor, Tensor]:
        """Ids (T, B) and the ids after each, (T, B)."""
        ids = self._text.gather((self._ahead + self._places) % len(self._text))
        self._places = (self._places + self._length) % len(self._text)
        return ids[:-1], ids[1:]

    def again(self) -> None:
        """Go back by one batch."""
        self._places = (self._places - self._length) % len(self._text)

    def cut(self, length: int, size: int, share: float) -> Cut:
        """Read on in `size` streams of `length` characters a step.

        Streams stay where they are and keep their state. Of too many, those that lie evenly among them go on; where
        there are too few, new ones begin at even distances between one and the next.
        """
        places, count = self._places.tolist(), len(self._text)
        kept, cut = [], []
        for owner, some in groupby(range(size), lambda new: new * len(places) // size):
            members = len(list(some))
            gap = (places[(owner + 1) % len(places)] - places[owner]) % count or count
            cut += [(places[owner] + gap * member // members) % count for member in range(members)]
            kept += [owner] + [-1] * (members - 1)
        self._resize(length, size)
        self._places = torch.tensor(cut, device=self._text.storage_device)
        return Cut(tuple(kept), ceil((1 - share) * self.steps_per_epoch) if share else 0)

    def state(self) -> dict[str, Any]:
        """Where each stream reads on."""
        return {"places": self._places.tolist()}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go to a position."""
        self._places = torch.tensor(state["places"], device=self._text.storage_device)
