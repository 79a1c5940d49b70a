"""How a slider's track maps to values."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Scale(Protocol):
    """Values in rising order along a track from 0 to 1."""

    @property
    def low(self) -> float:
        """The value at the track's beginning."""

    @property
    def high(self) -> float:
        """The value at its end."""

    def position(self, value: float) -> float:
        """Where a value lies, 0 to 1."""

    def value(self, position: float) -> float:
        """The value there, rounded to the scale's grid."""

    def moved(self, value: float, steps: int) -> float:
        """The value so many fine steps further, within the bounds."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Straight pieces between `knots` = (position, value), the first at position 0 and the last at 1; a grid of `step`.

    With two knots it is a plain linear scale; more of them give room where fine setting matters.
    """

    knots: Sequence[tuple[float, float]]
    step: float

    @classmethod
    def between(cls, low: float, high: float, step: float) -> "Linear":
        """One straight piece."""
        return cls(((0.0, low), (1.0, high)), step)

    @property
    def low(self) -> float:
        """The value at the track's beginning."""
        return self.knots[0][1]

    @property
    def high(self) -> float:
        """The value at its end."""
        return self.knots[-1][1]

    def position(self, value: float) -> float:
        """Where a value lies, 0 to 1."""
        return _between(value, [v for _, v in self.knots], [p for p, _ in self.knots])

    def value(self, position: float) -> float:
        """The value there, on the grid."""
        return self._on_grid(_between(position, [p for p, _ in self.knots], [v for _, v in self.knots]))

    def moved(self, value: float, steps: int) -> float:
        """The value so many grid steps further, within the bounds."""
        return self._on_grid(value + steps * self.step)

    def _on_grid(self, value: float) -> float:
        decimals = max(0, 2 - math.floor(math.log10(self.step)))
        return min(self.high, max(self.low, round(round(value / self.step) * self.step, decimals)))


@dataclass(frozen=True, slots=True)
class Log:
    """Equal ratios along the track, from `low` to `high`, both above 0; a grid of two significant digits."""

    low: float
    high: float

    def position(self, value: float) -> float:
        """Where a value lies, 0 to 1."""
        value = min(self.high, max(self.low, value))
        return math.log(value / self.low) / math.log(self.high / self.low)

    def value(self, position: float) -> float:
        """The value there, on the grid."""
        return self._on_grid(self.low * (self.high / self.low) ** min(1.0, max(0.0, position)))

    def moved(self, value: float, steps: int) -> float:
        """The value so many steps further, within the bounds; a step is a twentieth of a decade, or one digit."""
        value = min(self.high, max(self.low, value))
        further = self._on_grid(value * 10 ** (steps / 20))
        if steps and further == value:
            digit = 10.0 ** (math.floor(math.log10(value)) - 1)
            further = self._on_grid(value + math.copysign(digit, steps))
        return further

    def _on_grid(self, value: float) -> float:
        return min(self.high, max(self.low, float(f"{value:.1e}")))


def _between(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    if x <= xs[0]:
        return ys[0]
    for x0, x1, y0, y1 in zip(xs, xs[1:], ys, ys[1:], strict=False):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return ys[-1]


TEMPERATURES = Linear(((0.0, 0.0), (0.2, 0.5), (0.72, 1.5), (0.84, 2.0), (1.0, 5.0)), 0.05)
"""Fine around 1, where it matters."""

SPEEDS = Log(1.0, 250.0)
"""Characters a second; beyond `pace.MAX_SPEED` as many as there is time for."""
