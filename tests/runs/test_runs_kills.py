"""Checkpoints under kills at any moment.

A child tells of each save before it begins; the parent kills it without warning and reads.
"""

import itertools
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from charplay.fs import atomic
from charplay.runs.checkpoint import Checkpoint, CheckpointError, read_checkpoint, write_checkpoint


def save_for_ever(path: Path, template: Checkpoint, tell: int) -> None:
    for step in itertools.count(1):
        tensors = {name: np.full_like(tensor, step) for name, tensor in template.tensors.items()}
        os.write(tell, b"%d\n" % step)
        write_checkpoint(path, replace(template, tensors=tensors, step=step))


def write_in_place(path: Path, data: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), 4096):
            file.write(data[start : start + 4096])


def survives_a_kill(path: Path, template: Checkpoint, delay: float) -> bool:
    """Whether the file is readable, all of one save, and no older than the last one that was done."""
    reading, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            save_for_ever(path, template, tell)
        finally:
            os._exit(1)
    os.close(tell)
    with os.fdopen(reading, "rb") as told:
        begun = [told.readline(), told.readline()]  # by the second the first is done
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        last = int([*begun, *told.read().split()][-1])
    try:
        read = read_checkpoint(path)
    except CheckpointError:
        return False
    return last - 1 <= read.step <= last and all((tensor == read.step).all() for tensor in read.tensors.values())


@pytest.fixture(scope="session")
def template(make_checkpoint: Callable[..., Checkpoint]) -> Checkpoint:
    """Large enough that a save takes a moment."""
    return make_checkpoint(hidden_size=200, num_layers=2)


@pytest.mark.fault("47")
def test_kills_at_any_moment_lose_nothing_that_was_done(template: Checkpoint, tmp_path: Path) -> None:
    path, delays = tmp_path / "a.safetensors", random.Random(1)
    kills = int(os.environ.get("CHARPLAY_KILLS", "25"))
    assert sum(survives_a_kill(path, template, delays.uniform(0, 0.05)) for _ in range(kills)) == kills
    atomic.clear_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_in_place_does_not_survive_kills(
    template: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same kills must be able to destroy a file."""
    path, delays = tmp_path / "a.safetensors", random.Random(1)
    monkeypatch.setattr(atomic, "replace_bytes", write_in_place)
    assert not all(survives_a_kill(path, template, delays.uniform(0, 0.05)) for _ in range(25))
