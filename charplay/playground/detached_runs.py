"""The runs that train on their own on this machine: one is shown here, and any of them stopped."""

from typing import TYPE_CHECKING, Protocol

from charplay.playground.happenings import Said
from charplay.playground.jobs import BackgroundJob

if TYPE_CHECKING:
    from charplay.playground.run_context import RunContext
    from charplay.playground.run_launcher import RunLauncher
    from charplay.playground.trainer_client import TrainerClient
    from charplay.runs.run import Run

NOT_HERE = "A run that trains on its own cannot be reached from here; `charplay attach` does so."
BUSY = "A run is under way here; leave it on its own first: <training.detach>, or stop it: <training.stop>"


class ReachRuns(Protocol):
    """Reaches the processes that train runs. Both calls may wait, and raise what says why they came to nothing."""

    def attach(self, run: "Run", local: "TrainerClient") -> "TrainerClient":
        """Return a trainer that has the run under way, and leaves the runs after it to `local`."""

    def stop(self, run: "Run") -> str:
        """Have a run save and end; return its name once it has."""


class DetachedRuns:
    """Attaches this sitting to a run, and stops runs, without a wait: what comes of it is told by `advance`."""

    def __init__(self, context: "RunContext", launcher: "RunLauncher") -> None:
        self._context, self._launcher = context, launcher
        self.reach: ReachRuns | None = None
        """What reaches them; None where they cannot be reached, as in a program that is not charplay's own."""
        self._attaching: BackgroundJob[TrainerClient] | None = None
        self._stopping: list[BackgroundJob[str]] = []

    @property
    def attachable(self) -> str:
        """Why no run can be attached to now; empty where one can."""
        if self.reach is None:
            return NOT_HERE
        return BUSY if self._context.runs.busy or self._attaching is not None else ""

    def attach(self, name: str) -> str:
        """Begin to show a run here; return why that cannot be."""
        from charplay.runs.errors import RunError

        if (reach := self.reach) is None or self.attachable:
            return self.attachable
        try:
            run, local = self._context.store.find(name), self._context.runs.own_trainer
        except RunError as fault:
            return str(fault)
        self._attaching = BackgroundJob(lambda _: reach.attach(run, local)).start()
        return ""

    def stop(self, name: str) -> str:
        """Begin to stop a run; return why that cannot be."""
        from charplay.runs.errors import RunError

        if (reach := self.reach) is None:
            return NOT_HERE
        try:
            run = self._context.store.find(name)
        except RunError as fault:
            return str(fault)
        self._stopping.append(BackgroundJob(lambda _: reach.stop(run)).start())
        return ""

    def advance(self) -> list[object]:
        """Take in what came of it, and return what there is to say."""
        said: list[object] = []
        attaching = self._attaching
        if attaching is not None and attaching.done:
            self._attaching = None
            if attaching.result is None or self._context.runs.busy:
                said.append(Said(str(attaching.fault or BUSY), warning=True, passing=True))
            else:
                self._launcher.attach(attaching.result)
        for job in [job for job in self._stopping if job.done]:
            self._stopping.remove(job)
            sentence = f"{job.result} is stopped" if job.result is not None else str(job.fault)
            said.append(Said(sentence, warning=job.result is None, passing=True))
            self._context.run_list.refresh()
        return said
