"""The filters of a draw as a row of sliders."""

from collections.abc import Mapping
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal

from charplay.sampling.settings import Sampling
from charplay.tui.widgets.scales import Linear, Log
from charplay.tui.widgets.slider import Slider

MOST_K = 1000.0


class Filters(Horizontal):
    """Top-k, top-p and min-p, each off at one end. The pane above hears their `Slider.Changed`."""

    DEFAULT_CSS = """
    Filters {
        height: 1;
        & > Slider { margin-right: 2; }
        & > Slider:last-child { margin-right: 0; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.top_k = Slider(
            "top-k", MOST_K, Log(1.0, MOST_K), show=lambda k: "off" if k >= MOST_K else f"{k:.0f}", value_width=4
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

    def compose(self) -> ComposeResult:
        """The three in the order in which they act."""
        yield self.top_k
        yield self.top_p
        yield self.min_p

    @property
    def values(self) -> dict[str, float]:
        """Where they stand, by name, as `set` takes them."""
        return {"top_k": self.top_k.value, "top_p": self.top_p.value, "min_p": self.min_p.value}

    def set(self, values: Mapping[str, float]) -> None:
        """Set them; those that are not named stay."""
        for name, value in values.items():
            getattr(self, name).value = value

    @property
    def any(self) -> bool:
        """Whether one is on."""
        return bool(self.applied(Sampling()).active)

    def applied(self, settings: Sampling) -> Sampling:
        """The settings with these filters."""
        k, p = self.top_k.value, self.top_p.value
        return replace(
            settings,
            top_k=None if k >= MOST_K else round(k),
            top_p=None if p >= 1 else p,
            min_p=self.min_p.value or None,
        )
