"""A trainer that answers commands at once and keeps a real run: no thread, no torch, no learning."""

from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np
from spoken_trainer import SpokenTrainer, progress, row, started

from charplay.protocol.commands import Command, Pause, PublishWeights, Resume, Save, SetHyperparameter, Stop
from charplay.protocol.events import Changed, Evaluated, Event, Paused, Published, Resumed, Saved, Stopped
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.recipes.resolve import resolve
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run


class AnsweringTrainer(SpokenTrainer):
    """Answers commands as a trainer does. It learns nothing: its weights are random, others at each step, and saved."""

    def __init__(self, text: Path, name: str) -> None:
        """`text`: the file that is trained on, called by its name without the ending; `name`: of the run."""
        super().__init__()
        self.text = text
        self.name = name
        self.characters = len(text.read_text())
        self.vocabulary = "".join(sorted(set(text.read_text())))
        self.step = 0
        self.run: Run | None = None
        self._waiting: list[Command] = []
        """Commands to a run that has not begun."""

    def send(self, command: Command) -> None:
        super().send(command)
        if self.run is not None:
            self.tell(*self._answer(self.run, command))
        else:
            self._waiting.append(command)

    def begin(self) -> Run:
        """Tell that the run asked for has started, and answer the commands that waited for it."""
        request = self.requests[-1]
        self.run = run = Run.open(Path(request.resume)) if request.resume else self._create()
        self.tell(
            started(step=self.step, run=run.name, folder=str(run.folder), recipe=run.resolved.model_dump(),
                    corpus=run.corpus.name, characters=self.characters, vocabulary_size=len(self.vocabulary),
                    total_steps=1000, resumed=bool(request.resume))
        )  # fmt: skip
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.tell(*self._answer(run, command))
        return run

    def learn(self, step: int) -> None:
        """Tell of steps up to this one, of two rows and of an evaluation."""
        assert self.run is not None
        rows = [row(at, train_loss=3.0 - at / 1000) for at in (step - 50, step)]
        self.step = step
        self.run.append("metrics", map(asdict, rows))
        self.tell(progress(step, rows))
        self.tell(Evaluated(step=step, seconds=step / 20, epoch=step / 500, val_loss=2.9, val_accuracy=0.2, best=True))

    def weights(self) -> dict[str, np.ndarray]:
        assert self.run is not None
        draw = np.random.default_rng(self.step)
        shapes = tensor_shapes(self.run.resolved, len(self.vocabulary))
        return {name: draw.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}

    def _create(self) -> Run:
        request = self.requests[-1]
        asked = Recipe.model_validate(dict(request.recipe))
        digest = sha256(self.text.read_bytes()).hexdigest()
        return Run.create(
            Home(Path(request.home)).checkpoints, asked=asked,
            resolved=resolve(asked, self.characters, len(self.vocabulary)).recipe,
            corpus=CorpusOrigin(self.text.stem, str(self.text), digest, self.characters),
            vocabulary=self.vocabulary, facts={}, name=self.name,
        )  # fmt: skip

    def _answer(self, run: Run, command: Command) -> Iterator[Event]:
        match command:
            case PublishWeights():
                yield Published(step=self.step, weights=self.weights())
            case Pause():
                yield Paused(step=self.step)
            case Resume():
                yield Resumed(step=self.step)
            case SetHyperparameter(field, value):
                changed = Changed(step=self.step, field=field, old=None, new=value)
                run.append("changes", [asdict(changed)])
                yield changed
            case Save():
                yield self._save(run)
            case Stop(reason):
                yield self._save(run)
                yield Stopped(step=self.step, reason=reason, run=run.name)
                self.alive, self.run = False, None

    def _save(self, run: Run) -> Saved:
        checkpoint = Checkpoint(
            tensors=self.weights(), recipe=run.resolved, vocabulary=self.vocabulary, corpus=run.corpus, step=self.step,
            epoch=self.step / 500, seconds=self.step / 20, train_loss=2.8, val_loss=2.9,
        )  # fmt: skip
        run.write_latest(checkpoint)
        run.write_best(checkpoint)
        return Saved(step=self.step, path="latest.safetensors", best=True)
