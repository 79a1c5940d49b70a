"""Dropout that is fast on a CPU, where torch's own took a third of a step.

torch draws 64 bits from one thread's generator for each value. Far fewer decide whether to drop it: here, one such draw
decides for four values, with 16 bits each. The dropped share is exact to 1/65,536.
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

    def forward(self, values: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Return values of the same shape; the same tensor if nothing is dropped."""
        return drop(values, self.p, generator) if self.training and self.p else values


def drop(values: Tensor, p: float, generator: torch.Generator | None = None) -> Tensor:
    """Zero each of `values` with probability `p`, and scale the others by 1 / (1 - p).

    Draws from `generator`, or from torch's own; always from torch's own on a card.
    """
    if values.device.type != "cpu":
        return functional.dropout(values, p)
    dropped = min(round(p * LEVELS), LEVELS - 1)
    draws = torch.empty(-(-values.numel() // 4), dtype=torch.int64).random_(-(2**63), None, generator=generator)
    bits = draws.view(torch.int16)[: values.numel()].view(values.shape)
    kept = (bits >= dropped - LEVELS // 2).to(values.dtype)
    return values * kept.mul_(LEVELS / (LEVELS - dropped))
