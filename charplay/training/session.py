"""One run under way: the parts that training is made of, and how they are written down and taken up again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch

from charplay.recipes.fields import Recipe
from charplay.runs.checkpoint import Checkpoint
from charplay.runs.run import Run
from charplay.training.budget import Budget, Clock
from charplay.training.evaluation import Evaluation
from charplay.training.judge import Judge
from charplay.training.keeper import Keeper
from charplay.training.learner import Learner
from charplay.training.ledger import Ledger
from charplay.training.samples import Sampler


@dataclass
class Session:
    """Everything that the trainer works with. What it holds between two steps is all that a resumed run needs."""

    run: Run
    recipe: Recipe
    """Resolved."""
    learner: Learner
    ledger: Ledger
    judge: Judge
    budget: Budget
    clock: Clock
    evaluation: Evaluation
    sampler: Sampler
    keeper: Keeper
    rate: float
    """The learning rate at the schedule's peak, as it stands now."""
    due: list[str] = field(default_factory=list)
    """What this step still owes, in order: evaluate, sample, save."""
    found_best: bool = False
    """Whether these weights are the best so far and not yet saved as such."""

    @property
    def step(self) -> int:
        """Steps in the books."""
        return self.ledger.step

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array of a save."""
        return self.learner.arrays() | {"recent": np.array(self.ledger.recent, dtype=np.float32)}

    def state(self) -> dict[str, Any]:
        """Every other thing of a save, as JSON takes it."""
        return {
            "seconds": self.clock.seconds,
            "rate": self.rate,
            "schedule_start": self.budget.start,
            "due": [duty for duty in self.due if duty != "save"],
            "learner": self.learner.counters(),
            "ledger": self.ledger.state(),
            "judge": asdict(self.judge),
        }

    def load(self, arrays: dict[str, np.ndarray], state: Mapping[str, Any]) -> None:
        """Put back what `arrays` and `state` gave; the budget and the clock are the opener's."""
        self.learner.load(arrays, state["learner"])
        self.ledger.load(state["ledger"], arrays["recent"])
        self.judge = Judge(**state["judge"] | {"patience": self.recipe.patience})
        self.rate = state["rate"]
        self.due = list(state["due"])

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
