"""Gradient clipping, and zeroing of gradients that are not finite."""

from collections.abc import Sequence

import torch
from torch import Tensor


@torch.no_grad()
def clip(
    gradients: Sequence[Tensor], *, clip_norm: float | None, clip_value: float | None, sync_is_free: bool
) -> Tensor:
    """Clip `gradients` in place; set all of them to zero if their norm is not finite.

    Args:
        gradients: of all parameters.
        clip_norm: maximum norm of all gradients together, applied after `clip_value`.
        clip_value: maximum absolute value of a single element.
        sync_is_free: whether Python may read a number from the device at no cost, as on a CPU. If not, the same
            result is computed without reading one, so that no step waits for the device.

    Returns:
        The norm before clipping, a scalar on the device.
    """
    norm = clipped_norm = _global_norm(gradients)
    finite = torch.isfinite(norm)
    if sync_is_free and not finite:
        for gradient in gradients:
            gradient.zero_()
    elif not sync_is_free:
        for gradient in gradients:
            gradient.masked_fill_(~finite, 0)
    if clip_value is not None:
        for gradient in gradients:
            gradient.clamp_(-clip_value, clip_value)
        clipped_norm = _global_norm(gradients)
    if clip_norm is not None and not (sync_is_free and clipped_norm <= clip_norm):
        scale = torch.where(finite, clip_norm / (clipped_norm + 1e-6), 1.0).clamp_(max=1.0)
        for gradient in gradients:
            gradient.mul_(scale)
    return norm


def _global_norm(gradients: Sequence[Tensor]) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients]))
    return norm
