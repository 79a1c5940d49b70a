"""The text as the network reads it: ids that stay in their smallest type, on the device where they fit."""

import warnings

import numpy as np
import torch
from torch import Tensor


class TokenIds:
    """A text's ids, gathered into batches.

    Args:
        ids: (N,) unsigned; may be a read-only memory map, which is not copied on a CPU.
        device: where batches are wanted.
        resident: whether the whole text lives on the device; else each batch travels there.
    """

    def __init__(self, ids: np.ndarray, device: torch.device, *, resident: bool) -> None:
        self.device = device
        # torch indexes 8 and 16 unsigned bits; no character has an id that needs the sign of 32.
        narrow = ids.view(np.int32) if ids.dtype == np.uint32 else ids
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*not writable")  # nothing writes to it
            tensor = torch.from_numpy(narrow)
        self._ids = tensor.to(device) if resident else tensor

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def storage_device(self) -> torch.device:
        """Where the text lives: positions given to `gather` are best made there."""
        return self._ids.device

    def gather(self, positions: Tensor) -> Tensor:
        """The ids at `positions` (any shape, int64), on the device, int64."""
        batch = self._ids[positions].long()
        if batch.device == self.device:
            return batch
        return batch.pin_memory().to(self.device, non_blocking=True)
