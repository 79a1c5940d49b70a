"""A random order of N things that is never written down: a keyed permutation, computed where it is asked.

Eight rounds of a Feistel network permute the numbers below a power of two; what falls outside N is sent round again
until it falls inside (cycle walking). So an epoch's order costs no memory, whatever the text's size, and the order of
any epoch of any seed is known without the ones before it.
"""

import numpy as np

ROUNDS = 8


def shuffled(indices: np.ndarray, count: int, seed: int, epoch: int) -> np.ndarray:
    """Where `indices` (int64, each below `count`) stand in the order of `epoch`: a permutation of range(count)."""
    half = max(1, ((count - 1).bit_length() + 1) // 2)
    keys = np.random.Philox(key=(epoch << 64) | (seed & (2**64 - 1))).random_raw(ROUNDS)
    result = _rounds(indices.astype(np.uint64), half, keys)
    while (outside := result >= count).any():
        result[outside] = _rounds(result[outside], half, keys)
    order: np.ndarray = result.astype(np.int64)
    return order


def _rounds(values: np.ndarray, half: int, keys: np.ndarray) -> np.ndarray:
    """A permutation of the numbers of 2 * `half` bits."""
    bits, mask = np.uint64(half), np.uint64((1 << half) - 1)
    left, right = values >> bits, values & mask
    for key in keys:
        left, right = right, left ^ (_mixed(right ^ key) & mask)
    whole: np.ndarray = (left << bits) | right
    return whole


def _mixed(values: np.ndarray) -> np.ndarray:
    """Every bit of the input reaches every bit of the output (the finisher of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = values ^ (values >> np.uint64(31))
    return mixed
