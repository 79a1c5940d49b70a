"""The sliders under the text."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from charplay.playground.scales import TEMPERATURES
from charplay.tui.widgets.slider import Slider
from charplay.tui.widgets.speed_slider import speed_slider


class SamplingControls(Horizontal):
    """Temperature and speed, and beside them what else acts on the text without being seen."""

    DEFAULT_CSS = """
    SamplingControls {
        height: 1;
        & > #temperature { width: 3fr; margin-right: 3; }
        & > #speed { width: 2fr; }
        & > #in-force { display: none; width: auto; margin-left: 3; color: $accent; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.temperature = Slider("temperature", 0.8, TEMPERATURES, value_width=4, id="temperature")
        self.speed = speed_slider()
        self._in_force = Static("", id="in-force", markup=False)

    def compose(self) -> ComposeResult:
        """Side by side."""
        yield self.temperature
        yield self.speed
        yield self._in_force

    def say_in_force(self, filters: Sequence[str]) -> None:
        """Name a filter, or count them; nothing where there is none."""
        said = f"{len(filters)} filters" if len(filters) > 1 else "".join(filters)
        if said != self._in_force.content:
            self._in_force.update(said)
            self._in_force.display = bool(said)
