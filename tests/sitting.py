"""A sitting without a screen and without torch: a home with one text, runs that were kept, and a clock to be moved."""

import hashlib
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from scripted_library import ScriptedLibrary
from scripted_trainer import LETTERS, VERSE, weights
from spoken_trainer import SpokenTrainer

from charplay.playground.corpus_selection import CorpusSelection
from charplay.playground.happenings import Said
from charplay.playground.instrument import TICKS, Instrument
from charplay.playground.playground import Playground
from charplay.playground.preferences import Preferences
from charplay.playground.recipe_draft import RecipeDraft
from charplay.playground.weight_follower import WeightFollower
from charplay.protocol.events import Event
from charplay.recipes.recipe import Recipe
from charplay.recipes.resolve import resolve
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunStore

FOX = VERSE * 70
ASKED = Recipe.model_validate({"hidden_size": 12, "embedding_size": 8, "num_layers": 1, "steps": 1000})
"""What runs that were kept were asked to be."""


def fox_home(root: Path) -> Home:
    """Make a home that has the fox."""
    home = Home(root)
    home.prepare()
    (home.corpora / "fox.txt").write_text(FOX)
    return home


def keep_run(
    home: Home, name: str = "kept-1", *, step: int = 500, corpus: str = "fox", rows: Iterable[int] = (100,),
    saved: bool = True, finished: bool = False,
) -> Run:  # fmt: skip
    """Keep a small run that learned the fox; `rows`: steps that its metrics tell of; `saved`: it has checkpoints."""
    recipe = resolve(ASKED, len(FOX), len(LETTERS)).recipe
    origin = CorpusOrigin(corpus, "", hashlib.sha256(FOX.encode()).hexdigest(), len(FOX))
    run = Run.create(
        home.checkpoints, asked=ASKED, resolved=recipe, corpus=origin, vocabulary=LETTERS, facts={}, name=name
    )
    run.append("metrics", [{"step": at, "epoch": at / 500, "seconds": at / 20, "train_loss": 2.0, "val_loss": 2.1}
                           for at in rows])  # fmt: skip
    if saved:
        checkpoint = Checkpoint(
            tensors=weights(recipe, step), recipe=recipe, vocabulary=LETTERS, corpus=origin, step=step,
            epoch=1.0, seconds=10.0, train_loss=2.0, val_loss=2.1,
        )  # fmt: skip
        run.write_latest(checkpoint)
        run.write_best(checkpoint)
    if finished:
        run.finish({"steps": step, "val_loss": 2.1})
    return run


class Sitting:
    """A real playground with a trainer that a test speaks for; it goes on when the test says so."""

    def __init__(
        self, home: Home, preferences: Preferences | None = None, *, trainer: SpokenTrainer | None = None
    ) -> None:
        """The fox is chosen, unless `preferences` say otherwise."""
        self.home = home
        self.now = 1000.0
        self.trainer = trainer or SpokenTrainer()
        self.library = ScriptedLibrary(home)
        self.happened: list[object] = []
        """Everything so far; a test may clear it."""
        self.playground = Playground(
            home, self.trainer, open_library=lambda: self.library, open_store=lambda: RunStore(home),
            preferences=preferences or Preferences(corpus="fox"), clock=lambda: self.now,
        )  # fmt: skip

    @property
    def corpora(self) -> CorpusSelection:
        return self.playground.corpora

    @property
    def draft(self) -> RecipeDraft:
        """The next run, which has begun to be filled."""
        assert self.playground.draft is not None
        return self.playground.draft

    @property
    def instrument(self) -> Instrument:
        return self.playground.instrument

    @property
    def follower(self) -> WeightFollower:
        """Which weights play; once writing has begun."""
        assert self.playground.follower is not None
        return self.playground.follower

    @property
    def text(self) -> str:
        """What is written."""
        transcript = self.instrument.transcript
        assert transcript is not None
        return transcript.text()

    @property
    def said(self) -> list[str]:
        """Everything that was said so far."""
        return [each.sentence for each in self.happened if isinstance(each, Said)]

    # It goes on.

    def advance(self, seconds: float = 0.0) -> list[object]:
        """Go on once, so much later; what happened."""
        self.now += seconds
        happened = self.playground.advance(self.now)
        self.happened += happened
        return happened

    def pass_time(self, seconds: float) -> list[object]:
        """Let time pass, tick by tick; what happened meanwhile."""
        happened: list[object] = []
        for _ in range(round(seconds * TICKS)):
            happened += self.advance(1 / TICKS)
        return happened

    def hear(self, *events: Event) -> list[object]:
        """Have the trainer tell events; what happened then, but for the events themselves."""
        self.trainer.tell(*events)
        told = {id(event) for event in events}
        return [each for each in self.advance() if id(each) not in told]

    def listen(self) -> list[str]:
        """Go on once; what is said then."""
        return [each.sentence for each in self.advance() if isinstance(each, Said)]

    def until(self, condition: Callable[[], object]) -> None:
        """Let it go on, without a second passing, until the condition holds; an AssertionError after a while."""
        pause = threading.Event()
        for _ in range(4000):
            if condition():
                return
            self.advance()
            pause.wait(0.001)
        raise AssertionError(f"it never came true; {self.happened}")

    def quiet(self) -> None:
        """Let it go on until nothing is under way any more."""
        self.advance()
        self.until(lambda: len(self.playground.jobs) == 0)
        self.advance()

    # What a test begins with.

    def begin(self) -> "Sitting":
        """List the runs and read the chosen text; nothing of it counts as having happened."""
        self.playground.begin()
        self.quiet()
        self.happened.clear()
        return self

    def begin_writing(self) -> "Sitting":
        """Make what writes."""
        self.playground.begin_writing()
        return self

    def open(self, name: str = "fox") -> None:
        """Have a text chosen and read, at once."""
        self.corpora.corpus = self.playground.open_text(name)

    def play(self, run: Run) -> None:
        """Let a run's best checkpoint write."""
        assert run.best is not None
        self.follower.play(run.best, run.name)
