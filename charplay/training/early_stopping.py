"""Which weights are best, and whether it is worth going on."""

from dataclasses import dataclass


@dataclass
class Judge:
    """Compares the monitored loss at every look; nats per character.

    Args:
        patience: looks without a better one before training ends; None never ends it.
    """

    patience: int | None
    best: float | None = None
    best_step: int = 0
    best_val_loss: float | None = None
    without: int = 0
    """Looks since the best."""
    looked: int | None = None
    """The step of the last look."""
    val_loss: float | None = None
    """The held-out loss at the last look."""

    def look(self, step: int, loss: float | None, val_loss: float | None) -> bool:
        """Take in the monitored loss at `step`; whether it is the best so far. A loss that is not a number is not."""
        self.looked, self.val_loss = step, val_loss
        if loss is None or not (self.best is None or loss < self.best) or loss != loss:  # noqa: PLR0124 - not a number
            self.without += 1
            return False
        self.best, self.best_step, self.best_val_loss, self.without = loss, step, val_loss, 0
        return True

    @property
    def tired(self) -> bool:
        """Whether patience is at its end."""
        return self.patience is not None and self.without >= self.patience
