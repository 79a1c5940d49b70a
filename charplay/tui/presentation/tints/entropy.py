"""Tints a text by how undecided the network was before it wrote each character."""

from charplay.tui.presentation.tint import Tint

MOST_BITS = 5.0
"""Bits from which on an entropy has the strongest tint: as if 32 characters were equally likely."""

TINT = Tint(
    place=40,
    sentence="tinted by entropy: blue is where the network was undecided",
    column="entropy",
    position=lambda bits: bits / MOST_BITS,
    ramp=lambda of: (of.text, of.cool),
)
