"""Folds a run's events into what a chart shows: curves, marks, samples and reference losses."""

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from charplay.playground.run_curves import RunCurves, characters_per_step
from charplay.playground.run_marks import Marks, UndoStack, with_mark
from charplay.protocol.events import ASKED, Changed, Evaluated, Event, Paused, Progress, Row, Sampled, Started

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.runs.run import Run

Told = TypeVar("Told", bound=Event)

OF_A_TEXT = ("uniform", "single characters")
"""Reference losses: what knowing nothing of a text, and knowing how often each character comes, is worth."""


class RunHistory:
    """What the run under way has told over time, or the last one; each `Started` begins anew.

    A run that is taken up has what its folder has of it, up to the step where it goes on.
    """

    def __init__(self) -> None:
        self.begun = False
        """Whether a run's events were heard."""
        self.curves = RunCurves()
        self.marks: Marks = []
        self.samples: list[Sampled] = []
        """The newest round."""
        self.levels: dict[str, float] = {}
        """Reference losses by name, nats a character. Those that are of no text outlast a run."""
        self.recipe: dict[str, object] = {}
        """The run's, under the values that it has now."""
        self._changes = UndoStack()

    def apply(self, event: Event) -> None:
        """Learn from an event."""
        match event:
            case Started():
                self._begin(event)
            case Progress():
                self.curves.add(event.rows)
            case Evaluated():
                row = Row(step=event.step, epoch=event.epoch, seconds=event.seconds,
                          val_loss=event.val_loss, val_accuracy=event.val_accuracy)  # fmt: skip
                self.curves.add([row])
            case Changed():
                self._change(event)
            case Paused() if event.reason != ASKED:
                self.marks = [*self.marks, (event.step, event.reason)]
            case Sampled():
                self.samples = newest_round(self.samples, event)
            case _:
                pass

    def read_corpus(self, corpus: "Corpus | None") -> None:
        """Until a run has begun, take the reference losses of the text that was chosen; None while it is not read."""
        if self.begun:
            return
        if corpus is not None:
            self._measure_text(len(corpus.vocabulary), corpus.unigram_entropy())
        else:
            self.levels = {name: level for name, level in self.levels.items() if name not in OF_A_TEXT}

    def _measure_text(self, vocabulary_size: int, unigram_entropy: float) -> None:
        self.levels |= dict(zip(OF_A_TEXT, (math.log(vocabulary_size), unigram_entropy), strict=True))

    def _begin(self, event: Started) -> None:
        self.begun = True
        self._measure_text(event.vocabulary_size, event.unigram_entropy)
        self.recipe = dict(event.recipe)
        self.curves = RunCurves(characters_per_step(event.recipe))
        self.marks, self._changes, self.samples = [], UndoStack(), []
        if event.resumed:
            from charplay.runs.run import Run, RunError

            with suppress(RunError, OSError):  # the curve then begins where the run goes on
                self._read_kept(Run.open(Path(event.folder)), event.step)

    def _read_kept(self, run: "Run", last: int) -> None:
        self.curves = kept_curves(run, last)
        for change in kept_changes(run, last):
            self._mark(change)
        for sample in kept_samples(run, last):
            self.samples = newest_round(self.samples, sample)

    def _change(self, change: Changed) -> None:
        if change.field == "undo":
            self.curves.cut(change.step)
        else:
            self.recipe |= {change.field: change.new}
            self.curves.read_on(change.step, characters_per_step(self.recipe))
        self._mark(change)

    def _mark(self, change: Changed) -> None:
        if self._changes.take(change):
            self.marks = with_mark(self.marks, change)


def newest_round(samples: Iterable[Sampled], one: Sampled) -> list[Sampled]:
    """Return the round that a sample belongs to, with it: a sample of another step begins a new one."""
    return [*(each for each in samples if each.step == one.step), one]


def kept_curves(run: "Run", last: float = math.inf) -> RunCurves:
    """Read a run's curves from its folder, up to the step `last`: what lies beyond will be trained again."""
    recipe = run.resolved.model_dump()
    curves = RunCurves(characters_per_step(recipe))
    for change in kept_changes(run, last):
        recipe[change.field] = change.new
        curves.read_on(change.step, characters_per_step(recipe))
    curves.read(row for row in run.metrics() if row["step"] <= last)
    return curves


def kept_changes(run: "Run", last: float) -> list[Changed]:
    """Read the live changes up to the step `last`, undos among them."""
    return _told(Changed, run.changes(), last)


def kept_samples(run: "Run", last: float) -> list[Sampled]:
    """Read the text samples up to the step `last`."""
    return _told(Sampled, run.samples(), last)


def _told(kind: type[Told], rows: Iterable[Mapping[str, Any]], last: float) -> list[Told]:
    """The rows as the events that they were. One that lacks something was written by hand, or by another version."""
    names = {each.name for each in fields(kind)}
    return [kind(**row) for row in rows if row["step"] <= last and row.keys() == names]
