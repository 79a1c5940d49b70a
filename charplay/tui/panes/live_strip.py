"""The line under the chart: the live run's learning rate to move, and its newest values."""

from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from charplay.formatting.loss_units import LossUnit
from charplay.formatting.units import format_share, no_number, rate
from charplay.playground.run_controller import RunController
from charplay.playground.run_state import RunState
from charplay.playground.scales import Log
from charplay.tui.widgets.slider import Slider

if TYPE_CHECKING:
    from charplay.playground.chart import ChartState

RATES = Log(1e-6, 100.0)
"""Up to the largest that a recipe takes."""
SLIDER = 40
"""Columns that the learning rate's slider and the gaps around it need."""


class LiveStrip(Horizontal):
    """The slider is there while a run has a learning rate: at other times it would move nothing, and show no rate."""

    DEFAULT_CSS = """
    LiveStrip {
        height: 1;
        padding: 0 1;
        & > Slider { width: 36; display: none; }
        & > Static { width: 1fr; height: 1; text-align: right; color: $foreground-muted; }
        &.-movable > Slider { display: block; }
    }
    """

    def __init__(self, runs: RunController, looked_at: "ChartState") -> None:
        super().__init__(id="strip")
        self._runs = runs
        self._looked_at = looked_at
        self.rate = Slider("learning rate", 5e-3, RATES, show=partial(rate, digits=3), value_width=7)
        self._values = Static("", markup=False)
        self._shown_values = ""

    def compose(self) -> ComposeResult:
        """Side by side."""
        yield self.rate
        yield self._values

    @property
    def movable(self) -> bool:
        """Whether there is a run whose learning rate is known."""
        return self._runs.state.busy and isinstance(self._runs.peak_rate, float)

    def show(self) -> None:
        """As many of the live values as leave the slider room."""
        state = self._runs.state
        peak = self._runs.peak_rate
        self.set_class(self.movable, "-movable")
        if isinstance(peak, float):
            self.rate.value = peak
        parts = _parts(state, self._looked_at.unit)
        room = self.size.width - SLIDER
        while parts and len("  ".join(parts)) > room:
            parts.pop()
        text = "  ".join(parts)
        if text != self._shown_values:
            self._shown_values = text
            self._values.update(text, layout=False)

    def on_resize(self) -> None:
        """Another width has room for other values."""
        self.show()

    @on(Slider.Changed)
    def _move(self, event: Slider.Changed) -> None:
        event.stop()
        self._runs.set_hyperparameter("learning_rate", event.value)


def _parts(state: RunState, unit: LossUnit) -> list[str]:
    held_out = state.val_loss is not None
    loss, accuracy = (state.val_loss, state.val_accuracy) if held_out else (state.train_loss, state.train_accuracy)
    name = "train" if not held_out else "best val" if state.status == "finished" else "val"
    parts = []
    if loss is not None:
        parts = [f"{name} {no_number(loss)}"]
        if not no_number(loss):
            parts = [f"{name} {unit.write(loss)}", *(other.write(loss, 2) for other in unit.others)]
    if accuracy is not None:
        parts.append(f"accuracy {format_share(accuracy)}")
    if state.learning_rate is not None:
        parts.append(f"rate now {rate(state.learning_rate)}")
    return parts
