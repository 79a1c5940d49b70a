"""Dropout: torch's, but for a processor, where drawing torch's numbers took a third of a step.

torch draws 64 bits of one thread's generator for each value that may be dropped. A decision needs far fewer: here one
such draw decides on four values, each with 16 bits of it. The share that is dropped is the asked one to 1/65,536.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

LEVELS = 1 << 16
"""Values of 16 bits."""


class Dropout(nn.Module):
    """Zeroes each value with probability `p` in training, and scales the others so that the mean stays."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, values: Tensor) -> Tensor:
        """Of the same shape; the values themselves where nothing is dropped."""
        return drop(values, self.p) if self.training and self.p else values


def drop(values: Tensor, p: float) -> Tensor:
    """Zero each of `values` with probability `p`, and scale the others by 1 / (1 - p). Draws from torch's generator."""
    if values.device.type != "cpu":
        return functional.dropout(values, p)
    dropped = min(round(p * LEVELS), LEVELS - 1)
    draws = torch.empty(-(-values.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
    bits = draws.view(torch.int16)[: values.numel()].view(values.shape)
    kept = (bits >= dropped - LEVELS // 2).to(values.dtype)
    return values * kept.mul_(LEVELS / (LEVELS - dropped))
