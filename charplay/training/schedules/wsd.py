"""Warmup-stable-decay: the rate rises over the warm-up, stays, and falls linearly to 0 over the last third."""

DECAY_SHARE = 1 / 3


def factor(progress: float, warmup: float) -> float:
    """Return the share of the peak rate at `progress` (0 to 1) of the budget."""
    if progress < warmup:
        return progress / warmup
    return min(1.0, (1 - progress) / DECAY_SHARE)
