"""The learning rate rises over the warm-up and falls along half a cosine to 0."""

import math


def factor(progress: float, warmup: float) -> float:
    """Return the share of the peak rate at `progress` (0 to 1) of the budget."""
    if progress < warmup:
        return progress / warmup
    fallen = (progress - warmup) / (1 - warmup) if warmup < 1 else 0.0
    return 0.5 * (1 + math.cos(math.pi * fallen))
