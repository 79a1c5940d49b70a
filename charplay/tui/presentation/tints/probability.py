"""Tints a text by the probability that each character had, after filters and temperature."""

from charplay.tui.presentation.tint import Tint

TINT = Tint(
    place=30,
    sentence="tinted by probability: green is what it was sure to write",
    column="probability",
    legend=[("0", 0.0), ("25", 0.25), ("50", 0.5), ("75", 0.75), ("100 %", 1.0)],
    ramp=lambda of: (of.text, of.sure),
)
