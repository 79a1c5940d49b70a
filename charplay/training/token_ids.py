"""The ids of a text, kept in their smallest type, and on the device if they fit there."""

import warnings

import numpy as np
import torch
from torch import Tensor


class TokenIds:
    """Gathers a text's ids into batches.

    Args:
        ids: (N,) unsigned; may be a read-only memory map, which is not copied if the device is a CPU.
        device: of the batches.
        resident: whether to keep the whole text on the device; else each batch is copied there.
    """

    def __init__(self, ids: np.ndarray, device: torch.device, *, resident: bool) -> None:
        self.device = device
        # torch cannot index by uint32 tensors. No id is large enough to become negative as an int32.
        narrow = ids.view(np.int32) if ids.dtype == np.uint32 else ids
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*not writable")  # nothing writes to it
            tensor = torch.from_numpy(narrow)
        self._ids = tensor.to(device) if resident else tensor

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def storage_device(self) -> torch.device:
        """The device that the text is on: make the positions for `gather` there."""
        return self._ids.device

    def gather(self, positions: Tensor) -> Tensor:
        """Return the ids at `positions` (any shape, int64) as int64 on the device."""
        batch = self._ids[positions].long()
        if batch.device == self.device:
            return batch
        return batch.pin_memory().to(self.device, non_blocking=True)
