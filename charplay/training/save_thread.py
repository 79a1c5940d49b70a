"""A run's saves on their way to the disk, in a thread of their own: no step waits for one."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from charplay.runs.checkpoint import Checkpoint, CheckpointError
from charplay.runs.run import LATEST, Run

MOST_WAITING = 2
"""Saves that wait at most; where all of them must be written, handing over another waits for the disk."""


@dataclass(frozen=True, slots=True, eq=False)
class Save:
    """Everything of one save, copied: nobody changes it any more."""

    arrays: Mapping[str, np.ndarray]
    state: Mapping[str, Any]
    latest: Checkpoint
    best: bool
    snapshot: float | None
    """The loss under which the checkpoint is kept too, if it is."""
    cut: int | None
    """The step past which rows on the disk are nobody's once this is there; None where all are somebody's."""


@dataclass(frozen=True, slots=True)
class Written:
    """How a save went: `fault` is a sentence, empty where all of it is on the disk."""

    step: int
    seconds: float
    best: bool
    """Whether a best checkpoint was written with it, its own or one that was owed."""
    cut: int | None
    path: str
    fault: str
    refused: bool
    """Whether it was the disk's fault, so that another try may help."""


@dataclass
class Writer:
    """Writes saves one at a time, oldest first.

    A save that waits gives way to a newer one, unless it holds a snapshot, or the best weights where the newer one
    does not. A best checkpoint that could not be written is owed, with its snapshot, and written with the next save;
    a newer best one takes its place.
    """

    run: Run
    _waiting: list[Save] = field(default_factory=list)
    _written: list[Written] = field(default_factory=list)
    _busy: bool = False
    _owed: tuple[Checkpoint, float | None] | None = None
    _turn: threading.Condition = field(default_factory=threading.Condition)

    def put(self, save: Save) -> None:
        """Hand over a save; waits only where MOST_WAITING others wait that must all be written."""
        with self._turn:
            self._waiting = [older for older in self._waiting if not _gives_way(older, save)]
            self._turn.wait_for(lambda: len(self._waiting) < MOST_WAITING)
            self._waiting.append(save)
            if not self._busy:
                self._busy = True
                # A thread lives as long as there is something to write; a daemon cannot hold the exit.
                threading.Thread(target=self._work, name="saving", daemon=True).start()

    def take(self) -> list[Written]:
        """How the saves went that were finished since the last call, oldest first."""
        if not self._written:
            return []
        with self._turn:
            written, self._written = self._written, []
        return written

    def settled(self, wait: float) -> bool:
        """Whether nothing is left to write, after `wait` seconds at most."""
        with self._turn:
            return self._turn.wait_for(lambda: not self._busy, wait)

    def _work(self) -> None:
        while (save := self._next()) is not None:
            if save.best:
                self._owed = save.latest, save.snapshot
            best = self._owed is not None
            fault, refused = self._write(save)
            path = str(self.run.folder / LATEST)
            written = Written(save.latest.step, save.latest.seconds, best, save.cut, path, fault, refused)
            with self._turn:
                self._written.append(written)
            del save  # before it is said that nothing is left: freed later, torch's memory would be freed in an exit

    def _next(self) -> Save | None:
        with self._turn:
            save = self._waiting.pop(0) if self._waiting else None
            self._busy = save is not None
            self._turn.notify_all()
            return save

    def _write(self, save: Save) -> tuple[str, bool]:
        """Resume, latest and the best that is owed: `fault` and `refused` of what is written."""
        try:
            self.run.write_resume(save.arrays, save.state)
            self.run.write_latest(save.latest)
            if self._owed is not None:
                best, loss = self._owed
                self.run.write_best(best)
                if loss is not None:
                    self.run.keep_snapshot(best, loss)
                self._owed = None
        except CheckpointError as error:
            kept = "the last good save is kept" if self.run.latest else "nothing was saved before"
            return f"{error}; {kept}", False
        except OSError as error:
            return f"saving failed ({error.strerror}); the old files stand, the next try is within a minute", True
        except Exception as error:  # noqa: BLE001 - in a thread nobody else would hear of it
            return f"saving failed with {type(error).__name__} ({error}); the old files stand", False
        return "", False


def _gives_way(older: Save, newer: Save) -> bool:
    return older.snapshot is None and (newer.best or not older.best)
