"""The learning rate rises over the warm-up and stays."""


def factor(progress: float, warmup: float) -> float:
    """Return the share of the peak rate at `progress` (0 to 1) of the budget."""
    return min(1.0, progress / warmup) if warmup else 1.0
