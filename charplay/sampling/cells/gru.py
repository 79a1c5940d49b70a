"""The GRU: gates r, z, n in torch's order; the reset gate acts after the product, and the hidden bias of n is zero."""

import numpy as np

from charplay.sampling.cell import Array

GATES = 3
PARTS = 1


def prepare(parameter: Array) -> Array:
    """Halve the rows of r and z: sigmoid(x) is tanh(x/2)/2 + 1/2, which never overflows (a power of two: exact)."""
    hidden_size = len(parameter) // GATES
    parameter[: 2 * hidden_size] *= 0.5
    return parameter


def advance(entering: Array, returning: Array, old: Array, new: Array) -> None:
    """One step: n = tanh(entering + r·returning), h = (1 - z)·n + z·h."""
    gates, candidate = returning[:2], returning[2]
    gates += entering[:2]
    np.tanh(gates, out=gates)
    gates *= 0.5
    gates += 0.5
    candidate *= gates[0]
    candidate += entering[2]
    np.tanh(candidate, out=candidate)
    output = new[0]
    np.subtract(old[0], candidate, out=output)
    output *= gates[1]
    output += candidate
