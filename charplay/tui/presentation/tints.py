"""The tints of a text: by the temperature that made a character, its surprise, or its probability.

All are numbers in one palette, and each has another number for the same tint underlined: copied from the training text.
"""

import math
from collections.abc import Iterable

from rich.style import Style
from textual.color import Color

from charplay.sampling.segment import KINDS
from charplay.sampling.transcript import Transcript

DRAWN = KINDS.index("drawn")

PLAIN, PROMPT, LEFT_OUT = range(3)
"""Numbers in the palette for what no tint is for: as it is, the prompt, a prompt's unknown character."""

STEPS = 20
HOTTEST = 2.0
MOST_BITS = 8.0
"""Bits from which on a surprise has the strongest tint."""

TINTS = ("temperature", "surprise", "probability", "plain")

EXPLAINED = {
    "temperature": "tinted by temperature: blue is cool, red is hot",
    "surprise": "tinted by surprise: red is what the network did not expect",
    "probability": "tinted by probability: green is what it was sure to write",
    "plain": "not tinted",
}

_TEMPERATURE = LEFT_OUT + 1
_SURPRISE = _TEMPERATURE + STEPS + 1
_PROBABILITY = _SURPRISE + STEPS + 1
COPIED = _PROBABILITY + STEPS + 1
"""What is added to a number for the same style, underlined."""

_DARK = ("#4f9dff", "#ffb454", "#ff5c47", "#3fd68c")
_LIGHT = ("#0a53be", "#a35200", "#c01c0c", "#067a3d")
_FAINT = "#808080"


def tint(temperature: float) -> int:
    """The number in the palette of a temperature's tint; all from HOTTEST on have the same."""
    return _TEMPERATURE + round(min(max(temperature, 0.0), HOTTEST) / HOTTEST * STEPS)


def surprise_tint(bits: float) -> int:
    """The number of a surprise's tint; all from MOST_BITS on have the same, and NaN is plain."""
    return PLAIN if math.isnan(bits) else _SURPRISE + round(min(max(bits, 0.0), MOST_BITS) / MOST_BITS * STEPS)


def probability_tint(probability: float) -> int:
    """The number of a probability's tint; NaN is plain."""
    return PLAIN if math.isnan(probability) else _PROBABILITY + round(min(max(probability, 0.0), 1.0) * STEPS)


def bit_tints(bits: Iterable[float], by: str) -> list[int]:
    """The numbers of characters with so many bits of surprise, tinted by one of TINTS; plain where NaN."""
    match by:
        case "surprise":
            return [surprise_tint(each) for each in bits]
        case "probability":
            return [probability_tint(2.0**-each) for each in bits]
    return [PLAIN for _ in bits]


def palette(foreground: Color, *, dark: bool) -> list[Style]:
    """A style for each number.

    Temperatures lead from blue through the text's own colour at 1 to orange and red; surprise from the text's own
    colour to orange and red; probability from the text's own colour to green.
    """
    cool, warm, hot, sure = map(Color.parse, _DARK if dark else _LIGHT)
    styles = [Style(), Style(bold=True), Style(strike=True, color=_FAINT)]
    heat = (cool, cool.blend(foreground, 0.5), foreground, warm, hot)
    for knots in (heat, (foreground, warm, hot), (foreground, sure)):
        styles += (Style(color=_between(knots, step / STEPS).rich_color) for step in range(STEPS + 1))
    return [*styles, *(style + Style(underline=True) for style in styles)]


def _between(knots: tuple[Color, ...], share: float) -> Color:
    spot = share * (len(knots) - 1)
    piece = min(int(spot), len(knots) - 2)
    return knots[piece].blend(knots[piece + 1], spot - piece)


def tint_numbers(name: str, transcript: Transcript, start: int, stop: int) -> list[int]:
    """Return the numbers in the palette of the characters of positions start up to stop, under one of TINTS."""
    match name:
        case "surprise":
            return [surprise_tint(bits) for bits in transcript.column("surprise", start, stop).tolist()]
        case "probability":
            return [probability_tint(one) for one in transcript.column("probability", start, stop).tolist()]
        case "plain":
            return [PLAIN] * (stop - start)
    kinds = transcript.column("kind", start, stop).tolist()
    heats = transcript.temperatures(start, stop)
    return [tint(heat) if kind == DRAWN else PROMPT for kind, heat in zip(kinds, heats, strict=True)]
