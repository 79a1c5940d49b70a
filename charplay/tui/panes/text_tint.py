"""Each character keeps the temperature that made it as a tint: cool, neutral at 1, hot."""

from rich.style import Style
from textual.color import Color

PLAIN, PROMPT, LEFT_OUT = range(3)
"""Numbers in the palette for what no temperature made: as it is, the prompt, a prompt's unknown character."""

STEPS = 20
HOTTEST = 2.0

_DARK = ("#4f9dff", "#ffb454", "#ff5c47")
_LIGHT = ("#0a53be", "#a35200", "#c01c0c")


def tint(temperature: float) -> int:
    """The number in the palette of a temperature's tint; all from HOTTEST on have the same."""
    return LEFT_OUT + 1 + round(min(max(temperature, 0.0), HOTTEST) / HOTTEST * STEPS)


def palette(foreground: Color, *, dark: bool) -> list[Style]:
    """A style for each number: tints lead from blue through the text's own colour at 1 to orange and red."""
    cool, warm, hot = map(Color.parse, _DARK if dark else _LIGHT)
    knots = (cool, cool.blend(foreground, 0.5), foreground, warm, hot)
    styles = [Style(), Style(bold=True), Style(strike=True, dim=True)]
    for step in range(STEPS + 1):
        spot = step / STEPS * (len(knots) - 1)
        piece = min(int(spot), len(knots) - 2)
        colour = knots[piece].blend(knots[piece + 1], spot - piece)
        styles.append(Style(color=colour.rich_color))
    return styles
