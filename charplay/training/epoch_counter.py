"""Conversion of steps to epochs and back, also when the batches change their shape during a run."""

from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class EpochCounter:
    """Converts steps to epochs and back.

    The batches changed their shape at `start_step`, in the middle of an epoch. That epoch ends at `whole_step`; after
    it, every `steps` steps are an epoch. All other fields are 0 in a run whose batches never changed.
    """

    steps: int
    """In an epoch, with the batches' current shape."""
    start_step: int = 0
    start: float = 0.0
    """Epochs at `start_step`."""
    whole_step: int = 0
    whole: int = 0
    """Epochs at `whole_step`."""

    def epochs_at(self, step: float) -> float:
        """Return the epochs done after `step`, which is not before `start_step`."""
        if step < self.whole_step:
            share = (step - self.start_step) / (self.whole_step - self.start_step)
            return self.start + share * (self.whole - self.start)
        return self.whole + (step - self.whole_step) / self.steps

    def ends_epoch(self, step: int) -> bool:
        """Return whether an epoch ends with `step`."""
        return step >= self.whole_step and (step - self.whole_step) % self.steps == 0

    def step_at(self, epochs: float) -> int:
        """Return the step after which `epochs` are done, but not one before `start_step`."""
        if epochs <= self.start:
            return self.start_step
        if epochs < self.whole:
            share = (epochs - self.start) / (self.whole - self.start)
            return self.start_step + round(share * (self.whole_step - self.start_step))
        return self.whole_step + round((epochs - self.whole) * self.steps)

    def rebatched(self, step: int, steps: int, steps_left: int) -> "EpochCounter":
        """Return the counter for batches that change their shape at `step`.

        An epoch has `steps` from then on; the current one has `steps_left` to go.
        """
        now = self.epochs_at(step)
        return EpochCounter(steps, step, now, step + steps_left, floor(now) + (steps_left > 0))
