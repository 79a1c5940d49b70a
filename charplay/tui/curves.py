"""A kept run's curves, read from its folder."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from charplay.tui.widgets.history import RunHistory

if TYPE_CHECKING:
    from charplay.runs.run import Run


def characters_per_step(recipe: Mapping[str, object]) -> int:
    """How many characters a step of a resolved recipe reads."""
    sizes = (recipe.get("batch_size"), recipe.get("sequence_length"))
    return math.prod(size for size in sizes if isinstance(size, int))


def kept_curves(run: "Run", last: int | None = None) -> RunHistory:
    """A run's curves as its folder has them, up to the step `last`: what lies beyond will be trained again."""
    rows = (row for row in run.metrics() if last is None or row["step"] <= last)
    return RunHistory.of(rows, characters_per_step(run.resolved.model_dump()))
