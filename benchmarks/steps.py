"""A training step on a processor: what keeping its memory, and drawing dropout in 16 bits, save of it."""

import subprocess
import sys
import time
from functools import partial
from statistics import median
from unittest.mock import patch

from figures import Figure
from given import Given
from interleaving import interleaved, ratios

SHAPES = {"2x256, dropout 0.2": (256, 2, 0.2), "1x416, no dropout": (416, 1, 0.0), "1x128, no dropout": (128, 1, 0.0)}
WAYS = {"torch's way": (), "memory kept": ("kept",), "memory kept, short dropout": ("kept", "short")}
STREAMS, LENGTH, SYMBOLS = 64, 96, 65
USUAL = 8.0
"""Seconds that a program of its own takes, about: memory is kept for good, once it is."""


def measure(given: Given) -> list[Figure]:
    """Ratios of times, and milliseconds."""
    figures = []
    for name, shape in SHAPES.items():
        ways = {way: told for way, told in WAYS.items() if shape[2] or "short" not in told}
        rounds = max(2, round(given.seconds / USUAL))
        found = interleaved({way: partial(_program, shape, told) for way, told in ways.items()}, rounds)
        plain, *better = ways
        figures += [
            Figure.of(f"step of {name}, {way}, against torch's way", ratios(found[way], found[plain])) for way in better
        ]
        figures += [Figure.of(f"step of {name}, {way}", times, "ms") for way, times in found.items()]
    return figures


def _program(shape: tuple[int, int, float], told: tuple[str, ...]) -> float:
    command = [sys.executable, __file__, *map(str, shape), *told]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _steps(hidden: int, layers: int, share: float, told: list[str]) -> float:
    """Milliseconds of a step, forward and backward, once the first few are over."""
    from charplay.training import device, dropout, malloc

    device.prepare_environment()
    if "kept" in told:
        malloc.disable_trim()
    import torch
    from torch.nn import functional

    from charplay.recipes.recipe import Recipe
    from charplay.training.network import CharNet

    if "short" not in told:
        patch.object(dropout, "drop", lambda values, share, _generator: functional.dropout(values, share)).start()
    torch.set_num_threads(2)
    drops = dict.fromkeys(("input_dropout", "dropout", "output_dropout"), share)
    sizes = {"hidden_size": hidden, "num_layers": layers, "embedding_size": 64}
    network = CharNet(Recipe.model_validate(drops | sizes), SYMBOLS)
    ids, state = torch.randint(SYMBOLS, (LENGTH, STREAMS)), network.zero_state(STREAMS)
    times = []
    for _ in range(14):
        start = time.perf_counter()
        network.zero_grad()
        torch.autograd.backward(functional.cross_entropy(network(ids, state)[0].flatten(0, 1), ids.flatten()))
        times.append(time.perf_counter() - start)
    return 1000 * median(times[4:])


if __name__ == "__main__":
    print(_steps(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
