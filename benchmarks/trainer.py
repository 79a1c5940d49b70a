"""The real trainer, run a slice at a time: every event drained, no thread and no screen."""

import time
from typing import Any

from figures import NotMeasured
from given import Given

from charplay.protocol.commands import Stop
from charplay.protocol.events import Failed, Progress
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home
from charplay.training.run_training import open_training

NEVER = 10**9
WARM_SECONDS = 1.0
LENGTH, STREAMS = 64, 32
CHARACTERS_A_STEP = LENGTH * STREAMS


def stream_recipe(given: Given, hidden_size: int) -> Recipe:
    """Streams in the shapes that `quick` takes for a few minutes, with AdamW."""
    return _endless(given, hidden_size=hidden_size, embedding_size=64, sequence_length=LENGTH, batch_size=STREAMS)


def windows_recipe(given: Given) -> Recipe:
    """The shapes of `nietzsche-lstm`, with the windows of a hundred steps to an epoch."""
    return _endless(
        given,
        input="one-hot",
        embedding_size=None,
        hidden_size=128,
        batching="windows",
        sequence_length=40,
        stride=3,
        window_limit=12_800,
        target="last",
        batch_size=128,
        optimizer="rmsprop",
        clip_norm=None,
    )


def _endless(given: Given, **values: Any) -> Recipe:
    """A recipe that trains until it is stopped.

    It writes rows of metrics as often as a run of minutes does; no evaluation and no planned save falls into what is
    measured.
    """
    return Recipe(
        corpus=given.text,
        num_layers=1,
        output_dropout=0.0,
        learning_rate=1e-3,
        schedule="constant",
        log_every=10,
        steps=NEVER,
        evaluate_every=NEVER,
        save_every=NEVER,
        device=given.device,
        precision="float32",
        **values,
    )


class Slices:
    """A run that stands still between two slices."""

    def __init__(self, home: Home, recipe: Recipe) -> None:
        """Open the run and warm it up."""
        self._inbox = CommandQueue()
        self._events = open_training(TrainRequest(home=str(home.root), recipe=recipe.model_dump()), self._inbox)
        self._step = 0
        self.run(WARM_SECONDS)

    def run(self, seconds: float) -> float:
        """Train for so long; steps a second. The steps are told about ten times a second, when they are all read."""
        start, before = time.perf_counter(), self._step
        for event in self._events:
            if isinstance(event, Failed):
                raise NotMeasured(event.message)
            if isinstance(event, Progress):
                self._step, took = event.step, time.perf_counter() - start
                if took >= seconds and self._step > before:
                    return (self._step - before) / took
        raise NotMeasured("training ended by itself")

    def close(self) -> None:
        """Stop, and let it save."""
        self._inbox.put(Stop())
        for _ in self._events:
            pass
