"""The session: all parts of a run that is training, and how they are saved and restored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
import torch

from charplay.recipes.network import examples_per_epoch, memory_bytes, whole
from charplay.recipes.recipe import BUDGETS, LIVE, Recipe
from charplay.runs.checkpoint import Checkpoint
from charplay.runs.run import Run
from charplay.training import device_errors
from charplay.training.budget import Budget, Clock
from charplay.training.early_stopping import EarlyStopping
from charplay.training.evaluation import Evaluation
from charplay.training.learner import Learner
from charplay.training.metrics import MetricsAccumulator
from charplay.training.run_writer import RunWriter
from charplay.training.samples import Sampler


def batch_shape(recipe: Recipe) -> tuple[int, int]:
    """Return T, the characters a step reads of each stream or window, and B, the number of them."""
    return whole(recipe, "sequence_length"), whole(recipe, "batch_size")


@dataclass
class Session:
    """All that the trainer works with. Its `arrays` and `state` between two steps are all that a resumed run needs."""

    run: Run
    recipe: Recipe
    """Resolved, with the current live values."""
    learner: Learner
    metrics: MetricsAccumulator
    early_stopping: EarlyStopping
    budget: Budget
    clock: Clock
    evaluation: Evaluation
    sampler: Sampler
    writer: RunWriter
    due_tasks: list[str] = field(default_factory=list)
    """What is still to be done after this step, in order: evaluate, sample, save."""
    best_unsaved: bool = False
    """Whether these weights are the best so far and not yet saved as such."""
    moment_unsaved: bool = False
    """Whether these weights belong to the timeline and are not yet saved for it."""
    hyperparameters_changed: bool = False
    """Whether a live value was changed since the last save."""

    @property
    def step(self) -> int:
        """Steps whose metrics are recorded."""
        return self.metrics.step

    @property
    def trained_characters(self) -> float:
        """How many characters training has read by now."""
        an_epoch = examples_per_epoch(self.recipe, self.run.corpus.characters) * batch_shape(self.recipe)[0]
        return self.budget.epoch_counter.epochs_at(self.step) * an_epoch

    def out_of_memory_message(self) -> str:
        """Return a sentence for the user when the device is out of memory."""
        run = self.run
        needed = memory_bytes(self.recipe, len(run.vocabulary), run.corpus.characters, run.facts.get("shares", 1))
        return device_errors.out_of_memory_message(str(run.facts["device"]), needed, self.recipe)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return copies of all arrays of a save."""
        return self.learner.arrays() | {"recent": np.array(self.metrics.recent, dtype=np.float32)}

    def state(self) -> dict[str, Any]:
        """Return everything else of a save, as JSON takes it; `ledger` and `judge` are former names that files keep."""
        return {
            "seconds": self.clock.seconds,
            "live": {name: getattr(self.recipe, name) for name in LIVE},
            "asked": {name: getattr(self.run.asked, name) for name in (*LIVE, *BUDGETS)},
            "text": self.run.corpus.sha256,
            "run": self.run.created,
            "rows": self.writer.row_sizes(),
            "due": [task for task in self.due_tasks if task != "save"],
            "learner": self.learner.counters(),
            "ledger": self.metrics.state(),
            "judge": self.early_stopping.state(),
        }

    def load(self, arrays: dict[str, np.ndarray], state: Mapping[str, Any]) -> None:
        """Restore what `arrays` and `state` returned; the recipe must have its live values already.

        The clock and the budget's amount are left as they are.
        """
        self.learner.load(arrays, state["learner"])
        self.metrics.load(state["ledger"], arrays["recent"])
        self.early_stopping = EarlyStopping.from_state(state["judge"], self.recipe.patience)
        self.budget = replace(self.budget, epoch_counter=self.metrics.epoch_counter)
        self.due_tasks = list(state["due"])

    def set_hyperparameters(self, recipe: Recipe) -> None:
        """Use the live values of `recipe` from the next step on; the share of the epoch that is done stays the same."""
        same_shape = batch_shape(recipe) == batch_shape(self.recipe)
        self.recipe = recipe
        self.learner.set_hyperparameters(recipe)
        if not same_shape:
            steps_left = self.learner.rebatch(self.metrics.epochs % 1).steps_left
            self.metrics.epoch_counter = self.metrics.epoch_counter.rebatched(
                self.step, self.learner.steps_per_epoch, steps_left
            )
            self.metrics.characters_per_step = prod(batch_shape(recipe))
            self.budget = replace(self.budget, epoch_counter=self.metrics.epoch_counter)

    def rewind(self, recipe: Recipe, arrays: dict[str, np.ndarray], state: Mapping[str, Any]) -> None:
        """Restore an earlier `recipe`, `arrays` and `state` of this sitting.

        The clock goes on, and a better checkpoint that was written since stays the best.
        """
        undone = self.early_stopping
        self.recipe = recipe
        self.learner.set_hyperparameters(recipe)
        self.learner.rebatch(0.0)
        self.load(arrays, state)
        self.metrics.characters_per_step = prod(batch_shape(recipe))
        # The time since the snapshot belongs to the undone steps, and must not slow the next row's speed.
        self.metrics.row_seconds += self.clock.seconds - state["seconds"]
        if undone.best is not None and (self.early_stopping.best is None or undone.best < self.early_stopping.best):
            self.early_stopping.best, self.early_stopping.best_step = undone.best, undone.best_step
            self.early_stopping.best_val_loss = undone.best_val_loss

    def checkpoint(self, weights: Mapping[str, np.ndarray]) -> Checkpoint:
        """Return a checkpoint of this step with these `weights`, those of the inference network."""
        evaluated = self.early_stopping.last_step == self.step
        return Checkpoint(
            tensors=weights,
            recipe=self.recipe,
            vocabulary=self.run.vocabulary,
            corpus=self.run.corpus,
            held_out_corpus=self.run.held_out_corpus,
            step=self.step,
            epoch=self.metrics.epochs,
            seconds=self.clock.seconds,
            train_loss=self.metrics.final_train_loss(),
            val_loss=self.early_stopping.val_loss if evaluated else None,
            versions={"torch": torch.__version__},
        )
