"""Windows: T characters from anywhere in the text, each read from a fresh state."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from charplay.recipes.recipe import Recipe
from charplay.training.rebatching import Rebatching
from charplay.training.shuffling import shuffled
from charplay.training.token_ids import TokenIds

BATCHES_AHEAD = 64
"""Batches whose windows are chosen at once."""


def window_count(characters: int, length: int, stride: int, limit: int | None) -> int:
    """Count the windows that begin `stride` characters apart and have `length` characters and one target after them."""
    count = -(-(characters - length) // stride)
    return max(0, count if limit is None else min(count, limit))


class Windows:
    """Reads every window of the text once an epoch, in order or shuffled; an epoch's last batch may be smaller.

    Windows are gathered one batch at a time: memory is the text's ids and one batch, whatever the stride.

    Args:
        text: at least `length` + 1 ids.
        length: T, characters in a window.
        batch_size: B, windows in a batch.
        recipe: gives `stride`, `window_limit`, `target`, `shuffle` and `seed`.
    """

    carries_state = False

    def __init__(self, text: TokenIds, length: int, batch_size: int, recipe: Recipe) -> None:
        self._text = text
        self._stride = recipe.stride or 1
        self._limit = recipe.window_limit
        self._shuffle = recipe.shuffle
        self._seed = recipe.seed
        self._last_only = recipe.target == "last"
        self._epoch = self._windows_done = 0
        self._resize(length, batch_size)

    def _resize(self, length: int, batch_size: int) -> None:
        self._batch_size = batch_size
        self._windows = window_count(len(self._text), length, self._stride, self._limit)
        self.steps_per_epoch = -(-self._windows // batch_size)
        self._offsets = torch.arange(length + 1, device=self._text.storage_device).unsqueeze(1)
        self._next_starts: list[Tensor] = []
        self._last_starts = self._offsets[:0]

    def next(self) -> tuple[Tensor, Tensor]:
        """Return ids (T, B) and the ids to predict: after each, (T, B), or after the last, (B,)."""
        if not self._next_starts:
            self._next_starts = self._starts()[::-1]
        starts = self._next_starts[-1]
        ids = self._text.gather(self._offsets + starts)
        self._last_starts = self._next_starts.pop()  # after gather: if that found no memory, the batch is still to come
        self._windows_done += len(starts)
        if self._windows_done == self._windows:
            self._epoch, self._windows_done = self._epoch + 1, 0
        return ids[:-1], ids[-1] if self._last_only else ids[1:]

    def repeat_last(self) -> None:
        """Go back by one batch."""
        if not self._windows_done:
            self._epoch, self._windows_done = self._epoch - 1, self._windows
        self._windows_done -= len(self._last_starts)
        self._next_starts.append(self._last_starts)

    def _starts(self) -> list[Tensor]:
        """Return where the windows of the next batches begin, within this epoch: a (B,) tensor for each batch."""
        done = self._windows_done
        indices = np.arange(done, min(done + BATCHES_AHEAD * self._batch_size, self._windows))
        if self._shuffle:
            indices = shuffled(indices, self._windows, self._seed, self._epoch)
        starts = torch.from_numpy(indices * self._stride).to(self._text.storage_device)
        return list(torch.split(starts, self._batch_size))

    def rebatch(self, length: int, batch_size: int, epoch_done: float) -> Rebatching:
        """Continue with batches of `batch_size` windows of `length` characters.

        Another length means other windows, in another order: the same share of them counts as done.
        """
        windows_before = self._windows
        self._resize(length, batch_size)
        self._windows_done = self._windows_done * self._windows // windows_before
        return Rebatching((), -(-(self._windows - self._windows_done) // batch_size) if self._windows_done else 0)

    def state(self) -> dict[str, Any]:
        """Return the epoch, and how many of its windows are done."""
        return {"epoch": self._epoch, "done": self._windows_done}

    def load(self, state: Mapping[str, Any]) -> None:
        """Go to the position that `state` returned."""
        self._epoch, self._windows_done = int(state["epoch"]), int(state["done"])
        self._next_starts = []
