"""The sliders under the text, and what speed means in characters."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from charplay.tui.widgets.scales import Linear, Log
from charplay.tui.widgets.slider import Slider

FASTEST = 200.0
"""Characters a second; the slider's end beyond it means as many as there is time for."""

TEMPERATURES = Linear(((0.0, 0.0), (0.2, 0.5), (0.72, 1.5), (0.84, 2.0), (1.0, 5.0)), 0.05)
"""Fine around 1, where it matters."""


def _written(speed: float) -> str:
    return "max" if speed > FASTEST else f"{speed:.0f}/s"


def speed_slider() -> Slider:
    """Characters a second, up to as many as there is time for."""
    return Slider("speed", 30.0, Log(1.0, 250.0), show=_written, value_width=5, id="speed")


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


class Pace:
    """How many characters are due as time passes."""

    def __init__(self) -> None:
        self._owed = 0.0

    def due(self, seconds: float, speed: float) -> int | None:
        """Whole characters due after so many more seconds; None: as many as there is time for.

        What a busy machine could not write in time is not made up for in one go.
        """
        if speed > FASTEST:
            return None
        self._owed = min(self._owed + seconds * speed, max(1.0, speed / 4))
        whole = int(self._owed)
        self._owed -= whole
        return whole
