"""What training keeps on the disk. A disk that is full or gone never stops training: it is said, and tried again."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from charplay.protocol.events import Changed, Row
from charplay.runs.checkpoint import Checkpoint
from charplay.runs.run import ROWS, Run
from charplay.training.writer import Save, Writer, Written

SAVE_SECONDS = 60.0
"""A save is due after so long, whatever the recipe says."""
DISK_SECONDS = 30.0
"""Whoever must know that a save is on the disk waits at most so long for it."""
ROWS_SECONDS = 10.0
"""Rows that the disk refused are tried again after so long: there may be many."""


class Keeper:
    """Writes one run's folder and remembers what could not be written.

    Args:
        run: owned by this process.
        step: of the last save, None before the first.

    `handed_step` is the newest step that a save was asked for; `saved_step` the newest known to be on the disk.
    """

    def __init__(self, run: Run, step: int | None) -> None:
        self._run = run
        self._unwritten: dict[str, list[Mapping[str, Any]]] = {name: [] for name in ROWS}
        self._rows_tried = float("-inf")
        """When rows were refused last."""
        self._cut: int | None = None
        """The step past which rows on the disk go once a save is there that knows nothing of them."""
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
        """Add rows of metrics."""
        self._add(
            "metrics", ({name: value for name, value in asdict(row).items() if value is not None} for row in rows)
        )

    def samples(self, samples: Iterable[Mapping[str, object]]) -> None:
        """Add text samples."""
        self._add("samples", samples)

    def change(self, changed: Changed) -> None:
        """Add a live change."""
        self._add("changes", [asdict(changed)])

    def _add(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self._unwritten[name] += rows
        if time.monotonic() - self._rows_tried >= ROWS_SECONDS:
            self.write_rows()

    def write_rows(self) -> None:
        """Write all rows that are not written yet. Those that the disk refuses are kept, and tried again."""
        for name, rows in self._unwritten.items():
            if not rows or self._cut is not None:
                continue
            try:
                self._run.append(name, rows)
            except OSError as error:
                self._rows_tried = time.monotonic()
                self._refuse(f"{name} cannot be written ({error.strerror}); they are kept and tried again")
            else:
                rows.clear()

    def row_sizes(self) -> dict[str, int] | None:
        """Bytes of the files of rows; None where some are still to be written or removed, or the disk does not say."""
        if self._cut is not None or any(self._unwritten.values()):
            return None
        try:
            return self._run.row_sizes()
        except OSError:
            return None

    def cut(self, step: int) -> None:
        """The run has gone back to `step`: rows past it are nobody's.

        They stay on the disk until a save is there that was handed over after this, for until then a killed run goes
        on from a save that they belong to. Rows to come wait as long.
        """
        self._cut = step
        for rows in self._unwritten.values():
            rows[:] = [row for row in rows if row["step"] <= step]

    def _carry_out_cut(self, step: int) -> None:
        try:
            self._run.truncate_after(step)
        except OSError as error:
            self._refuse(f"rows past step {step:,} cannot be removed ({error.strerror})")
        else:
            self._cut = None
            self.write_rows()

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
        self._writer.put(Save(arrays, state, latest, best, snapshot, self._cut))

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
                if written.cut is not None and written.cut == self._cut:
                    self._carry_out_cut(written.cut)
        return whole

    def settled(self, wait: float) -> bool:
        """Whether no save is on its way any more, after `wait` seconds at most."""
        return self._writer.settled(wait)

    def _refuse(self, sentence: str) -> None:
        """Warn; of the same at most once a minute."""
        if time.monotonic() - self._warned.get(sentence, float("-inf")) >= SAVE_SECONDS:
            self._warned[sentence] = time.monotonic()
            self._warnings.append(sentence)
