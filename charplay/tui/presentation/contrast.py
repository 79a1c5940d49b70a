"""Makes colours that can be read: the contrast of two colours, and a colour moved until it has enough of it."""

from collections.abc import Sequence

from textual.color import BLACK, WHITE, Color

ENOUGH = 4.5
"""The contrast that text needs on its ground: WCAG 2, level AA."""
_STEPS = 50


def contrast(one: Color, other: Color) -> float:
    """Return the ratio of two colours' luminances, from 1 to 21, as WCAG 2 has it."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def least_contrast(colour: Color, grounds: Sequence[Color]) -> float:
    """Return the contrast on the ground where it is least; 21, the most there is, where there is no ground."""
    return min((contrast(colour, ground) for ground in grounds), default=21.0)


def readable(colour: Color, grounds: Sequence[Color], enough: float = ENOUGH) -> Color:
    """Return the colour that is nearest on the way to black or to white and can be read on all grounds.

    Where no colour can, the one of black and white that is read best. One of a terminal's 16 colours stays as it is:
    what it looks like is the terminal's business.
    """
    if colour.ansi is not None:
        return colour
    goal = max((WHITE, BLACK), key=lambda end: least_contrast(end, grounds))
    return first_readable([colour.blend(goal, step / _STEPS) for step in range(_STEPS + 1)], grounds, enough)


def first_readable(colours: Sequence[Color], grounds: Sequence[Color], enough: float = ENOUGH) -> Color:
    """Return the first of the colours that can be read on all grounds, else the last one."""
    return next((each for each in colours if least_contrast(each, grounds) >= enough), colours[-1])


def hit_ground(background: Color, accent: Color) -> Color:
    """Return the ground of a hit in a text: the style of `widgets/text_page.py` says how much of the accent it has."""
    return background.blend(accent, 0.2)


def _luminance(colour: Color) -> float:
    red, green, blue = map(_linear, colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
