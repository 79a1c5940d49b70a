"""What training keeps on the disk. A disk that is full or gone never stops training: it is said, and tried again."""

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from charplay.messages.events import Row
from charplay.runs.checkpoint import Checkpoint, CheckpointError
from charplay.runs.run import Run

SAVE_SECONDS = 60.0
"""A save is due after so long, whatever the recipe says."""


class Keeper:
    """Writes one run's folder and remembers what could not be written.

    Args:
        run: owned by this process.
        step: of the last save, None before the first.
    """

    def __init__(self, run: Run, step: int | None) -> None:
        self._run = run
        self._unwritten: list[dict[str, Any]] = []
        self._tried = time.monotonic()
        self._refused = -math.inf
        self._owed: Checkpoint | None = None
        self.saved_step = step
        self._warnings: list[str] = []

    @property
    def due(self) -> bool:
        """Whether the last try to save is a minute ago."""
        return time.monotonic() - self._tried >= SAVE_SECONDS

    def take_warnings(self) -> list[str]:
        """Sentences for a person since the last call."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def log(self, rows: Iterable[Row]) -> None:
        """Add rows of metrics, and those that could not be added before."""
        self._unwritten += [{k: v for k, v in asdict(row).items() if v is not None} for row in rows]
        if not self._unwritten:
            return
        try:
            self._run.append_metrics(self._unwritten)
        except OSError as error:
            self._refuse(f"metrics cannot be written ({error.strerror}); they are kept and tried again")
        else:
            self._unwritten.clear()

    def samples(self, samples: Iterable[Mapping[str, object]]) -> None:
        """Add text samples."""
        try:
            for sample in samples:
                self._run.append_sample(sample)
        except OSError as error:
            self._refuse(f"a text sample cannot be written ({error.strerror})")

    def change(self, change: Mapping[str, object]) -> None:
        """Add a live change."""
        try:
            self._run.append_change(change)
        except OSError as error:
            self._refuse(f"a change cannot be written ({error.strerror})")

    def save(
        self,
        arrays: Mapping[str, np.ndarray],
        state: Mapping[str, object],
        latest: Checkpoint,
        *,
        best: bool = False,
        snapshot: float | None = None,
    ) -> str | None:
        """Write resume, latest and, where it is the best, best; a snapshot too where its loss is given.

        A best checkpoint that could not be written is owed, and written with the next save.

        Returns:
            The path of the latest, or None where something could not be written; old files then stand.
        """
        self._tried = time.monotonic()
        if best:
            self._owed = latest
        try:
            self._run.write_resume(arrays, state)
            self._run.write_latest(latest)
            if self._owed is not None:
                self._run.write_best(self._owed)
                self._owed = None
            if snapshot is not None:
                self._run.keep_snapshot(latest, snapshot)
        except CheckpointError as error:
            self._warnings.append(f"{error}; the last good save is kept")
            return None
        except OSError as error:
            self._warnings.append(
                f"saving failed ({error.strerror}); the old files stand, the next try is in {SAVE_SECONDS:.0f} s"
            )
            return None
        self.saved_step = latest.step
        return str(self._run.latest)

    def _refuse(self, sentence: str) -> None:
        """Warn, at most once a minute."""
        if time.monotonic() - self._refused >= SAVE_SECONDS:
            self._refused = time.monotonic()
            self._warnings.append(sentence)
