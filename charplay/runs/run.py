"""A run: a folder that can be read with `cat` and safetensors alone."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from charplay.fs import atomic
from charplay.fs.regular_files import open_regular
from charplay.recipes.recipe import Recipe
from charplay.runs import checkpoint, jsonl, naming, safetensors_file
from charplay.runs.checkpoint import Checkpoint, CheckpointError, CorpusOrigin
from charplay.runs.errors import RunError
from charplay.runs.lock import AlreadyLocked, Lock, Owner, owner
from charplay.runs.metadata import RunMetadata, read_metadata, write_metadata

__all__ = ["Run", "RunError", "playable"]

BEST, LATEST = "best.safetensors", "latest.safetensors"
ROWS = ("metrics", "samples", "changes")
"""Its files of rows."""


class Run:
    """One run's folder. Whoever writes to it holds its `lock`; anyone may read."""

    def __init__(self, folder: Path, metadata: RunMetadata, asked: Recipe, resolved: Recipe) -> None:
        self.folder = folder
        self.name = folder.name
        self._metadata = metadata
        self._asked = asked
        self._resolved = resolved
        self._rows = {name: folder / f"{name}.jsonl" for name in ROWS}
        self._resume = folder / "resume.safetensors"
        self._latest = folder / LATEST
        self._best = folder / BEST

    @classmethod
    def create(
        cls,
        checkpoints: Path,
        *,
        asked: Recipe,
        resolved: Recipe,
        corpus: CorpusOrigin,
        vocabulary: str,
        facts: Mapping[str, object],
        name: str | None = None,
    ) -> "Run":
        """Make a run's folder in `checkpoints`; its run.json is on the disk when this returns.

        Raises:
            RunError: the name is not fit for a folder, or taken.
            OSError: the disk is full, the folder cannot be written and the like.
        """
        metadata = RunMetadata(
            created=datetime.now(UTC).isoformat(timespec="microseconds"),
            versions=checkpoint.own_versions(),
            asked=asked.model_dump(mode="json"),
            resolved=resolved.model_dump(mode="json"),
            corpus=corpus,
            vocabulary=vocabulary,
            facts=dict(facts),
        )
        with atomic.staging_folder(checkpoints) as made:  # whoever is killed meanwhile leaves no half a run
            write_metadata(made, metadata)
            if name is None:
                folder = naming.claim_numbered(made, naming.run_name(corpus.name, resolved))
            else:
                folder = naming.claim_named(made, name)
        atomic.sync_folder(checkpoints)
        return cls(folder, metadata, asked, resolved)

    @classmethod
    def open(cls, folder: Path) -> "Run":
        """The run in `folder`; RunError where there is none, or none that this charplay can read."""
        return cls(folder, *read_metadata(folder))

    def lock(self) -> Lock:
        """Own the run: a context manager, or a handle with `release`. Removes what a killed owner left half written.

        RunError where another process owns it, or where the folder cannot be written.
        """
        try:
            lock = Lock(self.folder)
        except AlreadyLocked as owned:
            raise RunError(f"run {self.name} is in use by {owned}") from None
        except OSError as error:
            raise RunError(f"run {self.name} cannot be written ({error.strerror})") from None
        atomic.clear_leftovers(self.folder)
        atomic.clear_leftovers(self.folder / "snapshots")
        return lock

    @property
    def owner(self) -> Owner | None:
        """The process that owns the run now."""
        return owner(self.folder)

    @property
    def created(self) -> str:
        """When it was made: also that by which its files know it, whatever its folder is called."""
        return self._metadata.created

    @property
    def asked(self) -> Recipe:
        """The recipe as it was asked for."""
        return self._asked

    @property
    def resolved(self) -> Recipe:
        """The recipe that is trained."""
        return self._resolved

    @property
    def corpus(self) -> CorpusOrigin:
        """The text that is learned."""
        return self._metadata.corpus

    @property
    def vocabulary(self) -> str:
        """The characters, in the order of their ids."""
        return self._metadata.vocabulary

    @property
    def facts(self) -> Mapping[str, Any]:
        """What else was true at the start: device, threads, versions and the like."""
        return self._metadata.facts

    @property
    def schedule_start(self) -> float:
        """From where in its budget the learning rate's schedule is drawn, in the budget's units."""
        return self._metadata.schedule_start

    @property
    def finished(self) -> Mapping[str, Any] | None:
        """The final numbers, once the budget is spent."""
        return self._metadata.finished

    @property
    def latest(self) -> Path | None:
        """The newest checkpoint, if there is one."""
        return _existing(self._latest)

    @property
    def best(self) -> Path | None:
        """The best checkpoint, if there is one."""
        return _existing(self._best)

    @property
    def playable(self) -> Path | None:
        """What plays: the best checkpoint, else the latest."""
        return playable(self.folder)

    @property
    def snapshots(self) -> tuple[Path, ...]:
        """The checkpoints kept on the way, by step."""
        return tuple(sorted((self.folder / "snapshots").glob("*.safetensors")))

    def update(
        self,
        *,
        asked: Recipe,
        resolved: Recipe,
        facts: Mapping[str, object],
        corpus: CorpusOrigin | None = None,
        schedule_start: float = 0.0,
    ) -> None:
        """Take the run up again, under new values: it is then no longer finished. `corpus`: its text as it is now."""
        self._write(
            corpus=corpus or self.corpus,
            schedule_start=schedule_start,
            asked=asked.model_dump(mode="json"),
            resolved=resolved.model_dump(mode="json"),
            facts=dict(facts),
            finished=None,
        )
        self._asked, self._resolved = asked, resolved

    def finish(self, numbers: Mapping[str, object]) -> None:
        """Close the run with its final numbers."""
        self._write(finished=dict(numbers))

    def append(self, name: str, added: Iterable[Mapping[str, object]]) -> None:
        """Add rows, each with its `step`, to one of ROWS: all of them, or, with an OSError, none."""
        jsonl.append(self._rows[name], added)

    def metrics(self) -> list[dict[str, Any]]:
        """The rows of metrics, oldest first."""
        return jsonl.read(self._rows["metrics"])

    def samples(self) -> list[dict[str, Any]]:
        """The text samples, oldest first."""
        return jsonl.read(self._rows["samples"])

    def changes(self) -> list[dict[str, Any]]:
        """The changes of live hyperparameters, oldest first."""
        return jsonl.read(self._rows["changes"])

    def newest_metrics(self) -> dict[str, Any]:
        """The newest value of every metric, without reading them all."""
        return jsonl.newest(self._rows["metrics"])

    def row_sizes(self) -> dict[str, int]:
        """Bytes of each of ROWS, none where it is not there; OSError where the folder is not, or may not be read."""
        names = {path.name: name for name, path in self._rows.items()}
        with os.scandir(self.folder) as entries:
            there = {names[entry.name]: entry.stat().st_size for entry in entries if entry.name in names}
        return {name: there.get(name, 0) for name in ROWS}

    def truncate_after(self, step: int, sizes: Mapping[str, int] | None = None) -> None:
        """Remove, durably, what happened after the save that training goes on from: the rows past its `step`.

        `sizes`: what `row_sizes` said then, where that is known; rows added since are of the same step at best.
        """
        for name, path in self._rows.items():
            jsonl.truncate_after(path, step, None if sizes is None else sizes[name])

    def write_resume(self, tensors: Mapping[str, np.ndarray], state: Mapping[str, object]) -> None:
        """Write all that continues the run: tensors of any type, to the bit, and a JSON state.

        The rows written so far are synced first, so that no saved step lacks its rows.

        Raises:
            CheckpointError: a tensor that is not finite; the old file is kept.
            OSError: the disk is full and the like; the old file is kept.
        """
        try:
            data = safetensors_file.pack(tensors, state)
        except safetensors_file.InvalidFileError as error:
            raise CheckpointError(f"{self._resume.name} was not saved: {error}") from error
        for path in self._rows.values():
            if path.exists():
                atomic.sync_file(path)
        atomic.replace_bytes(self._resume, data)

    def read_resume(self) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
        """What `write_resume` wrote; None before the first save; CheckpointError where it is damaged."""
        try:
            with open_regular(self._resume) as file:
                header = safetensors_file.read_header(file)
                tensors = safetensors_file.read_tensors(file)
                safetensors_file.verify_digest(header, tensors)
                return tensors, header.value
        except FileNotFoundError:
            return None
        except safetensors_file.InvalidFileError as error:
            raise CheckpointError(f"{self._resume} cannot be resumed from: {error}") from None
        except OSError as error:
            raise CheckpointError(f"{self._resume} cannot be read: {error.strerror}") from None

    def write_latest(self, newest: Checkpoint) -> None:
        """Replace the latest checkpoint; raises as `write_checkpoint`."""
        checkpoint.write_checkpoint(self._latest, newest)

    def write_best(self, best: Checkpoint) -> None:
        """Replace the best checkpoint; raises as `write_checkpoint`."""
        checkpoint.write_checkpoint(self._best, best)

    def keep_snapshot(self, kept: Checkpoint, loss: float) -> Path:
        """Keep a checkpoint under its step and loss; raises as `write_checkpoint`."""
        folder = self.folder / "snapshots"
        folder.mkdir(exist_ok=True)
        path = folder / f"{kept.step:08d}-{loss:.4f}.safetensors"
        checkpoint.write_checkpoint(path, kept)
        return path

    def _write(self, **changes: object) -> None:
        metadata = self._metadata.model_copy(update=changes)
        write_metadata(self.folder, metadata)
        self._metadata = metadata


def playable(folder: Path) -> Path | None:
    """What plays of the run in `folder`, even where its run.json is broken: the best checkpoint, else the latest."""
    return _existing(folder / BEST) or _existing(folder / LATEST)


def _existing(path: Path) -> Path | None:
    try:
        return path if path.is_file() else None
    except OSError:  # a folder that may not be looked into, or one of a server that is gone
        return None
