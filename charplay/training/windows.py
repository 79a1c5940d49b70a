"""Windows: T characters from anywhere in the text, each read from a fresh state."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from charplay.recipes.recipe import Recipe
from charplay.training.batches import Cut
from charplay.training.ids import Ids
from charplay.training.shuffling import shuffled

AHEAD = 64
"""Batches whose order is worked out at once."""


def window_count(characters: int, length: int, stride: int, limit: int | None) -> int:
    """How many windows of `length` characters, each followed by one more, begin `stride` apart in the text."""
    count = -(-(characters - length) // stride)
    return max(0, count if limit is None else min(count, limit))


class Windows:
    """Every window of the text once an epoch, in order or shuffled; the last batch of an epoch may be smaller.

    A window is cut when its batch is: memory is the text's ids and one batch, whatever the stride.

    Args:
        text: at least `length` + 1 ids.
        length: T.
        batch_size: B.
        recipe: gives `stride`, `window_limit`, `target`, `shuffle` and `seed`.
    """

    carries = False

    def __init__(self, text: Ids, length: int, batch_size: int, recipe: Recipe) -> None:
        self._text = text
        self._stride = recipe.stride or 1
        self._limit = recipe.window_limit
        self._shuffle = recipe.shuffle
        self._seed = recipe.seed
        self._last = recipe.target == "last"
        self._epoch = self._done = 0
        self._resize(length, batch_size)

    def _resize(self, length: int, batch_size: int) -> None:
        self._size = batch_size
        self._count = window_count(len(self._text), length, self._stride, self._limit)
        self.steps_per_epoch = -(-self._count // batch_size)
        self._positions = torch.arange(length + 1, device=self._text.home).unsqueeze(1)
        self._ahead: list[Tensor] = []
        self._given = self._positions[:0]

    def next(self) -> tuple[Tensor, Tensor]:
        """Ids (T, B) and the ids to predict: after each, (T, B), or after the last, (B,)."""
        if not self._ahead:
            self._ahead = self._starts()[::-1]
        starts = self._ahead[-1]
        ids = self._text.gather(self._positions + starts)
        self._given = self._ahead.pop()  # not before: where there was no memory, it is still to come
        self._done += len(starts)
        if self._done == self._count:
            self._epoch, self._done = self._epoch + 1, 0
        return ids[:-1], ids[-1] if self._last else ids[1:]

    def again(self) -> None:
        """Go back by one batch, the last one that was given."""
        if not self._done:
            self._epoch, self._done = self._epoch - 1, self._count
        self._done -= len(self._given)
        self._ahead.append(self._given)

    def _starts(self) -> list[Tensor]:
        """Where the windows of the next batches begin, up to the epoch's end; a (B,) tensor for each batch."""
        first = self._done
        indices = np.arange(first, min(first + AHEAD * self._size, self._count))
        if self._shuffle:
            indices = shuffled(indices, self._count, self._seed, self._epoch)
        starts = torch.from_numpy(indices * self._stride).to(self._text.home)
        return list(torch.split(starts, self._size))

    def cut(self, length: int, size: int, share: float) -> Cut:
        """Read on in batches of `size` windows of `length` characters.

        The epoch's order goes on with the next window. Windows of another length are others, in another order: of
        these the same share is taken as done.
        """
        count = self._count
        self._resize(length, size)
        self._done = self._done * self._count // count
        return Cut((), -(-(self._count - self._done) // size) if self._done else 0)

    def state(self) -> dict[str, Any]:
        """The epoch, and the windows done in it."""
        return {"epoch": self._epoch, "done": self._done}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go to a position."""
        self._epoch, self._done = int(state["epoch"]), int(state["done"])
        self._ahead = []
