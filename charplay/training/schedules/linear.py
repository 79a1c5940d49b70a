"""The learning rate rises over the warm-up and falls in a straight line to 0."""


def factor(progress: float, warmup: float) -> float:
    """Return the share of the peak rate at `progress` (0 to 1) of the budget."""
    if progress < warmup:
        return progress / warmup
    return (1 - progress) / (1 - warmup) if warmup < 1 else 1.0
