"""Gradients before a step: measured, clipped, and zero where they are not numbers."""

from collections.abc import Sequence

import torch
from torch import Tensor


@torch.no_grad()
def tame(gradients: Sequence[Tensor], *, clip_norm: float | None, clip_value: float | None, readable: bool) -> Tensor:
    """Clip `gradients` in place; where their norm is not finite, all become zero.

    Args:
        gradients: of all parameters.
        clip_norm: longest gradient, once its values are clipped.
        clip_value: largest single value.
        readable: whether looking at a number on the device is free, as on a CPU. Where it is not, the same is
            done without looking.

    Returns:
        The norm before clipping, a number on the device.
    """
    norm = length = _length(gradients)
    finite = torch.isfinite(norm)
    if readable and not finite:
        for gradient in gradients:
            gradient.zero_()
    elif not readable:
        for gradient in gradients:
            gradient.masked_fill_(~finite, 0)
    if clip_value is not None:
        for gradient in gradients:
            gradient.clamp_(-clip_value, clip_value)
        length = _length(gradients)
    if clip_norm is not None and not (readable and length <= clip_norm):
        share = torch.where(finite, clip_norm / (length + 1e-6), 1.0).clamp_(max=1.0)
        for gradient in gradients:
            gradient.mul_(share)
    return norm


def _length(gradients: Sequence[Tensor]) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients]))
    return length
