"""The curves of a family: what runs that were tried together come to in the mean, and within which range."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from charplay.plotting.grid import Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from charplay.playground.chart_quantities import Floats, Quantity
    from charplay.playground.run_curves import RunCurves


@dataclass(frozen=True, eq=False)
class FamilyCurves:
    """A family, and the curves of its runs by name."""

    family: str
    runs: "Mapping[str, RunCurves]"

    def renamed(self, run: str, new: str) -> "FamilyCurves":
        """Return the same with another name of a run."""
        return FamilyCurves(self.family, {new if name == run else name: each for name, each in self.runs.items()})

    def without(self, run: str) -> "FamilyCurves":
        """Return the same without a run, which is gone."""
        return FamilyCurves(self.family, {name: each for name, each in self.runs.items() if name != run})

    def series(
        self, measure_of: "Callable[[RunCurves], Quantity | None]", axis: str, style: tuple[str, str]
    ) -> list[Series]:
        """Return its mean with a role and a marker, and below and above it the lowest and the highest run.

        They reach as far as every run does: a mean over fewer would leap where one ends. `measure_of` returns the
        quantity as it is for a run; None leaves the run out.
        """
        drawn = [(curves, measure) for curves in self.runs.values() if (measure := measure_of(curves)) is not None]
        for column in ("held_out", "train"):
            curves = [_points(each, measure, getattr(measure, column), axis) for each, measure in drawn]
            if curves and all(len(x) for x, _ in curves):
                x, heights = _joined(curves)
                role, marker = style
                mean = Series(f"{self.family}, mean of {len(curves)}", role, x, heights.mean(0), marker)
                ends = (("lowest", heights.min(0)), ("highest", heights.max(0)))
                return [*(Series(f"{self.family}, {name}", "range", x, y) for name, y in ends), mean]
        return []


def _points(curves: "RunCurves", measure: "Quantity", column: str, axis: str) -> "tuple[Floats, Floats]":
    x, y = curves.points(column, axis)
    y = measure.convert(y)
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]


def _joined(curves: "list[tuple[Floats, Floats]]") -> "tuple[Floats, Floats]":
    """Return x (n,), wherever one of the curves has a reading and all are under way, and their heights there (C, n)."""
    first, last = max(x[0] for x, _ in curves), min(x[-1] for x, _ in curves)
    every = np.unique(np.concatenate([x for x, _ in curves]))
    x = every[(every >= first) & (every <= last)]
    return x, np.array([np.interp(x, *each) for each in curves])
