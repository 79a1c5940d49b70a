"""A thread that writes a run's saves to the disk, so that no training step waits for one."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from charplay.runs.checkpoint import Checkpoint, CheckpointError
from charplay.runs.folders import LATEST
from charplay.runs.run import Run
from charplay.runs.snapshots import thin
from charplay.training.timeline import MAX_BYTES, MOMENTS

MAX_QUEUED = 2
"""The most saves in the queue; if none of them may be dropped, `submit` waits for the disk."""


@dataclass(frozen=True, slots=True, eq=False)
class SaveJob:
    """Copies of everything that one save writes."""

    arrays: Mapping[str, np.ndarray]
    state: Mapping[str, Any]
    latest: Checkpoint
    best: bool
    snapshot: float | None
    """The loss to name a snapshot of the checkpoint by; None writes no snapshot."""
    truncate_after: int | None
    """Metrics after this step belong to an undone branch; delete them once this save is on disk. None: keep all."""
    moment: float | None = None
    """The loss to name a snapshot of the timeline by; None if this step is none of its moments."""


@dataclass(frozen=True, slots=True)
class SaveResult:
    """The outcome of a save: `error` is a sentence for the user, empty if everything is on the disk."""

    step: int
    seconds: float
    best: bool
    """Whether a best checkpoint was due with it: its own, or one that an earlier save could not write."""
    truncate_after: int | None
    path: str
    error: str
    disk_failed: bool
    """Whether the disk caused the error, so that another try may help."""


@dataclass
class SaveThread:
    """Writes saves one at a time, oldest first.

    A newer save replaces one that waits in the queue, unless the older one has a snapshot, or has the best weights and
    the newer one has not. A best checkpoint that could not be written is written with the next save, and so is its
    snapshot, unless that save has a newer best one. Snapshots of the timeline are written with the next save that is
    not older, and are kept until the disk takes them.
    """

    run: Run
    _queue: list[SaveJob] = field(default_factory=list)
    _results: list[SaveResult] = field(default_factory=list)
    _busy: bool = False
    _moments: list[tuple[Checkpoint, float]] = field(default_factory=list)
    _unsaved_best: tuple[Checkpoint, float | None] | None = None
    _condition: threading.Condition = field(default_factory=threading.Condition)

    def submit(self, job: SaveJob) -> None:
        """Queue a save; wait only if MAX_QUEUED others are queued that may not be dropped."""
        with self._condition:
            self._queue = [older for older in self._queue if not _superseded(older, job)]
            self._condition.wait_for(lambda: len(self._queue) < MAX_QUEUED)
            self._queue.append(job)
            if job.moment is not None:
                self._moments.append((job.latest, job.moment))
            if not self._busy:
                self._busy = True
                # The thread ends when the queue is empty. As a daemon, it cannot delay the exit.
                threading.Thread(target=self._save_all, name="saving", daemon=True).start()

    def collect(self) -> list[SaveResult]:
        """Return the results of the saves that ended since the last call, oldest first."""
        if not self._results:
            return []
        with self._condition:
            results, self._results = self._results, []
        return results

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds until no save is left to write; return whether that is so."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._busy, timeout)

    def _save_all(self) -> None:
        while (job := self._next_job()) is not None:
            if job.best:
                self._unsaved_best = job.latest, job.snapshot
            best = self._unsaved_best is not None
            error, disk_failed = self._write(job)
            path = str(self.run.folder / LATEST)
            result = SaveResult(job.latest.step, job.latest.seconds, best, job.truncate_after, path, error, disk_failed)
            with self._condition:
                self._results.append(result)
            del (
                job
            )  # before wait_until_idle returns: who waits may exit, and torch's memory must not be freed during an exit

    def _next_job(self) -> SaveJob | None:
        with self._condition:
            job = self._queue.pop(0) if self._queue else None
            self._busy = job is not None
            self._condition.notify_all()
            return job

    def _write(self, job: SaveJob) -> tuple[str, bool]:
        """Write resume, latest, and a best checkpoint if one is due; return `error` and `disk_failed`."""
        try:
            self.run.write_resume(job.arrays, job.state)
            self.run.write_latest(job.latest)
            if self._unsaved_best is not None:
                best, loss = self._unsaved_best
                self.run.write_best(best)
                if loss is not None:
                    self.run.keep_snapshot(best, loss)
                self._unsaved_best = None
            self._write_moments(job.latest.step)
        except CheckpointError as error:
            kept = "the last good save is kept" if self.run.latest else "nothing was saved before"
            return f"{error}; {kept}", False
        except OSError as error:
            return f"saving failed ({error.strerror}); the old files stand, the next try is within a minute", True
        except Exception as error:  # noqa: BLE001 - no one else would see an exception of a thread
            return f"saving failed with {type(error).__name__} ({error}); the old files stand", False
        return "", False

    def _write_moments(self, step: int) -> None:
        """Write the timeline's snapshots up to a step, and thin them."""
        while self._moments and self._moments[0][0].step <= step:
            self.run.keep_snapshot(*self._moments[0])
            self._moments.pop(0)
            thin(self.run.snapshots, MOMENTS, MAX_BYTES)


def _superseded(older: SaveJob, newer: SaveJob) -> bool:
    """Return whether the older save may be dropped from the queue."""
    return older.snapshot is None and (newer.best or not older.best)
