"""The runs that were kept: listed, and what may be done with one of them besides playing and resuming it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from charplay.corpora.progress import Progress, Watch
from charplay.playground.happenings import (
    CurvesRead,
    FamilyRead,
    RunDeleted,
    RunRenamed,
    RunsCompared,
    RunsListed,
    Said,
    SamplesRead,
)
from charplay.playground.jobs import BackgroundJob, JobEnded, JobProgressed, Jobs
from charplay.playground.run_view import RunView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.playground.family_curves import FamilyCurves
    from charplay.playground.run_curves import RunCurves
    from charplay.playground.sample_rounds import SampleRounds
    from charplay.recipes.recipe import Recipe
    from charplay.runs.compared_run import ComparedRun
    from charplay.runs.store import RunStore, RunSummary

Result = TypeVar("Result")

LOOK_SECONDS = 60.0
"""Between two readings of the store: another process may have run, or let go of, what is in it. One takes a fifth of a
millisecond a run, which training would miss if it were often."""


class RunOrigin(NamedTuple):
    """What a run, or a checkpoint, was asked to be, and the text that it learned."""

    recipe: "Recipe"
    corpus: str
    """Name or path of the text."""
    encoding: str
    """As it was named; empty where it was found out."""


class RunList:
    """The runs of a home, newest first, and the demo. What happens to them comes out of `advance`."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.store: RunStore
        self.summaries: Sequence[RunSummary] = ()
        self.view = RunView()
        self.revision = 0
        """Another number after every change."""
        self._looked: float | None = None
        self._listing: BackgroundJob[Sequence[RunSummary]] | None = None
        self._waiting: dict[BackgroundJob[Any], Callable[[Any], object]] = {}
        """Job -> what happened, by its result."""
        self._curves: dict[BackgroundJob[RunCurves], str] = {}
        self._happened: list[object] = []

    def begin(self, store: "RunStore", now: float) -> None:
        """List the runs of a store, and again once a minute."""
        self.store = store
        self._looked = now
        self.refresh()

    def advance(self, now: float) -> list[object]:
        """List the runs anew now and then, and return what happened since the last call."""
        if self._looked is not None and now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self.refresh()
        happened, self._happened = self._happened, []
        return happened

    def refresh(self) -> None:
        """Read the runs anew, in the background."""
        if self._listing is not None:
            self._listing.cancel()

        def work(watch: Watch) -> "Sequence[RunSummary]":
            return self.store.list(Progress(watch).at)

        self._listing = self._jobs.start(BackgroundJob(work))

    def hear(self, news: JobProgressed | JobEnded) -> None:
        """Take in what a job tells, where it is one of these."""
        job = news.job
        if isinstance(news, JobProgressed):
            return
        if job is self._listing:
            self._listing = None
            if job.result is not None:
                self.summaries = job.result
                self.revision += 1
                self._happened.append(RunsListed())
        elif job in self._waiting:
            then = self._waiting.pop(job)
            if job.result is not None:
                self._happened.append(then(job.result))
            else:
                self._complain(job.fault)
        elif job in self._curves:
            self._take_curves(self._curves.pop(job), job)

    @property
    def shown(self) -> "list[RunSummary]":
        """The runs that are looked at, in the order in which they are."""
        return self.view.shown(self.summaries)

    @property
    def advice(self) -> str:
        """What is said below the runs while none of them is one's own; empty otherwise, and before they were read."""
        if self.view.needle and not self.shown:
            return "No run has these words; <run_list.search> searches for others."
        if not self.revision or self.view.needle or any(not run.read_only for run in self.summaries):
            return ""
        return "<training.train> trains a network of your own. It is kept here, to be played or trained on."

    def sort_by_next(self) -> None:
        """Sort by the next thing."""
        self.view.next_order()
        self.revision += 1

    def filter(self, needle: str) -> None:
        """Show only runs that have certain words; all for an empty text."""
        self.view.needle = needle
        self.revision += 1

    @property
    def unfinished(self) -> "RunSummary | None":
        """The newest run that could go on."""
        return next((run for run in self.summaries if run.waiting), None)

    def find(self, name: str) -> "RunSummary | None":
        """Return what is known of a run; None where there is none of that name."""
        return next((run for run in self.summaries if run.name == name), None)

    def playable(self) -> "list[RunSummary]":
        """Return the runs that have a checkpoint."""
        return [run for run in self.summaries if run.playable is not None and not run.broken]

    def origin(self, name: str) -> RunOrigin:
        """Return what a run was asked to be, or the demo; RunError, CheckpointError where that cannot be read."""
        from charplay.runs.checkpoint import read_header

        summary = self.find(name)
        if summary is not None and summary.read_only:  # the demo is a checkpoint without a run
            header = read_header(self.store.checkpoint(name))
            recipe, text = header.recipe, header.corpus
        else:
            run = self.store.find(name)
            recipe, text = run.asked, run.corpus
        return RunOrigin(recipe, recipe.corpus or text.path or text.name, text.encoding)

    @property
    def reading(self) -> list[str]:
        """The runs whose curves are being read."""
        return list(self._curves.values())

    def read_curves(self, name: str) -> None:
        """Read a run's curves, in the background; `CurvesRead` follows, or a sentence why they cannot be read.

        While they are being read, this gives it up.
        """
        under_way = next((job for job, run in self._curves.items() if run == name), None)
        if under_way is not None:
            under_way.cancel()
            del self._curves[under_way]
            return

        def work(watch: Watch) -> "RunCurves":
            from charplay.playground.run_history import kept_curves

            return kept_curves(self.store.find(name), progress=Progress(watch))

        self._curves[self._jobs.start(BackgroundJob(work))] = name

    def read_family(self, name: str) -> None:
        """Read the curves of a run's family, in the background; `FamilyRead` follows, or a sentence why not."""

        def work(watch: Watch) -> "FamilyCurves":
            from charplay.playground.family_curves import FamilyCurves
            from charplay.playground.run_history import kept_curves
            from charplay.runs.errors import RunError
            from charplay.runs.families import family_members

            family = self.store.find(name).family
            members = family_members(self.store, family) if family else []
            if len(members) < 2:
                raise RunError(f"{name} was tried together with no other run; `charplay sweep` trains a family of runs")
            progress, parts = Progress(watch), len(members)
            curves = {
                each: kept_curves(self.store.find(each), progress=progress.part(i / parts, (i + 1) / parts))
                for i, each in enumerate(members)
            }
            return FamilyCurves(family, curves)

        self._start(work, FamilyRead)

    def _take_curves(self, name: str, read: "BackgroundJob[RunCurves]") -> None:
        if read.result is not None:
            self._happened.append(CurvesRead(name, read.result))
        else:
            self._complain(read.fault)

    def export(self, name: str, target: str) -> None:
        """Copy what plays of a run to a file, or into a folder, and say where it is."""
        from charplay.fs.paths import user_path
        from charplay.runs.checkpoint import CheckpointError
        from charplay.runs.errors import RunError

        try:
            written = self.store.export(name, user_path(target))
        except (RunError, CheckpointError) as fault:
            self._complain(fault)
        else:
            self._happened.append(Said(f"Written to {written}", passing=True))

    def note(self, name: str, *, favourite: bool | None = None, note: str | None = None) -> None:
        """Note something of a run; what is None stays."""
        from charplay.runs.errors import RunError

        try:
            self.store.note(name, favourite=favourite, note=note)
        except RunError as fault:
            self._complain(fault)
        self.refresh()

    def rename(self, name: str, new: str) -> None:
        """Give a run another name."""
        from charplay.runs.errors import RunError

        try:
            self.store.rename(name, new)
        except RunError as fault:
            self._complain(fault)
        else:
            self._happened.append(RunRenamed(name, new))
        self.refresh()

    def compare(self, names: "Sequence[str]") -> None:
        """Read what runs are compared by, in the background; `RunsCompared` follows, or a sentence why not."""

        def work(watch: Watch) -> "list[ComparedRun]":
            from charplay.runs.compared_run import read_compared

            progress, parts = Progress(watch), len(names)
            return [read_compared(self.store, name, progress.part(i / parts, (i + 1) / parts).at)
                    for i, name in enumerate(names)]  # fmt: skip

        self._start(work, lambda read: RunsCompared(tuple(read)))

    def write_curves(self, names: "Sequence[str]", folder: Path) -> None:
        """Write the curves of runs as one CSV into a folder, under a new name, in the background, and say where."""

        def work(watch: Watch) -> Path:
            from charplay.playground.curve_export import curves_csv, write_new

            data = "".join(curves_csv([self.store.find(name) for name in names], Progress(watch)))
            return write_new(folder, f"curves-{names[0]}", ".csv", data)

        self._start(work, lambda path: Said(f"Written to {path.parent.name}/{path.name}", passing=True))

    def read_samples(self, name: str) -> None:
        """Read the text samples of a run, in the background; `SamplesRead` follows, or a sentence why not."""

        def work(_: Watch) -> "SampleRounds":
            from charplay.playground.run_history import kept_samples

            return kept_samples(self.store.find(name))

        self._start(work, lambda samples: SamplesRead(name, samples))

    def _start(self, work: Callable[[Watch], Result], then: Callable[[Result], object]) -> None:
        """Work in the background; what `then` makes of the result happens, or a sentence why there is none."""
        self._waiting[self._jobs.start(BackgroundJob(work))] = then

    def delete(self, name: str) -> None:
        """Delete a run."""
        from charplay.runs.errors import RunError

        try:
            self.store.delete(name)
        except RunError as fault:
            self._complain(fault)
        else:
            self._happened += [RunDeleted(name), Said(f"{name} is deleted")]
        self.refresh()

    def _complain(self, fault: Exception | None) -> None:
        self._happened.append(Said(str(fault), warning=True, passing=True))
