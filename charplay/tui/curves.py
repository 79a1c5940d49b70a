"""A kept run's curves, changes and samples, read from its folder."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from charplay.messages.events import Changed, Event, Sampled
from charplay.tui.widgets.history import RunHistory

if TYPE_CHECKING:
    from charplay.runs.run import Run

Told = TypeVar("Told", bound=Event)


def characters_per_step(recipe: Mapping[str, object]) -> int:
    """How many characters a step of a resolved recipe reads."""
    sizes = (recipe.get("batch_size"), recipe.get("sequence_length"))
    return math.prod(size for size in sizes if isinstance(size, int))


def kept_curves(run: "Run", last: float = math.inf) -> RunHistory:
    """A run's curves as its folder has them, up to the step `last`: what lies beyond will be trained again."""
    recipe = run.resolved.model_dump()
    history = RunHistory(characters_per_step(recipe))
    for change in kept_changes(run, last):
        recipe[change.field] = change.new
        history.read_on(change.step, characters_per_step(recipe))
    history.read(row for row in run.metrics() if row["step"] <= last)
    return history


def kept_changes(run: "Run", last: float) -> list[Changed]:
    """The live changes up to the step `last`, undos among them."""
    return _told(Changed, run.changes(), last)


def kept_samples(run: "Run", last: float) -> list[Sampled]:
    """The text samples up to the step `last`."""
    return _told(Sampled, run.samples(), last)


def _told(kind: type[Told], rows: Iterable[Mapping[str, Any]], last: float) -> list[Told]:
    """The rows as the events that they were. One that lacks something was written by hand, or by another version."""
    names = {each.name for each in fields(kind)}
    return [kind(**row) for row in rows if row["step"] <= last and row.keys() == names]
