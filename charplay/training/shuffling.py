"""A keyed permutation: a random order of N things that is computed where it is needed, and never stored.

Eight rounds of a Feistel network permute the numbers below a power of two; a result that is not below N is permuted
again until it is (cycle walking). So an epoch's order costs no memory, whatever the size of the text, and the order of
any epoch of any seed is known without those before it.
"""

import numpy as np

ROUNDS = 8


def shuffled(indices: np.ndarray, count: int, seed: int, epoch: int) -> np.ndarray:
    """Return the numbers at `indices` (int64, below `count`) of a permutation of range(count), the order of `epoch`."""
    half = max(1, ((count - 1).bit_length() + 1) // 2)
    keys = np.random.Philox(key=(epoch << 64) | (seed & (2**64 - 1))).random_raw(ROUNDS)
    result = _rounds(indices.astype(np.uint64), half, keys)
    while (outside := result >= count).any():
        result[outside] = _rounds(result[outside], half, keys)
    order: np.ndarray = result.astype(np.int64)
    return order


def _rounds(values: np.ndarray, half: int, keys: np.ndarray) -> np.ndarray:
    """Permute the numbers of 2 * `half` bits."""
    bits, mask = np.uint64(half), np.uint64((1 << half) - 1)
    left, right = values >> bits, values & mask
    for key in keys:
        left, right = right, left ^ (_mixed(right ^ key) & mask)
    whole: np.ndarray = (left << bits) | right
    return whole


def _mixed(values: np.ndarray) -> np.ndarray:
    """Mix bits, so that each bit of the input affects each bit of the output (the finalizer of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = values ^ (values >> np.uint64(31))
    return mixed
