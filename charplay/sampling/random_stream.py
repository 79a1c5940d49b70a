"""The luck of a draw: one uniform number for every position under a seed, with no state to keep.

Looking ahead, forks, replays and columns share their luck because it is a function of the seed and the position.
"""

from functools import lru_cache

import numpy as np

BLOCK = 256
"""Numbers made at once; four to a tick of Philox's counter."""


def uniform(seed: int, t: int) -> float:
    """u(seed, t) in [0, 1), for a seed and a position t of 0 and more."""
    return _block(seed, t // BLOCK)[t % BLOCK]


@lru_cache(maxsize=64)
def _block(seed: int, number: int) -> list[float]:
    """Numbers BLOCK·number and on, from the generator's raw bits, which numpy never changes."""
    bits = np.random.Philox(key=seed, counter=number * (BLOCK // 4)).random_raw(BLOCK)
    return list(((bits >> np.uint64(11)) * 2.0**-53).tolist())
