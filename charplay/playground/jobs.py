"""Work in threads of its own, such as reading a text: it is started, asked how far it is, and may be cancelled."""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from charplay.corpora.errors import Cancelled
from charplay.corpora.progress import Watch
from charplay.formatting.sanitize import sanitize
from charplay.playground.background_thread import yield_to_screen

Outcome = TypeVar("Outcome")


class BackgroundJob(Generic[Outcome]):
    """A job runs in a daemon thread and calls nobody: whoever started it reads `percent`, `done` and what came of it.

    A job that was cancelled is never `done`, however it ended.
    """

    def __init__(self, work: Callable[[Watch], Outcome]) -> None:
        """`work` hands the watch that it gets to whatever takes long. What it raises is the job's `fault`."""
        self._work = work
        self._ended = False
        self.cancelled = False
        self.percent = -1
        """How much is done; -1 until the work has said so for the first time."""
        self.result: Outcome | None = None
        self.fault: Exception | None = None
        """What went wrong: then there is no result."""
        self.end = 0.0
        """When it ended, in seconds on a monotonic clock."""

    @property
    def done(self) -> bool:
        """Whether it has ended by itself, with a result or a fault."""
        return self._ended and not self.cancelled

    def start(self) -> Self:
        """Begin, and return at once."""
        threading.Thread(target=self._run_behind, name="job", daemon=True).start()
        return self

    def cancel(self) -> None:
        """Have the work end soon. What comes of it is nobody's from now on."""
        self.cancelled = True

    def _run_behind(self) -> None:
        yield_to_screen()
        self.run()

    def run(self) -> None:
        """Do the work in the calling thread."""
        try:
            self.result = self._work(self._watch)
        except Cancelled:
            self.cancelled = True
        except Exception as fault:  # noqa: BLE001 - whatever it was, whoever waits for it learns of it
            self.fault = fault
            if not type(fault).__module__.startswith("charplay"):  # our own are sentences, and no surprise
                logging.getLogger("charplay").warning(sanitize(traceback.format_exc(), "\n"))
        self.end = time.monotonic()
        self._ended = True

    def _watch(self, share: float) -> bool:
        self.percent = int(100 * share)
        return not self.cancelled


class JobSlot(Generic[Outcome]):
    """A slot holds one job for the part that owns it, and cancels that one where another is put in its place.

    Its owner looks, whenever it goes on, whether the job has ended. For what only its owner wants to know; what several
    parts wait for is one of the playground's `Jobs`.
    """

    def __init__(self) -> None:
        self._job: BackgroundJob[Outcome] | None = None

    @property
    def busy(self) -> bool:
        """Whether there is a job whose end was not taken yet."""
        return self._job is not None

    @property
    def percent(self) -> int:
        """How much of the job is done; -1 where that is not known, or there is none."""
        return self._job.percent if self._job is not None else -1

    def put(self, job: BackgroundJob[Outcome]) -> None:
        """Hold a job that was started; the one before is cancelled."""
        self.cancel()
        self._job = job

    def cancel(self) -> bool:
        """Cancel the job; return whether there was one."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        return job is not None

    def take_ended(self) -> BackgroundJob[Outcome] | None:
        """Return the job once it has ended, with its result or its fault, and hold it no longer."""
        job = self._job
        if job is None or not job.done:
            return None
        self._job = None
        return job


@dataclass(frozen=True, slots=True, eq=False)
class JobProgressed:
    """Another hundredth of a job is done."""

    job: BackgroundJob[Any]
    percent: int


@dataclass(frozen=True, slots=True, eq=False)
class JobEnded:
    """A job has ended, with a result or a fault."""

    job: BackgroundJob[Any]


Job = TypeVar("Job", bound=BackgroundJob[Any])


class Jobs:
    """The playground's jobs under way. Its parts hear, at each `advance`, what has become of them."""

    def __init__(self) -> None:
        self._told: dict[BackgroundJob[Any], int] = {}
        """The jobs under way, each with the percentage that was told last."""

    def __len__(self) -> int:
        return len(self._told)

    def start(self, job: Job) -> Job:
        """Begin a job."""
        self._told[job] = -1
        job.start()
        return job

    def advance(self) -> list[JobProgressed | JobEnded]:
        """Return which jobs have progressed since the last call, then which have ended, in the order they did.

        Nothing is ever told of a job that was cancelled.
        """
        self._told = {job: percent for job, percent in self._told.items() if not job.cancelled}
        ended = sorted((job for job in self._told if job.done), key=lambda job: job.end)
        progressed = []
        for job, told in self._told.items():
            if (percent := job.percent) != told:
                self._told[job] = percent
                progressed.append(JobProgressed(job, percent))
        for job in ended:
            del self._told[job]
        return [*progressed, *map(JobEnded, ended)]
