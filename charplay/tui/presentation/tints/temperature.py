"""Tints a text by the temperature at which each character was drawn."""

from charplay.tui.presentation.tint import Tint

HOTTEST = 2.0
"""Temperature from which on all have the strongest tint; the text's own colour is at half of it."""

TINT = Tint(
    place=10,
    sentence="tinted by temperature: blue is cool, red is hot",
    column="temperature",
    position=lambda temperature: temperature / HOTTEST,
    ramp=lambda of: (of.cool, of.cool.blend(of.text, 0.5), of.text, of.warm, of.hot),
    only_drawn=True,
)
