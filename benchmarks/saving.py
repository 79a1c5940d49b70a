"""Checkpoints: how long a durable write takes, and reading one back until it can play."""

import time
from functools import partial
from pathlib import Path

from figures import Figure
from given import Given, new_home
from interleaving import interleaved
from networks import checkpoint

from charplay.corpora.vocabulary import Vocabulary
from charplay.runs.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from charplay.sampling.model import CharModel

SIZES = {"hidden 256": (256, 1), "2 layers of 512": (512, 2)}
USUAL = 0.05
"""Seconds for a write and a reading, about: for the number of rounds."""


def measure(given: Given) -> list[Figure]:
    """Milliseconds."""
    figures = []
    rounds = max(3, round(given.seconds / len(SIZES) / USUAL))
    with new_home() as home:
        for name, size in SIZES.items():
            path, made = home.root / "one.safetensors", checkpoint(*size)
            found = interleaved({"save": partial(_save, path, made), "load": partial(_load, path)}, rounds)
            figures += [Figure.of(f"checkpoint {verb}, {name}", found[verb], "ms") for verb in ("save", "load")]
    return figures


def _save(path: Path, made: Checkpoint) -> float:
    start = time.perf_counter()
    write_checkpoint(path, made)
    return (time.perf_counter() - start) * 1000


def _load(path: Path) -> float:
    start = time.perf_counter()
    made = read_checkpoint(path)
    CharModel.load(made.tensors, made.recipe, Vocabulary(made.vocabulary))
    return (time.perf_counter() - start) * 1000
