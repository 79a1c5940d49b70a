"""A home, and a trainer that does what a script says: no torch, no sleeping."""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from textual.geometry import Size
from textual.pilot import Pilot

from charplay.corpora.library import Library
from charplay.protocol.commands import Command, Pause, PublishWeights, Resume, SetHyperparameter, StepOnce, Stop
from charplay.protocol.events import (
    Changed,
    Evaluated,
    Event,
    Paused,
    Preparing,
    Progress,
    Published,
    Resumed,
    Row,
    Saved,
    Started,
    Stopped,
)
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.fields import Recipe
from charplay.recipes.resolve import resolve
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.shelf import Shelf
from charplay.sampling.model import tensor_shapes
from charplay.tui.app import CharplayApp

settings.register_profile("tui", deadline=None)  # how long an example takes is the machine's affair
settings.load_profile("tui")

LETTERS = "\n abcdefghijklmnopqrstuvwxyz"
VERSE = "the quick brown fox jumps over the lazy dog\nand goes on to say so once again\n"


class ScriptedTrainer:
    """Yields what the test puts into `script`, answers commands as a trainer would, and keeps both for looking at."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.script: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
        self.requests: list[TrainRequest] = []
        self.commands: list[Command] = []
        self.step = 0
        """Of the newest event that was made."""
        self.told = 0
        """Of the newest event that was told."""
        self.deaf = False
        self.begun = False
        """Whether the run under way has started: orders that need a network wait for it, as with a trainer."""
        self.at_work = 0
        self.most_at_work = 0
        self.run: Run | None = None

    def __call__(self, request: TrainRequest, inbox: CommandQueue) -> Iterator[Event]:
        self.requests.append(request)
        self.at_work += 1
        self.begun = False
        self.most_at_work = max(self.most_at_work, self.at_work)
        try:
            yield from self.work(inbox)
        finally:
            self.at_work -= 1

    def work(self, inbox: CommandQueue) -> Iterator[Event]:
        yield Preparing(phase="importing torch")
        early: list[Command] = []
        while True:
            for command in (*(early if self.begun else ()), *inbox.take(wait=0.005)):
                if isinstance(command, PublishWeights | SetHyperparameter) and not self.begun:
                    early = [command]
                    continue
                early = []
                self.commands.append(command)
                if not self.deaf:
                    yield from self.answer(command)
                    if isinstance(command, Stop):
                        return
            while not self.script.empty():
                event = self.script.get()
                if isinstance(event, BaseException):
                    raise event
                yield event
                self.told = event.step
                if isinstance(event, Started):
                    self.begun = True
                    break  # between two steps orders are carried out, before the first one, too
                if event.kind in {"finished", "stopped", "failed"}:
                    return

    def answer(self, command: Command) -> Iterator[Event]:
        match command:
            case Stop():
                yield Saved(step=self.step, path="latest.safetensors", best=False)
                yield Stopped(step=self.step, reason=command.reason, run=self.run.name if self.run else None)
            case PublishWeights():
                yield self.published()
            case Pause():
                yield Paused(step=self.step)
            case Resume():
                yield Resumed(step=self.step)
            case StepOnce():
                yield self.progress(self.step + 1)
            case SetHyperparameter():
                yield Changed(step=self.step, field=command.field, old=None, new=command.value)

    def put(self, *events: Event | BaseException) -> None:
        for event in events:
            self.script.put(event)

    def started(self, *, step: int = 0, notes: tuple[str, ...] = ()) -> Started:
        request = self.requests[-1]
        asked = Recipe.model_validate({**request.recipe, "hidden_size": 12, "embedding_size": 8, "num_layers": 1})
        resolved = resolve(asked, 5000, len(LETTERS)).recipe
        origin = CorpusOrigin("fox", "", "0" * 64, 5000)
        if request.resume:
            self.run = Run.open(Path(request.resume))
        else:
            self.run = Run.create(self.home.checkpoints, asked=asked, resolved=resolved, corpus=origin,
                                  vocabulary=LETTERS, facts={})  # fmt: skip
        return Started(
            step=step, run=self.run.name, folder=str(self.run.folder), recipe=resolved.model_dump(), parameters=1234,
            corpus="fox", characters=5000, vocabulary_size=len(LETTERS), unigram_entropy=2.75, total_steps=3000,
            device="cpu, 2 threads",
            resumed=request.resume is not None, notes=notes,
        )  # fmt: skip

    def progress(self, step: int, total: int = 3000) -> Progress:
        loss = 1.4 + 1.9 * np.exp(-step / 400)
        first, self.step = self.step, step
        rows = tuple(
            Row(step=at, epoch=at / 500, seconds=at / 20, train_loss=1.4 + 1.9 * float(np.exp(-at / 400)),
                train_accuracy=0.5, learning_rate=3e-3, grad_norm=0.7, chars_per_second=41_000.0)
            for at in range(first + 10, step + 1, 10)
        )  # fmt: skip
        row = Row(step=step, epoch=step / 500, seconds=step / 20, train_loss=float(loss), learning_rate=3e-3)
        return Progress(step=step, seconds=step / 20, rows=(*rows, row), epoch=step / 500, total_steps=total,
                        done=step / total, chars_per_second=41_000.0, seconds_left=(total - step) / 20)  # fmt: skip

    def evaluated(self, step: int, loss: float, *, best: bool = True) -> Evaluated:
        return Evaluated(step=step, seconds=step / 20, epoch=step / 500, val_loss=loss, val_accuracy=0.5, best=best)

    def published(self) -> Published:
        assert self.run is not None
        return Published(step=self.told, weights=weights(self.run.resolved))


def weights(recipe: Recipe) -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    shapes = tensor_shapes(recipe, len(LETTERS))
    return {name: random.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.corpora / "fox.txt").write_text(VERSE * 70)
    return home


@pytest.fixture
def trainer(home: Home) -> ScriptedTrainer:
    return ScriptedTrainer(home)


class Device:
    name, title, free, total = "cpu", "CPU, 2 threads", 4 << 30, 8 << 30


@pytest.fixture
def make_app(home: Home, trainer: ScriptedTrainer) -> Callable[..., CharplayApp]:
    def make(path: str | None = "fox", **over: object) -> CharplayApp:
        library = over.get("library") or Library(home.corpora, home.cache)
        measure = over.get("measure", lambda *_: 61.0)
        return CharplayApp(home, lambda: library, lambda: Shelf(home), trainer, lambda: [Device], measure, path)

    return make


@pytest.fixture
def kept_run(home: Home) -> Callable[..., Run]:
    """Makes a run that was kept, unfinished or finished."""

    def make(*, name: str = "kept-1", step: int = 500, finished: bool = False) -> Run:
        asked = Recipe.model_validate({"hidden_size": 12, "embedding_size": 8, "num_layers": 1, "steps": 1000})
        resolved = resolve(asked, 5000, len(LETTERS)).recipe
        origin = CorpusOrigin("fox", "", "0" * 64, 5000)
        run = Run.create(home.checkpoints, asked=asked, resolved=resolved, corpus=origin, vocabulary=LETTERS,
                         facts={}, name=name)  # fmt: skip
        checkpoint = Checkpoint(tensors=weights(resolved), recipe=resolved, vocabulary=LETTERS, corpus=origin,
                                step=step, epoch=1.0, seconds=10.0, train_loss=2.0, val_loss=2.1)  # fmt: skip
        run.append("metrics", [{"step": at, "epoch": at / 500, "seconds": at / 20, "train_loss": 2.0, "val_loss": 2.1}
                            for at in range(100, step + 1, 100)])  # fmt: skip
        run.write_latest(checkpoint)
        run.write_best(checkpoint)
        if finished:
            run.finish({"steps": step, "val_loss": 2.1})
        return run

    return make


class Played:
    """An app under way with its pilot, its trainer, and a way to wait for something to become true."""

    def __init__(self, app: CharplayApp, pilot: Pilot[None], trainer: ScriptedTrainer) -> None:
        self.app = app
        self.pilot = pilot
        self.trainer = trainer
        self.main = app._main

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the screen go on until the condition holds, and show it; an AssertionError after a while."""
        for _ in range(600):
            if condition():
                break
            await asyncio.sleep(0.01)
        else:
            raise AssertionError("it never came true")
        if self.app.screen_stack:  # not where it was left
            await self.pilot.pause()

    async def ready(self) -> "Played":
        """The panes are filled and the chosen text was read."""
        await self.until(lambda: self.main.furnished and self.main.form.draft and self.main.playground.corpora.corpus)
        return self

    async def training(self) -> None:
        """Press `t` and have the run's first step behind it."""
        await self.press("t")
        await self.until(lambda: self.trainer.requests)
        self.trainer.put(self.trainer.started(), self.trainer.progress(100))
        await self.until(lambda: self.main.session.live.state == "training")

    def seen(self) -> str:
        """Everything on the screen, as text."""
        width, height = self.app.size
        strips = self.app.screen._compositor.render_strips(Size(width, height))
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)


@pytest.fixture
def play(
    make_app: Callable[..., CharplayApp], trainer: ScriptedTrainer
) -> Callable[..., AbstractAsyncContextManager[Played]]:
    @asynccontextmanager
    async def played(
        size: tuple[int, int] = (120, 40), *, writing: bool = False, **over: object
    ) -> AsyncIterator[Played]:
        app = make_app(**over)
        async with app.run_test(size=size) as pilot:
            it = await Played(app, pilot, trainer).ready()
            # Where text is written beside it, what a key did is not all that changes.
            it.main.text.playing = writing
            it.main.text._say_hint()  # at once, not at a later tick, which would say it over what a test waits for
            yield it
            await app._main.session.close("asked", 2.0)

    return played
