"""What the trainer needs of batches, whether they are streams or windows."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from charplay.recipes.recipe import Recipe
from charplay.training.rebatching import Rebatching
from charplay.training.streams import Streams
from charplay.training.token_ids import TokenIds
from charplay.training.windows import Windows


class Batches(Protocol):
    """An endless sequence of batches whose position can be saved and restored."""

    carries_state: bool
    """Whether a batch continues the one before, so that the network's state is carried over."""
    steps_per_epoch: int

    def next(self) -> tuple[Tensor, Tensor]:
        """Return the next batch: ids (T, B), and the ids to predict, (T, B) or only the last ones (B,)."""
        ...

    def repeat_last(self) -> None:
        """Go back by one batch, because the step that read it failed."""
        ...

    def rebatch(self, length: int, batch_size: int, epoch_done: float) -> Rebatching:
        """Continue here with batches of `batch_size` by `length` characters; `epoch_done` is a share, 0 to 1."""
        ...

    def state(self) -> dict[str, Any]:
        """Return the position, as JSON takes it."""
        ...

    def load(self, state: Mapping[str, Any]) -> None:
        """Go to the position that `state` returned."""
        ...


def open_batches(recipe: Recipe, ids: np.ndarray, device: torch.device, *, resident: bool) -> Batches:
    """Batch the training text `ids` (N,) as the resolved recipe says."""
    text = TokenIds(ids, device, resident=resident)
    length, batch_size = recipe.sequence_length, recipe.batch_size
    assert isinstance(length, int)
    assert isinstance(batch_size, int)
    if recipe.batching == "stream":
        return Streams(text, length, batch_size)
    return Windows(text, length, batch_size, recipe)
