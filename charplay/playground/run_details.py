"""All that is kept of a run: numbers, recipe, text, what happened to it, and the checkpoints that can be played."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from charplay.playground.run_history import kept_changes
from charplay.runs.checkpoint import CheckpointError, read_header
from charplay.runs.compared_run import ComparedRun, final_numbers
from charplay.runs.naming import DEMO_NAME
from charplay.runs.notes import RunNotes, read_notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from charplay.protocol.events import Changed
    from charplay.runs.run import Run
    from charplay.runs.store import RunStore


class KeptCheckpoint(NamedTuple):
    """A checkpoint of a run."""

    kind: str
    """"best", "latest" or "snapshot"."""
    path: Path
    step: int
    epoch: float
    train_loss: float | None
    val_loss: float | None
    """Nats per character."""
    size: int
    """Bytes."""


class RunDetails(NamedTuple):
    """A run, or the demo."""

    run: ComparedRun
    folder: Path
    created: str
    """When, by the run's own clock; empty for the demo."""
    asked: "Mapping[str, Any]"
    """Field -> the value that was asked for, `auto` among them."""
    facts: "Mapping[str, Any]"
    notes: RunNotes
    changes: "list[Changed]"
    """Of live values, oldest first."""
    checkpoints: list[KeptCheckpoint]
    """The best, the latest, and snapshots by their step."""


def read_details(store: "RunStore", name: str) -> RunDetails:
    """Read all that is kept of a run but its curves. RunError, CheckpointError."""
    numbers = final_numbers(store, name)
    if name == DEMO_NAME:
        path = store.checkpoint(name)
        recipe = numbers.recipe.model_dump()
        return RunDetails(numbers, path.parent, "", recipe, {}, RunNotes(), [], _kept("best", path))
    run = store.find(name)
    return RunDetails(
        numbers, run.folder, run.created, run.asked.model_dump(), run.facts, read_notes(run.folder),
        kept_changes(run, float("inf")), _checkpoints(run),
    )  # fmt: skip


def _checkpoints(run: "Run") -> list[KeptCheckpoint]:
    named = [("best", run.best), ("latest", run.latest), *(("snapshot", path) for path in run.snapshots)]
    return [each for kind, path in named if path is not None for each in _kept(kind, path)]


def _kept(kind: str, path: Path) -> list[KeptCheckpoint]:
    """Return the checkpoint in a file; none where it cannot be read."""
    try:
        header = read_header(path)
        size = path.stat().st_size
    except (CheckpointError, OSError):
        return []
    return [KeptCheckpoint(kind, path, header.step, header.epoch, header.train_loss, header.val_loss, size)]
