"""Folds a run's events into what a chart shows: curves, marks and samples."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from charplay.corpora.progress import Progress as Share
from charplay.corpora.progress import Watch
from charplay.playground.jobs import BackgroundJob, JobSlot
from charplay.playground.run_curves import RunCurves, characters_per_step
from charplay.playground.run_marks import Marks, UndoStack, with_mark
from charplay.playground.sample_rounds import SampleRounds
from charplay.protocol.events import ASKED, Changed, Evaluated, Event, Paused, Progress, Row, Sampled, Started

if TYPE_CHECKING:
    from charplay.runs.run import Run

Told = TypeVar("Told", bound=Event)


class RunHistory:
    """What the run under way has told over time, or the last one; each `Started` begins anew.

    A run that is taken up has what its folder has of it, up to the step where it goes on.
    """

    def __init__(self) -> None:
        self.begun: Started | None = None
        """What the run said of itself when it began; None before the first."""
        self.curves = RunCurves()
        self.marks: Marks = []
        self.samples = SampleRounds()
        self.recipe: dict[str, object] = {}
        """The run's, under the values that it has now."""
        self._changes = UndoStack()
        self._reading = JobSlot[KeptHistory]()
        """Reads what the folder has of a run that was taken up: a long run's would hold the screen for seconds."""
        self._meanwhile: list[Event] = []
        """What was heard since that began."""

    def apply(self, event: Event) -> None:
        """Learn from an event."""
        if isinstance(event, Started):
            self._begin(event)
            return
        if self._reading.busy:
            self._meanwhile.append(event)
        match event:
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
                self.samples.add(event)
            case _:
                pass

    def _begin(self, event: Started) -> None:
        self.begun = event
        self.recipe = dict(event.recipe)
        self.curves = RunCurves(characters_per_step(event.recipe))
        self.marks, self._changes, self.samples = [], UndoStack(), SampleRounds()
        self._reading.cancel()
        self._meanwhile = []
        if event.resumed:
            work = partial(read_kept, Path(event.folder), event.step)
            self._reading.put(BackgroundJob(work).start())

    @property
    def reading(self) -> bool:
        """Whether what is kept of the run is still being read."""
        return self._reading.busy

    def catch_up(self) -> bool:
        """Take in what was kept of a run, once it is read; return whether that was now.

        Where it cannot be read, the curve begins where the run goes on.
        """
        read = self._reading.take_ended()
        if read is None:
            return False
        heard, self._meanwhile = self._meanwhile, []
        if read.result is not None:
            self._adopt(read.result)
            for event in heard:
                self.apply(event)
        return True

    def _adopt(self, kept: "KeptHistory") -> None:
        self.curves, self.samples, self.marks, self._changes = kept.curves, kept.samples, [], UndoStack()
        for change in kept.changes:
            self._mark(change)

    def _change(self, change: Changed) -> None:
        if change.field == "undo":
            self.curves.cut(change.step)
            self.samples.cut(change.step)
        else:
            self.recipe |= {change.field: change.new}
            self.curves.read_on(change.step, characters_per_step(self.recipe))
        self._mark(change)

    def _mark(self, change: Changed) -> None:
        if self._changes.take(change):
            self.marks = with_mark(self.marks, change)


class KeptHistory(NamedTuple):
    """What a run's folder has of its past."""

    curves: RunCurves
    changes: list[Changed]
    samples: SampleRounds


def read_kept(folder: Path, last: float, watch: Watch | None = None) -> KeptHistory:
    """Read a run's past from its folder, up to the step `last`. RunError, OSError, Cancelled."""
    from charplay.runs.run import Run

    run = Run.open(folder)
    return KeptHistory(kept_curves(run, last, Share(watch)), kept_changes(run, last), kept_samples(run, last))


def kept_curves(run: "Run", last: float = math.inf, progress: Share | None = None) -> RunCurves:
    """Read a run's curves from its folder, up to the step `last`: what lies beyond will be trained again.

    What the chart cannot show of a long history is let go while it is read. Raises Cancelled.
    """
    curves = paced_curves(run, last)
    for share, rows in run.metrics_in_batches():
        if progress is not None:
            progress.at(share)
        curves.read([row for row in rows if row["step"] <= last])
    return curves


def paced_curves(run: "Run", last: float = math.inf) -> RunCurves:
    """Return empty curves that know how many characters each of a run's steps read."""
    from charplay.runs.store import known_bytes

    recipe = run.resolved.model_dump()
    curves = RunCurves(characters_per_step(recipe))
    curves.bytes_per_character = known_bytes(run.vocabulary, run.facts)
    for change in kept_changes(run, last):
        recipe[change.field] = change.new
        curves.read_on(change.step, characters_per_step(recipe))
    return curves


def kept_changes(run: "Run", last: float) -> list[Changed]:
    """Read the live changes up to the step `last`, undos among them."""
    return _told(Changed, run.changes(), last)


def kept_samples(run: "Run", last: float = math.inf) -> SampleRounds:
    """Read the text samples up to the step `last`."""
    rounds = SampleRounds()
    for sample in _told(Sampled, run.samples(), last):
        rounds.add(sample)
    return rounds


def _told(kind: type[Told], rows: Iterable[Mapping[str, Any]], last: float) -> list[Told]:
    """The rows as the events that they were. One that lacks something was written by hand, or by another version."""
    names = {each.name for each in fields(kind)}
    return [kind(**row) for row in rows if row["step"] <= last and row.keys() == names]
