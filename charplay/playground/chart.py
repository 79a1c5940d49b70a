"""What the chart shows of the runs: which quantity over which axis, and earlier runs beside the one under way."""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from charplay.formatting.units import decimals
from charplay.playground.chart_quantities import LOSS, MEASURES, QUANTITIES, Quantity, loss_in
from charplay.playground.chart_series import MARKERS, STYLES, overlaid_series, own_series
from charplay.playground.chart_window import ChartWindow
from charplay.plotting.axes import bounds
from charplay.plotting.downsample import X_AXES
from charplay.plotting.grid import Mark, Reference, Series, View
from charplay.plotting.plot import drawable

if TYPE_CHECKING:
    from charplay.formatting.loss_units import LossUnit
    from charplay.playground.curve_export import DrawnChart
    from charplay.playground.drawn_ruler import DrawnRuler
    from charplay.playground.family_curves import FamilyCurves
    from charplay.playground.run_controller import RunController
    from charplay.playground.run_curves import RunCurves
    from charplay.playground.unit_choice import UnitChoice


class ChartState:
    """The way of looking at the runs' curves, and what is then to be drawn."""

    def __init__(self, runs: "RunController", ruler: "DrawnRuler", unit: "UnitChoice") -> None:
        """`unit` is that of losses; in bits a byte each run's are by the bytes of its own text."""
        self._runs = runs
        self._ruler = ruler
        self._unit = unit
        self._measure = 0
        self._axis = 0
        self.log_y = False
        self.recent = False
        """Whether only the recent part is shown."""
        self.window = ChartWindow()
        self._overlays: dict[str, RunCurves] = {}
        self._families: dict[str, FamilyCurves] = {}

    @property
    def quantity(self) -> str:
        """What is drawn: one of `QUANTITIES`."""
        return QUANTITIES[self._measure]

    @property
    def measure(self) -> Quantity:
        """How the quantity follows from the columns of metrics of the text that is drawn."""
        return self._measure_of(self._ruler.bytes_per_character)

    def _measure_of(self, bytes_per_character: float | None) -> Quantity:
        return loss_in(self._unit.current.on(bytes_per_character)) if self._of_losses else MEASURES[self.quantity]

    def _measure_if_known(self, curves: "RunCurves") -> Quantity | None:
        """Return the quantity of an earlier run; None where nobody knows its text's bytes, and they count."""
        measure = self._measure_of(curves.bytes_per_character)
        return measure if measure.title == self.measure.title else None

    @property
    def _of_losses(self) -> bool:
        """Whether reference losses can be compared to the quantity."""
        return self.quantity == LOSS

    @property
    def unit(self) -> "LossUnit":
        """The unit of losses on the text that is drawn."""
        return self._unit.current.on(self._ruler.bytes_per_character)

    @property
    def x_axis(self) -> str:
        """What runs across: one of `X_AXES`."""
        return X_AXES[self._axis]

    def next_quantity(self) -> None:
        """Draw the next quantity."""
        self._measure = (self._measure + 1) % len(QUANTITIES)

    def next_x_axis(self) -> None:
        """Count the next thing across."""
        self._axis = (self._axis + 1) % len(X_AXES)

    def toggle_log(self) -> None:
        """Change between a linear and a logarithmic scale upward."""
        self.log_y = not self.log_y

    def toggle_recent(self) -> None:
        """Change between the whole run and its recent part."""
        self.recent = not self.recent

    def overlay(self, name: str, curves: "RunCurves") -> None:
        """Lay an earlier run's curves over the chart, or take them off where they are there."""
        if name in self._overlays:
            self.take_off(name)
        else:
            self._overlays[name] = curves

    def take_off(self, name: str) -> None:
        """Draw an earlier run no more, neither in its family's mean."""
        self._overlays.pop(name, None)
        left = [each.without(name) for each in self._families.values()]
        self._families = {each.family: each for each in left if each.runs}

    def rename(self, name: str, new: str) -> None:
        """Draw an earlier run under its new name."""
        self._overlays = {new if each == name else each: curves for each, curves in self._overlays.items()}
        self._families = {family: each.renamed(name, new) for family, each in self._families.items()}

    def overlay_family(self, curves: "FamilyCurves") -> None:
        """Lay the mean and the range of a family of runs over the chart."""
        self._families[curves.family] = curves

    def family_of(self, run: str) -> str:
        """Return the name of a run's family, where that is on the chart; else empty."""
        return next((each.family for each in self._families.values() if run in each.runs), "")

    def take_family_off(self, family: str) -> None:
        """Draw a family's mean and range no more."""
        self._families.pop(family, None)

    def clear(self) -> None:
        """Take all earlier runs off."""
        self._overlays.clear()
        self._families.clear()

    @property
    def overlays(self) -> "dict[str, RunCurves]":
        """The earlier runs on the chart, by name."""
        return dict(self._overlays)

    @property
    def markers(self) -> dict[str, str]:
        """The earlier runs on the chart by name, each with its marker; those of a family have one."""
        drawn = [*([name] for name in self._overlays), *(each.runs for each in self._families.values())]
        return {name: marker for names, marker in zip(drawn, cycle(MARKERS), strict=False) for name in names}

    def earlier(self) -> list[Series]:
        """The earlier runs' curves: of held-out text, or of training where that was not measured.

        Behind them are those of families: the range of each, and its mean.
        """
        styles = islice(cycle(STYLES), len(self._overlays), None)
        families = [
            series
            for family, style in zip(self._families.values(), styles, strict=False)
            for series in family.series(self._measure_if_known, self.x_axis, style)
        ]
        return [*overlaid_series(self._overlays, self._measure_if_known, self.x_axis), *families]

    def own(self) -> list[Series]:
        """The curves of the run under way."""
        return own_series(self._runs.history.curves, self.measure, self.x_axis)

    @property
    def own_name(self) -> str:
        """Name of the run under way, or of the last one; empty where there is none."""
        begun = self._runs.history.begun
        return Path(begun.folder).name if begun is not None else ""

    @property
    def names(self) -> list[str]:
        """The runs that are drawn: the one under way, then the earlier ones, those of families last."""
        return list(dict.fromkeys([*([self.own_name] if self.own_name else []), *self.markers]))

    def drawn(self) -> "DrawnChart":
        """Return all that the chart shows now."""
        from charplay.playground.curve_export import DrawnChart

        own = own_series(self._runs.history.curves, self.measure, self.x_axis, self.own_name) if self.own_name else []
        return DrawnChart(
            title=self.measure.title, series=[*own, *self.earlier()], references=self.references(),
            marks=self.marks(), view=self.view,
        )  # fmt: skip

    @property
    def advice(self) -> str:
        """What is said where nothing is drawn: when something will be, or what can be done for that."""
        if self._runs.state.busy:
            return "The curves begin with the first steps."
        if self.names:
            return "This was not measured; <chart.upward> draws something else."
        earlier = "<panes.runs> and <runs.overlay> lay those of an earlier run here."
        return f"<training.train> trains a network, and its curves are drawn here.\n{earlier}"

    @property
    def view(self) -> View:
        """How the chart is looked at."""
        return View(log_y=self.log_y, recent=self.recent, x_title=self.x_axis, x_end=self.x_end,
                    window=self.window.shown)  # fmt: skip

    @property
    def cursor(self) -> float | None:
        """Where the cursor stands on the x axis; None where nothing is read off."""
        share = self.window.cursor
        series = [drawable(each, self.view) for each in (*self.own(), *self.earlier())]
        if share is None or not any(len(each.x) for each in series):
            return None
        low, high, *_ = bounds(series, (), self.view) or (0.0, 1.0)
        return low + share * (high - low)

    @property
    def reading(self) -> str:
        """What the curves say where the cursor stands: each one's newest reading by then; empty without a cursor."""
        at = self.cursor
        if at is None:
            return ""
        values = []
        for each in (*self.own(), *self.earlier()):
            number = int(np.searchsorted(each.x, at, "right")) - 1
            if number >= 0:
                values.append(f"{each.marker or each.name} {decimals(float(each.y[number]), 3)}")
        place = f"{at:,.2f}" if self.x_axis == "epoch" else f"{at:,.0f}"
        return f"{self.x_axis} {place}: {'  '.join(values)}"

    def references(self) -> list[Reference]:
        """Reference losses, where the quantity is one: first what the run has passed last, then what comes next."""
        from charplay.corpora.ruler.reference_lines import by_priority

        if not self._of_losses:
            return []
        state = self._runs.state
        loss = state.train_loss if state.val_loss is None else state.val_loss
        return [
            Reference(line.label, float(self.measure.convert(np.array([line.loss]))[0]))
            for line in by_priority(loss, self._ruler.lines)
        ]

    @property
    def worth(self) -> str:
        """What the held-out loss of the run under way is worth; empty while there is none, or nothing to compare."""
        loss = self._runs.state.val_loss
        return self._ruler.describe(loss, self.unit) if loss is not None and self._of_losses else ""

    def marks(self) -> list[Mark]:
        """What happened to the run under way, where it lies on the x axis."""
        curves = self._runs.history.curves
        return [Mark(curves.at(step, self.x_axis), text) for step, text in self._all_marks()]

    def _all_marks(self) -> Iterator[tuple[int, str]]:
        yield from self._runs.history.marks
        state = self._runs.state
        if state.best_step is not None and state.is_overfitting:
            yield state.best_step, "from here it memorises"

    @property
    def x_end(self) -> float | None:
        """Where the run under way will end on the x axis, where that is known."""
        state = self._runs.state
        return float(state.total_steps) if self.x_axis == "step" and state.total_steps and state.busy else None
