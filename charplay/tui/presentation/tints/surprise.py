"""Tints a text by how much each character surprised the network."""

from charplay.tui.presentation.tint import Tint

MOST_BITS = 8.0
"""Bits from which on a surprise has the strongest tint."""

TINT = Tint(
    place=20,
    sentence="tinted by surprise: red is what the network did not expect",
    column="surprise",
    position=lambda bits: bits / MOST_BITS,
    ramp=lambda of: (of.text, of.warm, of.hot),
)
