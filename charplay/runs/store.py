"""The store of runs: lists, finds, exports and deletes a home's runs; lists the demo too."""

import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from charplay.fs import atomic
from charplay.fs.paths import user_path
from charplay.runs import naming
from charplay.runs.checkpoint import CheckpointError, read_checkpoint, read_header, read_numbers
from charplay.runs.errors import RunError
from charplay.runs.folders import RUN_JSON, last_written, run_folders
from charplay.runs.home import Home
from charplay.runs.lock import AlreadyLocked, Lock, Place
from charplay.runs.naming import DEMO_NAME
from charplay.runs.notes import read_notes, write_notes
from charplay.runs.run import Run, playable

__all__ = ["DEMO", "RunError", "RunStore", "RunSummary", "destination", "write_export"]

DEMO = Path(str(files("charplay.runs") / "demo" / "demo.safetensors"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run in the list. Losses are nats per character; unknown values are None, or empty.

    `step`, `epoch` and `seconds` are those of the last save, from which the run would resume; while it trains, those of
    the newest row of metrics. `val_loss` is that of the checkpoint to sample from.
    """

    name: str
    folder: Path
    modified: float
    """Time of the last write, in seconds since 1970."""
    corpus: str = ""
    cell: str = ""
    num_layers: int | str = ""
    hidden_size: int | str = ""
    step: int = 0
    epoch: float = 0.0
    seconds: float = 0.0
    train_loss: float | None = None
    val_loss: float | None = None
    finished: bool = False
    playable: Path | None = None
    bytes_per_character: float | None = None
    """Bytes of UTF-8, of the text that its closing loss counts; None for an older run whose text is not ASCII."""
    read_only: bool = False
    in_use: str = ""
    """The process that trains it: "pid 4121 on host since ..."."""
    place: Place | None = None
    """Where it trains now; None where it does not."""
    broken: str = ""
    """The reason why it cannot be read."""
    favourite: bool = False
    note: str = ""
    """What a person wrote about it."""

    @property
    def waiting(self) -> bool:
        """Whether it could go on: it is neither finished, nor training now, nor broken."""
        return not (self.finished or self.in_use or self.broken)


PLACE = {"step", "epoch", "seconds"}
STATUS = PLACE | {"train_loss", "val_loss"}
"""The numbers of a line: how far a run is, and how good."""

_Summaries = list[RunSummary]  # an alias, since `list` is a method within the class


class RunStore:
    """The runs under a home's `checkpoints`, and the demo, which every home lists read-only."""

    def __init__(self, home: Home) -> None:
        self._folder = home.checkpoints

    def list(self, watch: Callable[[float], object] = lambda _: None) -> _Summaries:
        """List the runs, newest first, then the demo. A folder that is not a readable run is listed as broken.

        `watch` is told the share that is read, 0 to 1, before each run; it may raise to cancel.
        """
        folders, found = run_folders(self._folder), []
        for i, folder in enumerate(folders):
            watch(i / len(folders))
            found.append(_summary(folder))
        return sorted(found, key=lambda summary: (-summary.modified, summary.name)) + _demo()

    def names(self) -> tuple[str, ...]:
        """List the names of the runs, broken ones too, without reading any."""
        return tuple(folder.name for folder in run_folders(self._folder))

    def find(self, name_or_path: str) -> Run:
        """Find a run by name, or by its folder's path. Raises RunError with the nearest name where there is none."""
        folder = self._folder_of(name_or_path)
        if folder is not None:
            return Run.open(folder)
        if name_or_path == DEMO_NAME or _existing(Path(name_or_path)):
            raise RunError(f"{name_or_path} is a checkpoint to play and to start from, not a run")
        raise self._unknown(name_or_path)

    def checkpoint(self, name_or_path: str) -> Path:
        """Find the checkpoint to sample from: a run's best, else its latest; the demo; or the file at that path."""
        folder = self._folder_of(name_or_path)
        if folder is not None:
            path = playable(folder)
            if path is None:
                raise RunError(_unplayable(Run.open(folder)))
            return path
        if name_or_path == DEMO_NAME and DEMO.is_file():
            return DEMO
        if (file := _existing(Path(name_or_path))) is None:
            raise self._unknown(name_or_path)
        return file

    def unfinished(self) -> RunSummary | None:
        """Return the newest run that is neither finished nor training now, if any."""
        newest_first = sorted(run_folders(self._folder), key=last_written, reverse=True)
        lines = map(_summary, newest_first)  # lazily, as the first one is mostly the answer
        return next((line for line in lines if line.waiting), None)

    def deletable(self, name: str) -> Path:
        """Find the folder of a run of this store, readable or broken. Raises RunError where there is none."""
        return self._own(name, "deleted")

    def _own(self, name: str, done: str) -> Path:
        """Find the folder of a run of this store; `done` is what the demo cannot be."""
        folder = next((folder for folder in run_folders(self._folder) if folder.name == name), None)
        if folder is None and name == DEMO_NAME:
            raise RunError(f"{DEMO_NAME} comes with charplay and cannot be {done}")
        if folder is None:
            raise self._unknown(name)
        return folder

    def delete(self, name: str) -> None:
        """Delete a run that is `deletable`. Raises RunError, also where the run is in use."""
        folder = self.deletable(name)
        try:
            with Lock(folder):
                atomic.remove_folder(folder)
        except AlreadyLocked as owned:
            raise RunError(f"run {name} is in use by {owned}; stop it first") from None
        except OSError as error:
            raise RunError(f"run {name} cannot be deleted ({error.strerror})") from None

    def rename(self, name: str, new: str) -> None:
        """Rename a run of this store. Raises RunError, also where the name is unfit or taken, or the run is in use."""
        folder = self._own(name, "renamed")
        try:
            with Lock(folder):
                naming.claim_named(folder, new)
            atomic.sync_folder(self._folder)
        except AlreadyLocked as owned:
            raise RunError(f"run {name} is in use by {owned}; stop it first") from None
        except OSError as error:
            raise RunError(f"run {name} cannot be renamed ({error.strerror})") from None

    def note(self, name: str, *, favourite: bool | None = None, note: str | None = None) -> None:
        """Note something of a run of this store; what is None stays. Raises RunError."""
        write_notes(self._own(name, "written upon"), favourite=favourite, note=note)

    def export(self, name_or_path: str, target: Path, *, overwrite: bool = False) -> Path:
        """Copy the checkpoint to sample from to the file `target`, or into the folder `target`; return its path.

        Raises RunError, or CheckpointError where the checkpoint is damaged.
        """
        source = self.checkpoint(name_or_path)
        read_checkpoint(source)
        if target.is_dir():
            target = target / (source.name if source == DEMO else f"{source.parent.name}.safetensors")
        try:
            data = source.read_bytes()
        except OSError as error:
            raise RunError(f"{source} cannot be read ({error.strerror})") from None
        write_export(target, data, overwrite=overwrite)
        return target

    def _folder_of(self, name_or_path: str) -> Path | None:
        for folder in run_folders(self._folder):
            if folder.name == name_or_path:
                return folder
        found = _existing(Path(name_or_path) / RUN_JSON)
        return found.parent if found else None

    def _unknown(self, name: str) -> RunError:
        names = [*self.names(), *[DEMO_NAME] * DEMO.is_file()]
        near = get_close_matches(name, names, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else "`charplay runs` lists them"
        return RunError(f"there is no run or checkpoint {name[:80]!r}; {hint}")


def write_export(target: Path, data: bytes, *, overwrite: bool) -> None:
    """Write a file that a person named, atomically. Raises RunError, also where it is there and not to be replaced."""
    try:
        into = destination(target)
        if into.exists() and not overwrite:
            hint = "choose another name, or replace it with `charplay runs export --overwrite`"
            raise RunError(f"{target} is there already; {hint}")
        atomic.replace_bytes(into, data)
    except OSError as error:
        raise RunError(f"{target} cannot be written ({error.strerror}); choose another place") from None


def destination(path: Path) -> Path:
    """Follow links to the file that is to be written; it need not exist. Raises RunError for anything but a file."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(path.stat().st_mode):
            raise RunError(f"{path} is no file but a folder, a pipe or a device; name a file, there or new")
    return path.resolve()


def _unplayable(run: Run) -> str:
    """Say why a run has no checkpoint to sample from."""
    if run.finished is not None:
        return f"run {run.name} has lost its checkpoints; `charplay train --resume {run.name}` makes them again"
    return f"run {run.name} has saved nothing yet; it plays once it has"


def _existing(path: Path) -> Path | None:
    """Return a file's absolute path; None where there is no such file, or the path is invalid."""
    try:
        path = user_path(path)
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None


def _summary(folder: Path) -> RunSummary:
    modified, notes = last_written(folder), read_notes(folder)
    try:
        run = Run.open(folder)
        owner = run.owner
        numbers = run_status(run, in_use=owner is not None)
    except (RunError, OSError) as error:
        return RunSummary(
            name=folder.name,
            folder=folder,
            modified=modified,
            playable=playable(folder),
            broken=str(error),
            favourite=notes.favourite,
            note=notes.note,
        )
    return RunSummary(
        name=run.name,
        folder=folder,
        modified=modified,
        corpus=run.corpus.name,
        cell=run.resolved.cell,
        num_layers=run.resolved.num_layers,
        hidden_size=run.resolved.hidden_size,
        step=int(_number(numbers, "step") or 0),
        epoch=_number(numbers, "epoch") or 0.0,
        seconds=_number(numbers, "seconds") or 0.0,
        train_loss=_number(numbers, "train_loss"),
        val_loss=_number(numbers, "val_loss"),
        finished=run.finished is not None,
        playable=run.playable,
        bytes_per_character=known_bytes(run.vocabulary, run.facts),
        in_use=str(owner or ""),
        place=owner.place if owner else None,
        favourite=notes.favourite,
        note=notes.note,
    )


def run_status(run: Run, *, in_use: bool) -> dict[str, Any]:
    """Return a run's step, epoch, seconds and losses, as `RunSummary` defines them.

    Files are opened only for what is not known by then, as a list has thousands of runs.
    """
    numbers = {name: value for name, value in (run.finished or {}).items() if value}
    if "val_loss" not in numbers and (played := read_numbers(run.best).get("val_loss")):
        numbers["val_loss"] = played
    if not in_use and not numbers.keys() >= PLACE:
        saved = read_numbers(run.latest)
        numbers = {name: saved.get(name) for name in PLACE} | numbers
    if not numbers.keys() >= STATUS:
        numbers = run.newest_metrics(STATUS - numbers.keys()) | numbers
    return numbers


def known_bytes(vocabulary: str, facts: Mapping[str, object] = MappingProxyType({})) -> float | None:
    """Return the bytes of UTF-8 a character of a run's text, as far as that is known: a character of ASCII is one."""
    return 1.0 if vocabulary.isascii() else _number(facts, "bytes_per_character")


def _number(numbers: Mapping[str, object], name: str) -> float | None:
    value = numbers.get(name)
    return value if isinstance(value, int | float) and abs(value) < float("inf") else None


def _demo() -> list[RunSummary]:
    if not DEMO.is_file():
        return []
    try:
        header = read_header(DEMO)
    except CheckpointError as error:
        return [RunSummary(name=DEMO_NAME, folder=DEMO.parent, modified=0.0, read_only=True, broken=str(error))]
    return [
        RunSummary(
            name=DEMO_NAME,
            folder=DEMO.parent,
            modified=DEMO.stat().st_mtime,
            corpus=header.corpus.name,
            cell=header.recipe.cell,
            num_layers=header.recipe.num_layers,
            hidden_size=header.recipe.hidden_size,
            step=header.step,
            epoch=header.epoch,
            seconds=header.seconds,
            train_loss=header.train_loss,
            val_loss=header.val_loss,
            finished=True,
            playable=DEMO,
            bytes_per_character=known_bytes(header.vocabulary),
            read_only=True,
        )
    ]
