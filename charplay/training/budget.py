"""How long a run is, how much of it is spent, and the one clock that says so."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.training.passes import Passes


class Clock:
    """Seconds of training: monotonic, from the first step's start, pauses excluded.

    Args:
        seconds: what earlier sittings took.
        now: a monotonic clock, in seconds.
    """

    def __init__(self, seconds: float = 0.0, now: Callable[[], float] = time.perf_counter) -> None:
        self._now = now
        self._spent = seconds
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """What has been spent."""
        return self._spent + (0.0 if self._since is None else self._now() - self._since)

    def start(self) -> None:
        """Let it run."""
        if self._since is None:
            self._since = self._now()

    def skip(self, seconds: float) -> None:
        """Leave out seconds in which nothing could run; no more than went by since it was started."""
        if self._since is not None:
            self._since = min(self._since + seconds, self._now())

    def hold(self) -> None:
        """Let it stand."""
        self._spent = self.seconds
        self._since = None


@dataclass(frozen=True, slots=True)
class Budget:
    """A run's length, and the point from which the learning rate's schedule is drawn.

    `amount` counts from the run's beginning, in units of `kind`; `start`, in the same units, is 0 but for a run that
    was extended.
    """

    kind: str
    amount: float
    start: float
    passes: Passes

    @classmethod
    def of(cls, recipe: Recipe, passes: Passes, start: float = 0.0) -> "Budget":
        """The recipe's budget."""
        kind = next(kind for kind in BUDGETS if getattr(recipe, kind) is not None)
        return cls(kind, float(getattr(recipe, kind)), start, passes)

    @property
    def total_steps(self) -> int | None:
        """Steps in all; None where the budget is in minutes."""
        match self.kind:
            case "steps":
                return int(self.amount)
            case "epochs":
                return max(1, self.passes.step_of(self.amount))
            case _:
                return None

    def spent(self, step: int, seconds: float) -> float:
        """How much of the budget is spent, in its own units."""
        return {"steps": step, "epochs": self.passes.at(step), "minutes": seconds / 60}[self.kind]

    def over(self, step: int, seconds: float) -> bool:
        """Whether there is nothing left."""
        total = self.total_steps
        return seconds >= self.amount * 60 if total is None else step >= total

    def done(self, step: int, seconds: float) -> float:
        """Share of the budget that is spent, 0 to 1."""
        return min(1.0, self.spent(step, seconds) / self.amount) if self.amount else 1.0

    def progress(self, step: int, seconds: float) -> float:
        """Where the schedule stands for the step after `step`, 0 to 1: the middle of that step."""
        span = self.amount - self.start
        if span <= 0:
            return 1.0
        middle = {"steps": 0.5, "epochs": 0.5 / self.passes.steps, "minutes": 0.0}[self.kind]
        return max(0.0, min(1.0, (self.spent(step, seconds) + middle - self.start) / span))


def extended(recipe: Recipe, spent: Mapping[str, float]) -> Recipe:
    """The recipe whose budget counts from the beginning, of one whose budget was to be added to what is `spent`."""
    update: dict[str, object] = {}
    for kind in BUDGETS:
        amount = getattr(recipe, kind)
        if amount is not None:
            total = amount + spent[kind]
            update[kind] = int(total) if kind == "steps" else total
    return recipe.model_copy(update=update)
