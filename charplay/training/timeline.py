"""The moments of a run whose weights are kept under `keep = timeline`, from early on to the end."""

from bisect import bisect_right

from charplay.runs.checkpoint import CheckpointError, read_header
from charplay.runs.run import Run
from charplay.training.budget import Budget

MOMENTS = 12
FIRST = 0.01
"""Share of the budget at the first moment: most is learned early."""
SHARES = tuple(FIRST ** (1 - number / (MOMENTS - 1)) for number in range(MOMENTS))
"""Shares of the budget, evenly spaced by their logarithms; the last is the end."""
MAX_BYTES = 200_000_000
"""What a run's snapshots take on the disk at most."""


class Timeline:
    """Says at which steps a moment has come."""

    def __init__(self, run: Run, budget: Budget) -> None:
        self._passed = _kept_moments(run, budget)

    def comes(self, budget: Budget, step: int, seconds: float) -> bool:
        """Return whether a moment has come since the last call. After an undo, moments come again."""
        before, self._passed = self._passed, bisect_right(SHARES, budget.share_done(step, seconds))
        return self._passed > before


def _kept_moments(run: Run, budget: Budget) -> int:
    """Return how many moments had come at a run's newest snapshot: one that a kill prevented comes again."""
    try:
        newest = read_header(run.snapshots[-1])
    except (IndexError, CheckpointError):
        return 0
    return bisect_right(SHARES, budget.share_done(newest.step, newest.seconds))
