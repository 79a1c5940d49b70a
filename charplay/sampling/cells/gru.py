"""The GRU: gates r, z, n in torch's order; the reset gate acts after the product, and the hidden bias of n is zero."""

import numpy as np

from charplay.sampling.cell import HALF, Array

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
    np.add(gates, entering[:2], gates)
    np.tanh(gates, gates)
    np.multiply(gates, HALF, gates)
    np.add(gates, HALF, gates)
    np.multiply(candidate, gates[0], candidate)
    np.add(candidate, entering[2], candidate)
    np.tanh(candidate, candidate)
    output = new[0]
    np.subtract(old[0], candidate, output)
    np.multiply(output, gates[1], output)
    np.add(output, candidate, output)
