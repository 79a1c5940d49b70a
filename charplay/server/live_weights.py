"""The newest weights of a run, in one file for all who are attached to it."""

import math
from pathlib import Path

from charplay.playground.run_state import RunState
from charplay.protocol.events import Published
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, read_checkpoint, write_passing_checkpoint
from charplay.runs.run import Run

PUBLISH_SECONDS = 0.5
"""Between two times that the trainer is asked for its weights, however many ask."""


class LiveWeights:
    """Decides when the trainer is asked for weights, and writes what it publishes; nothing is written unasked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._asked = -math.inf
        self._wanted = False
        self._run: Run | None = None

    def want(self) -> None:
        """Note that a client wants weights."""
        self._wanted = True

    def due(self, now: float) -> bool:
        """Whether the trainer is to be asked now; asking is taken as done."""
        if not self._wanted or now - self._asked < PUBLISH_SECONDS:
            return False
        self._wanted, self._asked = False, now
        return True

    def write(self, published: Published, state: RunState) -> None:
        """Write a run's weights as a checkpoint. CheckpointError, RunError, OSError: the file before stays."""
        if self._run is None:
            self._run = Run.open(Path(state.folder))
        checkpoint = Checkpoint(
            tensors=published.weights,
            recipe=Recipe.model_validate(dict(state.recipe)),
            vocabulary=self._run.vocabulary,
            corpus=self._run.corpus,
            held_out_corpus=self._run.held_out_corpus,
            step=published.step,
            epoch=0.0,
            seconds=published.seconds,
        )
        write_passing_checkpoint(self._path, checkpoint)


def read_weights(path: Path) -> Published:
    """Read what a host wrote, as a stranger's checkpoint is read. CheckpointError."""
    checkpoint = read_checkpoint(path)
    return Published(step=checkpoint.step, seconds=checkpoint.seconds, weights=checkpoint.tensors)
