"""The LSTM: gates i, f, g, o in torch's order; the state is the output h and the cell c."""

import numpy as np

from charplay.sampling.cell import Array

GATES = 4
PARTS = 2


def prepare(parameter: Array) -> Array:
    """Halve the rows of i, f and o.

    sigmoid(x) is tanh(x/2)/2 + 1/2, which never overflows, and with the halving done here (a power of two: exact) one
    tanh serves all four gates.
    """
    hidden_size = len(parameter) // GATES
    parameter[: 2 * hidden_size] *= 0.5
    parameter[3 * hidden_size :] *= 0.5
    return parameter


def advance(entering: Array, returning: Array, old: Array, new: Array) -> None:
    """One step: c = f·c + i·g, h = o·tanh(c)."""
    gates = returning
    gates += entering
    np.tanh(gates, out=gates)
    candidate = gates[2]
    sigmoids = gates * 0.5
    sigmoids += 0.5
    candidate *= sigmoids[0]
    output, cell = new[0], new[1]
    np.multiply(sigmoids[1], old[1], out=cell)
    cell += candidate
    np.tanh(cell, out=output)
    output *= sigmoids[3]
