"""Equal slices of a text, for the strip that shows where something stands."""

import numpy as np
from numpy.typing import NDArray

SLICES = 1000
"""Slices that hits are counted in; a strip of fewer cells sums neighbours."""


def slice_of(positions: NDArray[np.int64], length: int, slices: int = SLICES) -> NDArray[np.int64]:
    """Return the slice, 0 to `slices` - 1, of each position (n,) in a text of `length` characters."""
    # `length` times `slices` stays far below 2**63 for any text that fits a disk.
    return positions * slices // max(length, 1)
