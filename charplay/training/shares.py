"""Shares of a batch: its streams are cut into parts, each part is computed by one thread, and gradients are summed.

torch can split one product over its threads, but they then meet several times a character, and a second thread gains
little. Shares meet twice a step. The number of shares decides the bits of a result, the number of threads does not:
threads only execute shares.
"""

from itertools import pairwise

import numpy as np
import torch

from charplay.training.network import State


def cut(streams: int, shares: int) -> list[slice]:
    """Cut a batch of `streams` columns into `shares` parts of about equal size, fewer if some would be empty."""
    parts = max(1, min(shares, streams))
    return [slice(start, stop) for start, stop in pairwise(streams * k // parts for k in range(parts + 1))]


def columns(state: State, part: slice) -> State:
    """Return some streams of a state."""
    return tuple(tuple(tensor[:, part] for tensor in layer) for layer in state)


def joined(states: list[State]) -> State:
    """Return the state of all streams; the reverse of `columns`."""
    if len(states) == 1:
        return states[0]
    return tuple(
        tuple(torch.cat(parts, 1) for parts in zip(*layers, strict=True)) for layers in zip(*states, strict=True)
    )


def generators(seed: int, shares: int) -> tuple[torch.Generator | None, ...]:
    """Return a random number generator for each share; None, torch's own, for a single one."""
    if shares == 1:
        return (None,)
    seeds = [int(np.random.SeedSequence((seed, k)).generate_state(1, np.uint64)[0] >> 1) for k in range(shares)]
    return tuple(torch.Generator().manual_seed(seed) for seed in seeds)
