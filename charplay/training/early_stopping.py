"""Early stopping: which weights are the best, and whether it is worth training on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KEYS = {"evaluations_since_best": "without", "last_step": "looked"}
"""Fields that have other names in a run's file."""


@dataclass
class EarlyStopping:
    """Compares the monitored loss at every evaluation. Losses are in nats per character.

    Args:
        patience: evaluations without an improvement before training ends; None never ends it.
    """

    patience: int | None
    best: float | None = None
    best_step: int = 0
    best_val_loss: float | None = None
    evaluations_since_best: int = 0
    last_step: int | None = None
    """The step of the last evaluation."""
    val_loss: float | None = None
    """The held-out loss at the last evaluation."""

    def update(self, step: int, loss: float | None, val_loss: float | None) -> bool:
        """Take the monitored loss at `step`; return whether it is the best so far. NaN never counts as best."""
        self.last_step, self.val_loss = step, val_loss
        if loss is None or not (self.best is None or loss < self.best) or loss != loss:  # noqa: PLR0124 - NaN
            self.evaluations_since_best += 1
            return False
        self.best, self.best_step, self.best_val_loss, self.evaluations_since_best = loss, step, val_loss, 0
        return True

    @property
    def should_stop(self) -> bool:
        """Whether `patience` evaluations have passed without an improvement."""
        return self.patience is not None and self.evaluations_since_best >= self.patience

    def state(self) -> dict[str, Any]:
        """Return everything, as JSON takes it."""
        return {KEYS.get(name, name): value for name, value in asdict(self).items()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], patience: int | None) -> "EarlyStopping":
        """Restore what `state` returned, but with this patience."""
        names = {key: name for name, key in KEYS.items()}
        return cls(**{names.get(key, key): value for key, value in state.items()} | {"patience": patience})
