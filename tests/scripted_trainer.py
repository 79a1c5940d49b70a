"""A trainer that does what a script says: no torch, no sleeping."""

import queue
from collections.abc import Iterator
from pathlib import Path

import numpy as np

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
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.recipes.resolve import resolve
from charplay.runs.checkpoint import CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run

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
