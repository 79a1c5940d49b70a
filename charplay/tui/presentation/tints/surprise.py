"""Tints a text by how much each character surprised the network."""

from charplay.tui.presentation.tint import Tint

MOST_BITS = 8.0
"""Bits from which on a surprise has the strongest tint."""

TINT = Tint(
    place=20,
    sentence="tinted by surprise: red is what the network did not expect",
    column="surprise",
    position=lambda bits: bits / MOST_BITS,
    legend=[(f"{bits}", bits) for bits in range(0, int(MOST_BITS), 2)]
    + [(f"{MOST_BITS:.0f} bits and more", MOST_BITS)],
    ramp=lambda of: (of.text, of.warm, of.hot),
)
