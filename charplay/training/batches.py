"""What the trainer knows of batches, whichever way the text is cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from charplay.recipes.recipe import Recipe
from charplay.training.ids import Ids


@dataclass(frozen=True, slots=True)
class Cut:
    """What cutting the text anew came to."""

    kept: tuple[int, ...]
    """For each new stream the old one that it goes on with, -1 where it begins; empty for windows."""
    left: int
    """Steps until the epoch under way ends."""


class Batches(Protocol):
    """An endless sequence of batches whose position can be kept and taken up again."""

    carries: bool
    """Whether a batch goes on where the one before ended, so that the state is carried over."""
    steps_per_epoch: int

    def next(self) -> tuple[Tensor, Tensor]:
        """The next batch: ids (T, B), and the ids to predict, (T, B) or the last ones (B,)."""
        ...

    def again(self) -> None:
        """Go back by one batch: the last one came to nothing and is given once more."""
        ...

    def cut(self, length: int, size: int, share: float) -> Cut:
        """Read on from here in batches of `size` by `length` characters; `share` of the epoch is done."""
        ...

    def state(self) -> dict[str, Any]:
        """The position."""
        ...

    def load(self, state: Mapping[str, Any]) -> None:
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
