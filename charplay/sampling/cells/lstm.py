"""The LSTM: gates i, f, g, o in torch's order; the state is the output h and the cell c."""

import numpy as np

from charplay.sampling.cell import HALF, Array

GATES = 4
PARTS = 2


def prepare(parameter: Array) -> Array:
    """Put the rows into the order i, f, o, g, and halve those of i, f and o.

    sigmoid(x) is tanh(x/2)/2 + 1/2, which never overflows, and with the halving done here (a power of two: exact) one
    tanh serves all four gates. In this order the three sigmoids are one piece.
    """
    hidden_size = len(parameter) // GATES
    ordered = np.concatenate(
        [parameter[: 2 * hidden_size], parameter[3 * hidden_size :], parameter[2 * hidden_size : 3 * hidden_size]]
    )
    ordered[: 3 * hidden_size] *= 0.5
    return ordered


def advance(entering: Array, returning: Array, old: Array, new: Array) -> None:
    """One step: c = f·c + i·g, h = o·tanh(c)."""
    np.add(returning, entering, returning)
    np.tanh(returning, returning)
    sigmoids, candidate = returning[:3], returning[3]
    np.multiply(sigmoids, HALF, sigmoids)
    np.add(sigmoids, HALF, sigmoids)
    output, cell = new[0], new[1]
    np.multiply(candidate, returning[0], candidate)
    np.multiply(returning[1], old[1], cell)
    np.add(cell, candidate, cell)
    np.tanh(cell, output)
    np.multiply(output, returning[2], output)
