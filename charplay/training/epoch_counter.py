"""Where a step stands in passes over the text, also where the text was cut anew on the way."""

from dataclasses import dataclass
from math import floor


@dataclass(frozen=True, slots=True)
class Passes:
    """Steps to epochs and back.

    From `start_step` (where the text was cut) to `whole_step` the epoch that was under way then is finished; after
    it every `steps` steps are one. A run whose text was never cut anew has the zeros.
    """

    steps: int
    """In an epoch, as the text is cut now."""
    start_step: int = 0
    start: float = 0.0
    """Epochs at `start_step`."""
    whole_step: int = 0
    whole: int = 0
    """Epochs at `whole_step`."""

    def at(self, step: float) -> float:
        """Epochs after `step`, which is not before `start_step`."""
        if step < self.whole_step:
            share = (step - self.start_step) / (self.whole_step - self.start_step)
            return self.start + share * (self.whole - self.start)
        return self.whole + (step - self.whole_step) / self.steps

    def end(self, step: int) -> bool:
        """Whether an epoch ends with `step`."""
        return step >= self.whole_step and (step - self.whole_step) % self.steps == 0

    def step_of(self, epochs: float) -> int:
        """The step after which there are so many `epochs`; `start_step` where they lie before it."""
        if epochs <= self.start:
            return self.start_step
        if epochs < self.whole:
            share = (epochs - self.start) / (self.whole - self.start)
            return self.start_step + round(share * (self.whole_step - self.start_step))
        return self.whole_step + round((epochs - self.whole) * self.steps)

    def cut(self, step: int, steps: int, left: int) -> "Passes":
        """The text is cut anew at `step`: an epoch now has `steps`, and the one under way has `left` to go."""
        now = self.at(step)
        return Passes(steps, step, now, step + left, floor(now) + (left > 0))
