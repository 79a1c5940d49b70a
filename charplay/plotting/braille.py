"""A canvas of dots, two across and four down in each cell, and the characters that show it."""

import os
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Drawing = Literal["braille", "blocks"]

DOTS_ACROSS, DOTS_DOWN = 2, 4

_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
"""The bit of each dot of a cell, as Unicode numbers them from U+2800."""

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # upper left 1, upper right 2, lower left 4, lower right 8


def _blocks(code: int) -> str:
    corners = (0x03, 0x18, 0x44, 0xA0)
    return _QUADRANTS[sum(1 << i for i, dots in enumerate(corners) if code & dots)]


GLYPHS: dict[Drawing, NDArray[np.str_]] = {
    "braille": np.array([" ", *(chr(0x2800 + code) for code in range(1, 256))]),
    "blocks": np.array([_blocks(code) for code in range(256)]),
}
"""What shows each of the 256 patterns of dots in a cell."""


def best_drawing() -> Drawing:
    """What this terminal can show: blocks on the bare Linux console, which has no dots."""
    return "blocks" if os.environ.get("TERM") == "linux" else "braille"


def polyline(x: Floats, y: Floats, columns: int, rows: int) -> NDArray[np.bool_]:
    """Dots (rows, columns) of the line through (x, y), given in dots, x rising, row 0 at the top.

    Each column is filled from the lowest to the highest value met in it, so no spike is lost whatever the number of
    points; columns without a point are crossed straight. What lies outside is cut off.
    """
    dots = np.zeros((rows, columns), np.bool_)
    inside = (x > -0.5) & (x < columns - 0.5)
    if not inside.any():
        return dots
    column = np.rint(x[inside]).astype(np.intp)
    value = y[inside]
    starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
    met = column[starts]
    first, last = value[starts], value[np.r_[starts[1:], len(value)] - 1]
    spread = np.arange(met[0], met[-1] + 1)
    straight = np.interp(spread, met.repeat(2), np.stack([first, last], 1).ravel())
    low, high, enter, leave = (straight.copy() for _ in range(4))
    here = met - met[0]
    enter[here], leave[here] = first, last
    low[here], high[here] = np.minimum.reduceat(value, starts), np.maximum.reduceat(value, starts)
    middle = (leave[:-1] + enter[1:]) / 2
    for side in (slice(None, -1), slice(1, None)):
        low[side] = np.minimum(low[side], middle)
        high[side] = np.maximum(high[side], middle)
    row = np.arange(rows)[:, None]
    dots[:, spread] = (row >= np.rint(low)) & (row <= np.rint(high))
    return dots


def codes(dots: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Dots (4·h, 2·w) as one pattern a cell, (h, w)."""
    cells = np.zeros((dots.shape[0] // DOTS_DOWN, dots.shape[1] // DOTS_ACROSS), np.uint8)
    for (down, across), bit in np.ndenumerate(_BITS):
        cells |= dots[down::DOTS_DOWN, across::DOTS_ACROSS] * bit
    return cells
