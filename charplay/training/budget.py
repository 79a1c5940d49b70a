"""The length of a run, and the clock that measures the time of training."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.training.epoch_counter import EpochCounter


class Clock:
    """Measures the seconds of training: from the start of the first step, without pauses.

    Args:
        seconds: of training before, in a run that is resumed.
        now: a monotonic clock, in seconds.
    """

    def __init__(self, seconds: float = 0.0, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._spent = seconds
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        return self._spent + (0.0 if self._since is None else self._now() - self._since)

    def start(self) -> None:
        """Start the clock, if it is not running."""
        if self._since is None:
            self._since = self._now()

    def skip(self, seconds: float) -> None:
        """Exclude seconds in which the process could not run, at most those since the clock was started."""
        if self._since is not None:
            self._since = min(self._since + seconds, self._now())

    def stop(self) -> None:
        """Stop the clock."""
        self._spent = self.seconds
        self._since = None


@dataclass(frozen=True, slots=True)
class Budget:
    """A run's length, and where the learning-rate schedule begins.

    `amount` counts from the beginning of the run, in units of `kind` (steps, epochs or minutes). The schedule begins at
    `start`, in the same units: 0, or more in a run that was extended.
    """

    kind: str
    amount: float
    start: float
    epoch_counter: EpochCounter

    @classmethod
    def from_recipe(cls, recipe: Recipe, epoch_counter: EpochCounter, start: float = 0.0) -> "Budget":
        """Return the recipe's budget."""
        kind = next(kind for kind in BUDGETS if getattr(recipe, kind) is not None)
        return cls(kind, float(getattr(recipe, kind)), start, epoch_counter)

    @property
    def total_steps(self) -> int | None:
        """Steps of the whole run; None if the budget is in minutes."""
        match self.kind:
            case "steps":
                return int(self.amount)
            case "epochs":
                return max(1, self.epoch_counter.step_at(self.amount))
            case _:
                return None

    def spent(self, step: int, seconds: float) -> float:
        """Return how much of the budget is spent, in its own units."""
        return {"steps": step, "epochs": self.epoch_counter.epochs_at(step), "minutes": seconds / 60}[self.kind]

    def is_spent(self, step: int, seconds: float) -> bool:
        """Return whether the whole budget is spent."""
        total = self.total_steps
        return seconds >= self.amount * 60 if total is None else step >= total

    def share_done(self, step: int, seconds: float) -> float:
        """Return the share of the budget that is spent, 0 to 1."""
        return min(1.0, self.spent(step, seconds) / self.amount) if self.amount else 1.0

    def schedule_progress(self, step: int, seconds: float) -> float:
        """Return the schedule's progress for the step after `step`, 0 to 1, taken in the middle of that step."""
        span = self.amount - self.start
        if span <= 0:
            return 1.0
        middle = {"steps": 0.5, "epochs": 0.5 / self.epoch_counter.steps, "minutes": 0.0}[self.kind]
        return max(0.0, min(1.0, (self.spent(step, seconds) + middle - self.start) / span))


def extended(recipe: Recipe, spent: Mapping[str, float]) -> Recipe:
    """Return `recipe` with a budget that counts from the beginning of the run: what is `spent` plus its own."""
    update: dict[str, object] = {}
    for kind in BUDGETS:
        amount = getattr(recipe, kind)
        if amount is not None:
            total = amount + spent[kind]
            update[kind] = int(total) if kind == "steps" else total
    return recipe.model_copy(update=update)
