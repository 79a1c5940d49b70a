"""The line under the chart: the live run's learning rate to move, and its newest values."""

import math

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from charplay.formatting.units import rate
from charplay.playground.run_state import RunState
from charplay.playground.scales import Log
from charplay.protocol.events import Changed
from charplay.tui.widgets.slider import Slider

SLIDER = 40
"""Columns that the learning rate's slider and the gaps around it need."""


class LiveStrip(Horizontal):
    """The slider is there while a run trains: at other times it would move nothing."""

    DEFAULT_CSS = """
    LiveStrip {
        height: 1;
        padding: 0 1;
        & > Slider { width: 36; display: none; }
        & > Static { width: 1fr; height: 1; text-align: right; color: $foreground 55%; }
        &.-busy > Slider { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="strip")
        self.rate = Slider("learning rate", 5e-3, Log(1e-5, 1.0), show=rate)
        self._values = Static("", markup=False)
        self._shown_values = ""
        self._live = RunState()
        self._asked: float | None = None
        """Where the slider was moved to, as long as the trainer has not told of it."""

    def compose(self) -> ComposeResult:
        """Side by side."""
        yield self.rate
        yield self._values

    def show(self, live: RunState) -> None:
        """As many of the live values as leave the slider room."""
        self._live = live
        self.set_class(live.busy, "-busy")
        parts = _parts(live)
        room = self.size.width - SLIDER
        while parts and len("  ".join(parts)) > room:
            parts.pop()
        text = "  ".join(parts)
        if text != self._shown_values:
            self._shown_values = text
            self._values.update(text, layout=False)
        if not live.busy:
            self._asked = None
        if live.peak_rate is not None and self._asked is None:
            self.rate.value = live.peak_rate

    def hear(self, change: Changed) -> None:
        """Once the trainer has heard of the slider, it shows again what is."""
        if change.field == "learning_rate" and change.new == self._asked:
            self._asked = None

    def on_resize(self) -> None:
        """Another width has room for other values."""
        self.show(self._live)

    @on(Slider.Changed)
    def _ask(self, event: Slider.Changed) -> None:
        self._asked = event.value


def _parts(live: RunState) -> list[str]:
    held_out = live.val_loss is not None
    loss, accuracy = (live.val_loss, live.val_accuracy) if held_out else (live.train_loss, live.train_accuracy)
    name = "train" if not held_out else "best val" if live.state == "finished" else "val"
    parts = []
    if loss is not None:
        bits, perplexity = loss / math.log(2), math.exp(min(loss, 20))
        parts = [f"{name} {loss:.3f} nats", f"{bits:.2f} bits", f"perplexity {perplexity:.2f}"]
    if accuracy is not None:
        parts.append(f"accuracy {accuracy:.0%}")
    if live.learning_rate is not None:
        parts.append(f"rate now {rate(live.learning_rate)}")
    return parts
