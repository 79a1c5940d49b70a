"""A sitting over a home with one text and small runs, without a screen and without a trainer."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from spoken_trainer import SpokenTrainer

from charplay.corpora.library import Library
from charplay.playground.happenings import Said
from charplay.playground.playground import Playground
from charplay.playground.preferences import Preferences
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.recipes.resolve import resolve
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunStore

LETTERS = "\n abcdefghijklmnopqrstuvwxyz"
VERSE = "the quick brown fox jumps over the lazy dog\nand goes on to say so once again\n"
FOX = VERSE * 70


def small_home(root: Path) -> Home:
    """Make a home that has the fox."""
    home = Home(root)
    home.prepare()
    (home.corpora / "fox.txt").write_text(FOX)
    return home


def keep_run(home: Home, name: str = "kept-1", step: int = 500) -> Run:
    """Keep a run of 12 units that learned the fox."""
    asked = Recipe.model_validate({"hidden_size": 12, "embedding_size": 8, "num_layers": 1, "steps": 1000})
    recipe = resolve(asked, len(FOX), len(LETTERS)).recipe
    corpus = CorpusOrigin("fox", "", hashlib.sha256(FOX.encode()).hexdigest(), len(FOX))
    run = Run.create(
        home.checkpoints, asked=asked, resolved=recipe, corpus=corpus, vocabulary=LETTERS, facts={}, name=name
    )
    random = np.random.default_rng(step)
    tensors = {
        each: random.normal(0, 0.3, shape).astype(np.float32)
        for each, shape in tensor_shapes(recipe, len(LETTERS)).items()
    }
    checkpoint = Checkpoint(
        tensors=tensors, recipe=recipe, vocabulary=LETTERS, corpus=corpus, step=step, epoch=1.0, seconds=10.0,
        train_loss=2.0, val_loss=2.1,
    )  # fmt: skip
    run.write_latest(checkpoint)
    run.write_best(checkpoint)
    return run


@dataclass
class Sitting:
    """A playground, and a clock that a test sets."""

    home: Home
    preferences: Preferences = field(default_factory=Preferences)
    now: float = 0.0

    def __post_init__(self) -> None:
        home = self.home
        self.playground = Playground(
            home, SpokenTrainer(), open_library=lambda: Library(home.corpora, home.cache),
            open_store=lambda: RunStore(home), preferences=self.preferences, clock=lambda: self.now,
        )  # fmt: skip
        self.playground.begin_writing()

    def choose(self, name: str = "fox") -> None:
        """Choose a text, and have it read."""
        self.playground.corpora.corpus = self.playground.open_text(name)

    def play(self, run: Run) -> None:
        """Let a run's best checkpoint write."""
        assert run.best is not None
        assert self.playground.follower is not None
        self.playground.follower.play(run.best, run.name)

    @property
    def text(self) -> str:
        """What is written."""
        transcript = self.playground.instrument.transcript
        assert transcript is not None
        return transcript.text()

    def pass_time(self, seconds: float) -> list[object]:
        """Let time pass, tick by tick; what happened meanwhile."""
        happened: list[object] = []
        for _ in range(round(seconds * 30)):
            self.now += 1 / 30
            happened += self.playground.advance(self.now)
        return happened

    def said(self) -> list[str]:
        """What is said by now."""
        return [each.sentence for each in self.playground.advance(self.now) if isinstance(each, Said)]
