"""Writing of a run's folder. A full or missing disk never stops training: it is reported, and writing is retried."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from charplay.protocol.events import Changed, Row
from charplay.runs.checkpoint import Checkpoint
from charplay.runs.run import ROWS, Run
from charplay.training.save_thread import SaveJob, SaveResult, SaveThread

SAVE_INTERVAL_SECONDS = 60.0
"""A save is due after so long, whatever the recipe says."""
SAVE_TIMEOUT_SECONDS = 30.0
"""The longest that anything waits for a save to be on the disk."""
ROW_RETRY_SECONDS = 10.0
"""Rows that the disk refused are tried again after so long, not at every step: there may be many."""


class RunWriter:
    """Writes one run's folder, and keeps what could not be written.

    Args:
        run: owned by this process.
        step: of the last save, None before the first.

    `requested_step` is the step of the newest save that was requested; `saved_step` of the newest known to be on disk.
    """

    def __init__(self, run: Run, step: int | None) -> None:
        self._run = run
        self._unwritten: dict[str, list[Mapping[str, Any]]] = {name: [] for name in ROWS}
        self._rows_refused_at = float("-inf")
        self._truncate_after: int | None = None
        """Rows after this step are deleted once a save is on disk that does not include them."""
        self._save_requested_at = time.monotonic()
        self._warned_at: dict[str, float] = {}
        self.disk_refused = False
        """Whether the disk refused the newest save."""
        self._thread = SaveThread(run)
        self.saved_step = self.requested_step = step
        self._warnings: list[str] = []

    @property
    def save_due(self) -> bool:
        """Whether a minute has passed since a save was requested."""
        return time.monotonic() - self._save_requested_at >= SAVE_INTERVAL_SECONDS

    def take_warnings(self) -> list[str]:
        """Return the sentences for the user since the last call."""
        warnings, self._warnings = self._warnings, []
        return warnings

    def add_metrics(self, rows: Iterable[Row]) -> None:
        """Add rows of metrics."""
        self._add(
            "metrics", ({name: value for name, value in asdict(row).items() if value is not None} for row in rows)
        )

    def add_samples(self, samples: Iterable[Mapping[str, object]]) -> None:
        """Add text samples."""
        self._add("samples", samples)

    def add_change(self, changed: Changed) -> None:
        """Add a change of a live value."""
        self._add("changes", [asdict(changed)])

    def _add(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self._unwritten[name] += rows
        if time.monotonic() - self._rows_refused_at >= ROW_RETRY_SECONDS:
            self.flush_rows()

    def flush_rows(self) -> None:
        """Write all rows that are not written yet. Those that the disk refuses are kept."""
        for name, rows in self._unwritten.items():
            if not rows or self._truncate_after is not None:
                continue
            try:
                self._run.append(name, rows)
            except OSError as error:
                self._rows_refused_at = time.monotonic()
                self._warn(f"{name} cannot be written ({error.strerror}); they are kept and tried again")
            else:
                rows.clear()

    def row_sizes(self) -> dict[str, int] | None:
        """Return the bytes of the files of rows; None if they are not up to date, or cannot be read."""
        if self._truncate_after is not None or any(self._unwritten.values()):
            return None
        try:
            return self._run.row_sizes()
        except OSError:
            return None

    def truncate_after(self, step: int) -> None:
        """Delete the rows after `step`, because training went back to it.

        Rows on disk are deleted only once a save is there that was requested after this call: a run that is killed
        earlier resumes from an older save, which needs them. New rows are not written before that either.
        """
        self._truncate_after = step
        for rows in self._unwritten.values():
            rows[:] = [row for row in rows if row["step"] <= step]

    def _truncate(self, step: int) -> None:
        try:
            self._run.truncate_after(step)
        except OSError as error:
            self._warn(f"rows past step {step:,} cannot be removed ({error.strerror})")
        else:
            self._truncate_after = None
            self.flush_rows()

    def save(
        self,
        arrays: Mapping[str, np.ndarray],
        state: Mapping[str, Any],
        latest: Checkpoint,
        *,
        best: bool = False,
        snapshot: float | None = None,
        moment: float | None = None,
    ) -> None:
        """Request a save of the resume file and `latest`.

        The arguments must be copies, because a thread writes them while training continues. `finished_saves` returns
        the save once it is on the disk.

        Args:
            arrays: of the resume file.
            state: of the resume file.
            latest: the checkpoint of these weights.
            best: write it as the best one too.
            snapshot: the loss to name a snapshot of it by; None writes no snapshot.
            moment: the same for a snapshot of the timeline, which older ones make room for.
        """
        self._save_requested_at = time.monotonic()
        self.requested_step = latest.step
        self._thread.submit(SaveJob(arrays, state, latest, best, snapshot, self._truncate_after, moment))

    def finished_saves(self) -> list[SaveResult]:
        """Return the saves that succeeded since the last call; turn those that failed into warnings."""
        succeeded = []
        for result in self._thread.collect():
            self.disk_refused = result.disk_failed
            if result.error:
                self._warn(result.error)
            else:
                self.saved_step = result.step
                succeeded.append(result)
                if result.truncate_after is not None and result.truncate_after == self._truncate_after:
                    self._truncate(result.truncate_after)
        return succeeded

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds until no save is left to write; return whether that is so."""
        return self._thread.wait_until_idle(timeout)

    def _warn(self, sentence: str) -> None:
        """Warn the user, but not with the same sentence more than once a minute."""
        if time.monotonic() - self._warned_at.get(sentence, float("-inf")) >= SAVE_INTERVAL_SECONDS:
            self._warned_at[sentence] = time.monotonic()
            self._warnings.append(sentence)
