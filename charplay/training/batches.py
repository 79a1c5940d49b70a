"""What the trainer knows of batches, whichever way the text is cut."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from charplay.recipes.fields import Recipe
from charplay.training.ids import Ids


class Batches(Protocol):
    """An endless sequence of batches whose position can be kept and taken up again."""

    carries: bool
    """Whether a batch goes on where the one before ended, so that the state is carried over."""
    steps_per_epoch: int

    def next(self) -> tuple[Tensor, Tensor]:
        """The next batch: ids (T, B), and the ids to predict, (T, B) or the last ones (B,)."""
        ...

    def state(self) -> dict[str, int]:
        """The position."""
        ...

    def load(self, state: Mapping[str, int]) -> None:
        """Go to a position."""
        ...


def open_batches(recipe: Recipe, ids: np.ndarray, device: torch.device, *, resident: bool) -> Batches:
    """The training text `ids` (N,), cut as the resolved recipe says."""
    from charplay.training.streams import Streams
    from charplay.training.windows import Windows

    text = Ids(ids, device, resident=resident)
    length, size = recipe.sequence_length, recipe.batch_size
    assert isinstance(length, int)
    assert isinstance(size, int)
    if recipe.batching == "stream":
        return Streams(text, length, size)
    return Windows(text, length, size, recipe)
