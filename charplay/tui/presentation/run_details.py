"""All that is kept of a run, as rows: checkpoints to play, numbers, text, recipe, and what happened."""

from collections.abc import Iterator
from typing import NamedTuple

from charplay.formatting.loss_units import LossUnit, format_loss
from charplay.formatting.units import duration, format_bytes
from charplay.playground.run_details import KeptCheckpoint, RunDetails
from charplay.recipes.specs import format_value
from charplay.tui.widgets.wrapping import wrap

LABEL_CELLS = 22
NOTE_CELLS = 46
"""Of a line of a note: a dialog on 80 columns has room for it."""


class DetailRow(NamedTuple):
    """One row: a heading has a title alone, a checkpoint is one that can be played."""

    label: str
    value: str = ""
    tone: str = "plain"
    checkpoint: KeptCheckpoint | None = None


def detail_rows(details: RunDetails, unit: LossUnit) -> list[DetailRow]:
    """Return the rows of a run, what can be played first; losses are in `unit`."""
    unit = unit.on(details.run.bytes_per_character)
    return [*_checkpoints(details, unit), *_numbers(details, unit), *_recipe(details), *_happened(details)]


def _checkpoints(details: RunDetails, unit: LossUnit) -> Iterator[DetailRow]:
    yield DetailRow("Checkpoints", "" if details.checkpoints else "none is saved yet", "strong")
    for each in details.checkpoints:
        losses = {"held-out": each.val_loss, "train": each.train_loss}
        told = [f"{name} {unit.number(loss)}" for name, loss in losses.items() if loss is not None]
        value = "  ".join([f"step {each.step:,}", f"epoch {each.epoch:.2f}", *told, format_bytes(each.size) or ""])
        yield DetailRow(f"  {each.kind}", value, checkpoint=each)


def _numbers(details: RunDetails, unit: LossUnit) -> Iterator[DetailRow]:
    run = details.run
    yield DetailRow("Run", "finished" if run.finished else "not finished", "strong")
    noted = f"{'★ ' * details.notes.favourite}{details.notes.note}"
    for number, line in enumerate(wrap(noted, NOTE_CELLS) if noted else ()):
        yield DetailRow("" if number else "  note", line)
    yield DetailRow("  folder", str(details.folder))
    yield DetailRow("  text", f"{run.corpus.name}, {run.corpus.characters:,} characters")
    if run.step is not None:
        yield DetailRow("  trained", f"step {run.step:,}, epoch {run.epoch or 0:.2f}, {duration(run.seconds or 0)}")
    losses = {"train": run.train_loss, "held-out": run.val_loss, "held-out, cold": run.val_loss_cold}
    yield from (DetailRow(f"  {name}", format_loss(loss, unit)) for name, loss in losses.items() if loss is not None)
    if details.created:
        yield DetailRow("  made", details.created.partition(".")[0].replace("T", " "))
    yield from (DetailRow(f"  {name}", str(fact)) for name, fact in details.facts.items())


def _recipe(details: RunDetails) -> Iterator[DetailRow]:
    """Each field's value; what was asked for stands beside it where that was another one."""
    yield DetailRow("Recipe", tone="strong")
    for name, value in details.run.recipe.model_dump().items():
        asked = details.asked[name]
        shown = format_value(value) or "none"
        yield DetailRow(f"  {name}", shown if asked == value else f"{shown}  ({format_value(asked)})")


def _happened(details: RunDetails) -> Iterator[DetailRow]:
    if details.changes:
        yield DetailRow("Changes while it trained", tone="strong")
    for change in details.changes:
        new, old = format_value(change.new), format_value(change.old)
        yield DetailRow(f"  step {change.step:,}", f"{change.field} {new}, before {old}")
