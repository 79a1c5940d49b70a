"""A run's curves as the series of a chart, for one quantity over one x axis."""

from itertools import cycle
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING

from charplay.plotting.grid import Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from charplay.playground.chart_quantities import Quantity
    from charplay.playground.run_curves import RunCurves


COLOURS = ("run-1", "run-2", "run-3", "run-4")
MARKERS = "○◇△□" + ascii_lowercase[4:] + ascii_uppercase
"""Of runs laid over the chart. Where there is ASCII alone, a to d stand for the first four."""
STYLES = [(COLOURS[number % len(COLOURS)], marker) for number, marker in enumerate(MARKERS)]
"""The role and the marker of each run that is laid over the chart."""


def own_series(curves: "RunCurves", measure: "Quantity", axis: str, run: str = "") -> list[Series]:
    """Return a run's curves in training and on held-out text, where the quantity has the latter.

    `run` stands before their names, where they are to be told from other runs.
    """
    series = []
    for name, column in (("train", measure.train), ("held-out", measure.held_out)):
        if column:
            x, y = curves.points(column, axis)
            series.append(Series(f"{run}, {name}" if run else name, name, x, measure.convert(y)))
    return series


def overlaid_series(
    runs: "Mapping[str, RunCurves]", measure_of: "Callable[[RunCurves], Quantity | None]", axis: str
) -> list[Series]:
    """Return a curve of each of some runs: on held-out text, or in training where that was not measured.

    `measure_of` returns the quantity as it is for a run; None leaves the run out. The colours are those of four runs;
    what tells more of them apart are the markers.
    """
    series = []
    for (name, curves), (role, marker) in zip(runs.items(), cycle(STYLES), strict=False):
        if (measure := measure_of(curves)) is None:
            continue
        x, y = curves.points(measure.held_out, axis)
        if not len(x):
            x, y = curves.points(measure.train, axis)
        series.append(Series(name, role, x, measure.convert(y), marker))
    return series
