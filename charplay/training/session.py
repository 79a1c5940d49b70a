"""One run under way: the parts that training is made of, and how they are written down and taken up again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from math import prod
from typing import Any

import numpy as np
import torch

from charplay.recipes.network import memory_bytes, whole
from charplay.recipes.recipe import BUDGETS, LIVE, Recipe
from charplay.runs.checkpoint import Checkpoint
from charplay.runs.run import Run
from charplay.training import failing
from charplay.training.budget import Budget, Clock
from charplay.training.evaluation import Evaluation
from charplay.training.judge import Judge
from charplay.training.keeper import Keeper
from charplay.training.learner import Learner
from charplay.training.ledger import Ledger
from charplay.training.samples import Sampler


def sizes(recipe: Recipe) -> tuple[int, int]:
    """Characters a step and streams or windows: T and B."""
    return whole(recipe, "sequence_length"), whole(recipe, "batch_size")


@dataclass
class Session:
    """Everything that the trainer works with. What it holds between two steps is all that a resumed run needs."""

    run: Run
    recipe: Recipe
    """Resolved, with the live values as they stand now."""
    learner: Learner
    ledger: Ledger
    judge: Judge
    budget: Budget
    clock: Clock
    evaluation: Evaluation
    sampler: Sampler
    keeper: Keeper
    due: list[str] = field(default_factory=list)
    """What this step still owes, in order: evaluate, sample, save."""
    found_best: bool = False
    """Whether these weights are the best so far and not yet saved as such."""
    altered: bool = False
    """Whether a live value was changed since the last save."""

    @property
    def step(self) -> int:
        """Steps in the books."""
        return self.ledger.step

    def no_memory(self) -> str:
        """What to say where the device has no memory left."""
        needed = memory_bytes(self.recipe, len(self.run.vocabulary), self.run.corpus.characters)
        return failing.no_memory(str(self.run.facts["device"]), needed, self.recipe)

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array of a save."""
        return self.learner.arrays() | {"recent": np.array(self.ledger.recent, dtype=np.float32)}

    def state(self) -> dict[str, Any]:
        """Every other thing of a save, as JSON takes it."""
        return {
            "seconds": self.clock.seconds,
            "live": {name: getattr(self.recipe, name) for name in LIVE},
            "asked": {name: getattr(self.run.asked, name) for name in (*LIVE, *BUDGETS)},
            "text": self.run.corpus.sha256,
            "run": self.run.created,
            "rows": self.keeper.row_sizes(),
            "due": [duty for duty in self.due if duty != "save"],
            "learner": self.learner.counters(),
            "ledger": self.ledger.state(),
            "judge": asdict(self.judge),
        }

    def load(self, arrays: dict[str, np.ndarray], state: Mapping[str, Any]) -> None:
        """Put back what `arrays` and `state` gave, under a recipe that has its live values already.

        The clock and the budget's amount are not touched.
        """
        self.learner.load(arrays, state["learner"])
        self.ledger.load(state["ledger"], arrays["recent"])
        self.judge = Judge(**state["judge"] | {"patience": self.recipe.patience})
        self.budget = replace(self.budget, passes=self.ledger.passes)
        self.due = list(state["due"])

    def alter(self, recipe: Recipe) -> None:
        """Train on under other live values; an epoch that is under way stays as far done as it is."""
        same = sizes(recipe) == sizes(self.recipe)
        self.recipe = recipe
        self.learner.alter(recipe)
        if not same:
            left = self.learner.cut(self.ledger.epochs % 1).left
            self.ledger.passes = self.ledger.passes.cut(self.step, self.learner.steps_per_epoch, left)
            self.ledger.characters_per_step = prod(sizes(recipe))
            self.budget = replace(self.budget, passes=self.ledger.passes)

    def go_back(self, recipe: Recipe, arrays: dict[str, np.ndarray], state: Mapping[str, Any]) -> None:
        """Be as it was under `recipe` when `arrays` and `state` were taken.

        But time that was spent is spent, and the best checkpoint of what was done since stays the best.
        """
        since = self.judge
        self.recipe = recipe
        self.learner.alter(recipe)
        self.learner.cut(0.0)
        self.load(arrays, state)
        self.ledger.characters_per_step = prod(sizes(recipe))
        self.ledger.row_seconds += self.clock.seconds - state["seconds"]
        if since.best is not None and (self.judge.best is None or since.best < self.judge.best):
            self.judge.best, self.judge.best_step = since.best, since.best_step
            self.judge.best_val_loss = since.best_val_loss

    def checkpoint(self, weights: Mapping[str, np.ndarray]) -> Checkpoint:
        """A checkpoint of this moment; `weights` are those that play."""
        looked = self.judge.looked == self.step
        return Checkpoint(
            tensors=weights,
            recipe=self.recipe,
            vocabulary=self.run.vocabulary,
            corpus=self.run.corpus,
            step=self.step,
            epoch=self.ledger.epochs,
            seconds=self.clock.seconds,
            train_loss=self.ledger.closing_loss(),
            val_loss=self.judge.val_loss if looked else None,
            versions={"torch": torch.__version__},
        )
