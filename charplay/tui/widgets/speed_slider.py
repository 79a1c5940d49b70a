"""A slider of writing speeds."""

from charplay.playground.pace import MAX_SPEED
from charplay.playground.scales import SPEEDS
from charplay.tui.widgets.slider import Slider


def speed_slider() -> Slider:
    """Make a slider of characters a second, up to as many as there is time for."""
    return Slider("speed", 30.0, SPEEDS, show=_written, value_width=5, id="speed")


def _written(speed: float) -> str:
    return "max" if speed > MAX_SPEED else f"{speed:.0f}/s" if speed >= 1 else f"{speed:.1g}/s"
