"""A run: its folder, readable with `cat` and safetensors alone."""

import os
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from charplay.fs import atomic
from charplay.fs.regular_files import open_regular
from charplay.recipes.recipe import Recipe
from charplay.runs import checkpoint, jsonl, naming, safetensors_file
from charplay.runs.checkpoint import Checkpoint, CheckpointError, CorpusOrigin
from charplay.runs.errors import RunError, RunInUseError
from charplay.runs.folders import BEST, LATEST
from charplay.runs.lock import AlreadyLocked, Lock, Owner, owner
from charplay.runs.metadata import RunMetadata, read_metadata, write_metadata

__all__ = ["Run", "RunError", "playable"]

ROWS = ("metrics", "samples", "changes")
"""The run's JSON Lines files, without their suffix."""


class Run:
    """Reads and writes one run's folder. A process holds `lock` while it writes; any may read."""

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
        held_out_corpus: CorpusOrigin | None = None,
        name: str | None = None,
    ) -> "Run":
        """Create a run's folder in `checkpoints`; its run.json is on the disk when this returns.

        Raises:
            RunError: the name is unfit for a folder, or taken.
            OSError: the disk is full, the folder cannot be written and the like.
        """
        metadata = RunMetadata(
            created=datetime.now(UTC).isoformat(timespec="microseconds"),
            versions=checkpoint.own_versions(),
            asked=asked.model_dump(mode="json"),
            resolved=resolved.model_dump(mode="json"),
            corpus=corpus,
            held_out_corpus=held_out_corpus,
            vocabulary=vocabulary,
            facts=dict(facts),
        )
        with atomic.staging_folder(checkpoints) as made:  # a kill meanwhile leaves no incomplete run
            write_metadata(made, metadata)
            if name is None:
                folder = naming.claim_numbered(made, naming.run_name(corpus.name, resolved))
            else:
                folder = naming.claim_named(made, name)
        atomic.sync_folder(checkpoints)
        return cls(folder, metadata, asked, resolved)

    @classmethod
    def open(cls, folder: Path) -> "Run":
        """Open the run in `folder`. Raises RunError where there is none, or none that this version can read."""
        return cls(folder, *read_metadata(folder))

    def lock(self, socket: str = "") -> Lock:
        """Lock the run and remove temporary files of a killed process. Use as a context manager, or call `release`.

        `socket` is the path of the one that the run is reached by, which the lock names.

        Raises RunInUseError where another process holds the lock, RunError where the folder cannot be written.
        """
        try:
            lock = Lock(self.folder, socket)
        except AlreadyLocked as owned:
            sentence = f"run {self.name} is in use by {owned}; stop it first, or wait until it has ended"
            raise RunInUseError(sentence) from None
        except OSError as error:
            raise RunError(f"run {self.name} cannot be written ({error.strerror})") from None
        atomic.clear_leftovers(self.folder)
        atomic.clear_leftovers(self.folder / "snapshots")
        return lock

    @property
    def owner(self) -> Owner | None:
        """The process that holds the run's lock, if any."""
        return owner(self.folder)

    @property
    def created(self) -> str:
        """Creation time; also the run's identity, which its resume file repeats, as the folder may be renamed."""
        return self._metadata.created

    @property
    def asked(self) -> Recipe:
        """The recipe as the user asked for it, with `auto`."""
        return self._asked

    @property
    def family(self) -> str:
        """The name of the runs that it was tried together with, as by `charplay sweep`; empty where it has none."""
        return str(self.facts.get("family", ""))

    @property
    def resolved(self) -> Recipe:
        """The resolved recipe, which is trained."""
        return self._resolved

    @property
    def corpus(self) -> CorpusOrigin:
        """The text that the run learns."""
        return self._metadata.corpus

    @property
    def held_out_corpus(self) -> CorpusOrigin | None:
        """Another text, which is kept for a test; None where the recipe names none."""
        return self._metadata.held_out_corpus

    @property
    def vocabulary(self) -> str:
        """The characters in the order of their ids."""
        return self._metadata.vocabulary

    @property
    def facts(self) -> Mapping[str, Any]:
        """Other facts about the start: device, threads, versions and the like."""
        return self._metadata.facts

    @property
    def schedule_start(self) -> float:
        """Where the learning rate's schedule begins, in the budget's units; above 0 after a budget was added."""
        return self._metadata.schedule_start

    @property
    def finished(self) -> Mapping[str, Any] | None:
        """The final numbers; None until the budget is spent."""
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
        """The checkpoint to sample from: the best, else the latest."""
        return playable(self.folder)

    @property
    def has_save(self) -> bool:
        """Whether anything was saved: what the run goes on from, or what plays."""
        return _existing(self._resume) is not None or self.playable is not None

    @property
    def snapshots(self) -> tuple[Path, ...]:
        """The checkpoints kept at improvements, by step."""
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
        """Rewrite run.json when the run is resumed: it is no longer finished. `corpus` is its text if that changed."""
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
        """Mark the run as finished, with its final numbers."""
        self._write(finished=dict(numbers))

    def append(self, name: str, added: Iterable[Mapping[str, object]]) -> None:
        """Append rows, each with its `step`, to one of ROWS: all of them, or none where OSError is raised."""
        jsonl.append(self._rows[name], added)

    def metrics(self) -> list[dict[str, Any]]:
        """Read the rows of metrics, oldest first."""
        return jsonl.read(self._rows["metrics"])

    def metrics_in_batches(self) -> Iterator[tuple[float, jsonl.Rows]]:
        """Read the rows of metrics piece by piece, oldest first, each piece with the share that is read by then."""
        return jsonl.batches(self._rows["metrics"])

    def samples(self) -> list[dict[str, Any]]:
        """Read the text samples, oldest first."""
        return jsonl.read(self._rows["samples"])

    def changes(self) -> list[dict[str, Any]]:
        """Read the changes of live hyperparameters, oldest first."""
        return jsonl.read(self._rows["changes"])

    def newest_metrics(self, names: AbstractSet[str] | None = None) -> dict[str, Any]:
        """Read the newest value of every metric, at least of `names` where they are given, from the file's end."""
        return jsonl.newest(self._rows["metrics"], names)

    def row_sizes(self) -> dict[str, int]:
        """Return the size of each of ROWS in bytes, 0 where it does not exist. Raises OSError for the folder."""
        names = {path.name: name for name, path in self._rows.items()}
        with os.scandir(self.folder) as entries:
            there = {names[entry.name]: entry.stat().st_size for entry in entries if entry.name in names}
        return {name: there.get(name, 0) for name in ROWS}

    def truncate_after(self, step: int, sizes: Mapping[str, int] | None = None) -> None:
        """Remove the rows past `step`, the step of the save that training resumes from; atomically, durably.

        `sizes` is what `row_sizes` returned at that save, if known: rows appended after it go too, though one of them
        may be of the same step.
        """
        for name, path in self._rows.items():
            jsonl.truncate_after(path, step, None if sizes is None else sizes[name])

    def write_resume(self, tensors: Mapping[str, np.ndarray], state: Mapping[str, object]) -> None:
        """Write the file that the run resumes from: tensors of any type, bit for bit, and a JSON object.

        Rows appended so far are synced first, so that a saved step never lacks its rows.

        Raises:
            CheckpointError: a tensor is not finite; the old file stays.
            OSError: the disk is full and the like; the old file stays.
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
        """Read what `write_resume` wrote; None before the first save. Raises CheckpointError where it is damaged."""
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
        """Replace the latest checkpoint; raises what `write_checkpoint` raises."""
        checkpoint.write_checkpoint(self._latest, newest)

    def write_best(self, best: Checkpoint) -> None:
        """Replace the best checkpoint; raises what `write_checkpoint` raises."""
        checkpoint.write_checkpoint(self._best, best)

    def keep_snapshot(self, kept: Checkpoint, loss: float) -> Path:
        """Write a checkpoint into `snapshots`, named by its step and loss; raises what `write_checkpoint` raises."""
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
    """Return the best checkpoint in a run's folder, else the latest; works even where run.json is broken."""
    return _existing(folder / BEST) or _existing(folder / LATEST)


def _existing(path: Path) -> Path | None:
    try:
        return path if path.is_file() else None
    except OSError:  # the folder may not be read, or its server does not answer
        return None
