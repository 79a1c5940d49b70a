"""What training keeps on the disk. A disk that is full or gone never stops training: it is said, and tried again."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from charplay.messages.events import Changed, Row
from charplay.runs.checkpoint import Checkpoint
from charplay.runs.run import Run
from charplay.training.writer import Save, Writer, Written

SAVE_SECONDS = 60.0
"""A save is due after so long, whatever the recipe says."""
DISK_SECONDS = 30.0
"""Whoever must know that a save is on the disk waits at most so long for it."""


class Keeper:
    """Writes one run's folder and remembers what could not be written.

    Args:
        run: owned by this process.
        step: of the last save, None before the first.

    `handed_step` is the newest step that a save was asked for; `saved_step` the newest known to be on the disk.
    """

    def __init__(self, run: Run, step: int | None) -> None:
        self._run = run
        self._unwritten: list[dict[str, Any]] = []
        self._tried = time.monotonic()
        self._warned: dict[str, float] = {}
        self.refused = False
        """Whether the disk refused the newest save."""
        self._writer = Writer(run)
        self.saved_step = self.handed_step = step
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

    def change(self, changed: Changed) -> None:
        """Add a live change."""
        try:
            self._run.append_change(asdict(changed))
        except OSError as error:
            self._refuse(f"a change cannot be written ({error.strerror})")

    def cut(self, step: int) -> None:
        """Remove the rows past `step`."""
        self._unwritten = [row for row in self._unwritten if row["step"] <= step]
        try:
            self._run.cut(step)
        except OSError as error:
            self._refuse(f"rows past step {step:,} cannot be removed ({error.strerror})")

    def save(
        self,
        arrays: Mapping[str, np.ndarray],
        state: Mapping[str, Any],
        latest: Checkpoint,
        *,
        best: bool = False,
        snapshot: float | None = None,
    ) -> None:
        """Have resume, latest and, where it is the best, best written; a snapshot too where its loss is given.

        What is handed over must be copies: a thread writes them while training goes on. `saved` tells when they are
        on the disk.
        """
        self._tried = time.monotonic()
        self.handed_step = latest.step
        self._writer.put(Save(arrays, state, latest, best, snapshot))

    def saved(self) -> list[Written]:
        """The saves that came to the disk whole since the last call; the others become warnings."""
        whole = []
        for written in self._writer.take():
            self.refused = written.refused
            if written.fault:
                self._refuse(written.fault)
            else:
                self.saved_step = written.step
                whole.append(written)
        return whole

    def settled(self, wait: float) -> bool:
        """Whether no save is on its way any more, after `wait` seconds at most."""
        return self._writer.settled(wait)

    def _refuse(self, sentence: str) -> None:
        """Warn; of the same at most once a minute."""
        if time.monotonic() - self._warned.get(sentence, float("-inf")) >= SAVE_SECONDS:
            self._warned[sentence] = time.monotonic()
            self._warnings.append(sentence)
