"""Products of a weight with one column, or with several: alike to the bit, or faster.

A product of several columns at once is rounded otherwise than those of each alone, in whatever library of linear
algebra. So there are two ways for several: `together` is the faster, and `each` makes for every column exactly the
calls that `alone` makes for one.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from charplay.sampling.cell import Array

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = (1_000_000, 1200)
"""Multiplications and results of a product that BLAS makes in place; before a larger one it copies the weights."""
MOST_BLOCKS = 256

WHOLE = 1 << 20
"""Bytes of the largest weight that is read as one block."""
BLOCK = 1 << 19
"""Bytes of a larger one's blocks: each stays in a core's cache while it meets one column after another."""


class Weight:
    """A weight (parts, rows, size). Its own shape alone decides into which blocks of rows its products are cut."""

    def __init__(self, weight: Array) -> None:
        self._weight = weight
        self._shape = weight.shape[:-1]
        matrix = weight.reshape(-1, weight.shape[-1])
        blocks = 1 if weight.nbytes <= WHOLE else _blocks(len(matrix), -(-weight.nbytes // BLOCK))
        self._blocks = matrix.reshape(blocks, -1, weight.shape[-1])
        self.alone: Callable[[Array], Array] = matrix.dot if blocks == 1 else self._by_blocks
        """(parts · rows,), the product with one column (size,)."""

    def _by_blocks(self, x: Array) -> Array:
        product: Array = np.matmul(self._blocks, x)
        return product.reshape(-1)

    def each(self, x: Array) -> Array:
        """(parts, N, rows), the product with each of several columns (N, size), to the bit what `alone` makes of it."""
        _, rows, _ = self._blocks.shape
        product = np.empty((len(x), len(self._blocks) * rows), x.dtype)
        for number, block in enumerate(self._blocks):
            np.matmul(block, x[..., None], out=product[:, number * rows : (number + 1) * rows, None])
        return product.reshape(len(x), *self._shape).swapaxes(0, -2)

    def together(self, x: Array) -> Array:
        """(parts, N, rows), the product with several columns (N, size), rounded otherwise than that with one."""
        columns, (*parts, rows, size) = len(x), self._weight.shape
        blocks = _blocks(rows, -(-rows * columns * max(size, SMALL[0] // SMALL[1]) // SMALL[0]))
        product = np.empty((*parts, columns, rows), x.dtype)
        cut = self._weight.reshape(*parts, blocks, -1, size)
        np.matmul(x, cut.swapaxes(-1, -2), out=product.reshape(*parts, columns, blocks, -1).swapaxes(-2, -3))
        return product

    def along(self, x: Array) -> Array:
        """(T, parts, rows), the product with all of T columns (T, size) at once, rounded otherwise than one by one."""
        *_, size = self._weight.shape
        product: Array = x @ self._weight.reshape(-1, size).T
        return product.reshape(len(x), *self._shape)


@lru_cache(maxsize=256)
def _blocks(rows: int, fewest: int) -> int:
    """Into how many equal blocks to cut rows, at least so many; 1 where they cannot be."""
    return next((blocks for blocks in range(fewest, MOST_BLOCKS + 1) if rows % blocks == 0), 1)
