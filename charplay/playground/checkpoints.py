"""Lists the checkpoints of all runs, and opens the models in them."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from charplay.formatting.units import decimals
from charplay.playground.saved_texts import ModelOrigin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from charplay.runs.store import RunStore, RunSummary
    from charplay.sampling.model import CharModel

MOST = 500
"""Checkpoints that are listed."""


class CheckpointEntry(NamedTuple):
    """A checkpoint that can be played."""

    run: str
    path: str
    step: int
    train_loss: float | None
    val_loss: float | None
    """Nats per character."""

    @property
    def title(self) -> str:
        """The run and the step."""
        return f"{self.run}, step {self.step:,}"

    @property
    def note(self) -> str:
        """Its loss on held-out text, else on what it was trained on, where one is known."""
        if self.val_loss is not None:
            return f"held-out {decimals(self.val_loss, 3)}"
        return "" if self.train_loss is None else f"train {decimals(self.train_loss, 3)}"


class LoadedModel(NamedTuple):
    """A checkpoint's model, ready to write."""

    model: "CharModel"
    source: str
    """Whose weights these are: the run and the step."""
    origin: ModelOrigin


def list_checkpoints(runs: "Iterable[RunSummary]") -> list[CheckpointEntry]:
    """Every checkpoint of every run, one a step: runs as they come, steps rising. What cannot be read is left out."""
    from charplay.runs.checkpoint import CheckpointError, read_header

    found: list[CheckpointEntry] = []
    for summary in runs:
        steps: dict[int, CheckpointEntry] = {}
        for path in [] if summary.broken else _files(summary):
            try:
                header = read_header(path)
            except CheckpointError:
                continue
            found_here = CheckpointEntry(summary.name, str(path), header.step, header.train_loss, header.val_loss)
            steps.setdefault(header.step, found_here)
        found += [steps[step] for step in sorted(steps)]
        if len(found) >= MOST:
            break
    return found[:MOST]


def spread(checkpoints: "Sequence[CheckpointEntry]", most: int) -> list[CheckpointEntry]:
    """Return at most so many checkpoints, 2 or more: the first, the last, and others evenly spaced in their list."""
    if len(checkpoints) <= most:
        return list(checkpoints)
    return [checkpoints[round(number * (len(checkpoints) - 1) / (most - 1))] for number in range(most)]


def _files(summary: "RunSummary") -> "list[Path]":
    from charplay.runs.run import Run
    from charplay.runs.store import RunError

    try:
        run = Run.open(summary.folder)
    except RunError:  # the demo is a checkpoint without a run
        return [summary.playable] if summary.playable else []
    return [path for path in (run.best, run.latest, *run.snapshots) if path is not None]


def open_model(path: Path, run: str) -> LoadedModel:
    """The model in a checkpoint; CheckpointError, ModelError where it cannot be played."""
    from charplay.corpora.vocabulary import Vocabulary
    from charplay.runs.checkpoint import read_checkpoint
    from charplay.sampling.model import CharModel

    checkpoint = read_checkpoint(path)
    model = CharModel.load(checkpoint.tensors, checkpoint.recipe, Vocabulary(checkpoint.vocabulary))
    return LoadedModel(model, f"{run}, step {checkpoint.step:,}", ModelOrigin(run, str(path)))


def open_checkpoint(store: "RunStore", name: str) -> LoadedModel:
    """Open the model of a run, of a checkpoint file or of the demo.

    RunError, CheckpointError, ModelError where there is none.
    """
    return open_model(store.checkpoint(name), name)
