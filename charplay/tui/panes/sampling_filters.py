"""The filters of a draw: a row of sliders for what leaves characters out, and one for what makes them rarer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from charplay.formatting.escapes import unescape
from charplay.playground.scales import Linear, Log
from charplay.sampling.bias_syntax import Bias, parse_bias, write_bias
from charplay.sampling.errors import SettingError
from charplay.sampling.params import SamplingParams
from charplay.tui.widgets.escaped_input import EscapedInput
from charplay.tui.widgets.slider import Slider

MOST_K = 1000.0
"""Where the slider of top-k is off; of more characters a filter can keep only what was set elsewhere."""
MOST_RECENT = 1000.0
"""Characters of the longest repetition window that can be set."""


class BiasEntry(EscapedInput):
    """A bias in the words of `parse_bias`, settings with spaces between them. Sends `Taken` as it changes.

    While what is typed says nothing, the last that did stays in force.
    """

    DEFAULT_CSS = """
    BiasEntry { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    BiasEntry.-wrong { color: $error; }
    """

    class Taken(Message):
        """Another bias is in force."""

    class Left(Message):
        """Nothing more is typed."""

    def __init__(self) -> None:
        super().__init__(placeholder="qxz=-inf e=1.5 space=-1", compact=True)
        self.bias: Bias = ()
        self.trouble = ""
        """Why what is typed says nothing; empty where it does."""

    def begin(self, text: str) -> None:
        """Start with what was typed before."""
        with self.prevent(Input.Changed):
            self.value = text
        self._take()

    def _take(self) -> None:
        try:
            bias = parse_bias(unescape(setting) for setting in self.value.split(" ") if setting)
            SamplingParams(bias=bias)
        except SettingError as fault:
            self.trouble = str(fault)
        else:
            self.bias, self.trouble = bias, ""
        self.set_class(bool(self.trouble), "-wrong")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._take()
        self.post_message(self.Taken())

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left())

    def on_key(self, event: events.Key) -> None:
        """Escape leaves; the keys of the pane and the screen never see it."""
        if event.key == "escape":
            event.stop()
            self.post_message(self.Left())


class SamplingFilters(Vertical):
    """The filters in the order in which they act, each off at one end. The pane above hears their `Slider.Changed`.

    Where there is no bias yet, its entry is empty; `BiasEntry.Taken` and `BiasEntry.Left` go up too.
    """

    DEFAULT_CSS = """
    SamplingFilters {
        height: 2;
        & > Horizontal { height: 1; }
        & > Horizontal > * { width: 1fr; margin-right: 2; }
        & > Horizontal > *:last-child { margin-right: 0; }
        & #bias { height: 1; & > Static { width: 5; color: $foreground-muted; } }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.repetition_penalty = Slider(
            "repetition",
            1.0,
            Linear(((0.0, 0.5), (0.3, 1.0), (0.8, 2.0), (1.0, 4.0)), 0.05),
            show=lambda r: "off" if r == 1 else f"{r:.2f}",
            value_width=4,
        )
        self.repetition_window = Slider("in last", 64.0, Log(1.0, MOST_RECENT), show="{:.0f}".format, value_width=4)
        self.bias = BiasEntry()
        self.top_k = Slider(
            "top-k", MOST_K, Log(1.0, MOST_K), show=lambda k: "off" if k == MOST_K else f"{k:.0f}", value_width=4
        )
        self.top_p = Slider(
            "top-p", 1.0, Linear.between(0.01, 1.0, 0.01), show=lambda p: "off" if p >= 1 else f"{p:.2f}", value_width=4
        )
        self.min_p = Slider(
            "min-p",
            0.0,
            Linear(((0.0, 0.0), (0.6, 0.2), (1.0, 1.0)), 0.01),
            show=lambda p: f"{p:.2f}" if p else "off",
            value_width=4,
        )
        self._sliders = {
            name: getattr(self, name) for name in ("repetition_penalty", "repetition_window", "top_k", "top_p", "min_p")
        }

    def compose(self) -> ComposeResult:
        """Two rows, in the order in which they act."""
        with Horizontal():
            yield self.repetition_penalty
            yield self.repetition_window
            with Horizontal(id="bias"):
                yield Static("bias")
                yield self.bias
        with Horizontal():
            yield self.top_k
            yield self.top_p
            yield self.min_p

    @property
    def values(self) -> dict[str, float | str]:
        """Where they stand, by name, as `set` takes them; the bias as it is typed."""
        return {name: slider.value for name, slider in self._sliders.items()} | {"bias": self.bias.value}

    def set(self, values: Mapping[str, Any]) -> None:
        """Set them, within their sliders' ends; those that are not named stay."""
        for name, value in values.items():
            if name == "bias":
                self.bias.begin(value)
            else:
                scale = self._sliders[name].scale
                self._stand(name, min(max(value, scale.low), scale.high))

    def _stand(self, name: str, value: float) -> None:
        if self._sliders[name].value != value:  # a reactive value costs more to set than to read
            self._sliders[name].value = value

    def show(self, settings: SamplingParams) -> None:
        """Stand where a draw's settings are, also beyond a slider's end: the other way round from `applied`."""
        self._stand("repetition_penalty", settings.repetition_penalty)
        self._stand("repetition_window", settings.repetition_window)
        self._stand("top_k", MOST_K if settings.top_k is None else settings.top_k)
        self._stand("top_p", 1.0 if settings.top_p is None else settings.top_p)
        self._stand("min_p", settings.min_p or 0.0)
        if settings.bias != self.bias.bias:
            self.bias.begin(write_bias(settings.bias))

    @property
    def active_labels(self) -> tuple[str, ...]:
        """Those that are on, in the order in which they act, in a few letters each: "top-p 0.50"."""
        return tuple(self._describe(name.replace("-", "_")) for name in self.applied(SamplingParams()).active)

    def _describe(self, name: str) -> str:
        if name == "bias":
            return name
        slider = self._sliders[name]
        return f"{slider.label} {slider.show(slider.value)}"

    def applied(self, settings: SamplingParams) -> SamplingParams:
        """The settings with these filters."""
        k, p = round(self.top_k.value), self.top_p.value
        return replace(
            settings,
            repetition_penalty=self.repetition_penalty.value,
            repetition_window=round(self.repetition_window.value),
            bias=self.bias.bias,
            top_k=None if k == MOST_K else k,
            top_p=None if p >= 1 else p,
            min_p=self.min_p.value or None,
        )
