"""Tints a text by the probability that each character had, after filters and temperature."""

from charplay.tui.presentation.tint import Tint

TINT = Tint(
    place=30,
    sentence="tinted by probability: green is what it was sure to write",
    column="probability",
    ramp=lambda of: (of.text, of.sure),
)
