"""The table in which runs are compared: the fields that differ, then how far each run is and how good."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from charplay.formatting.loss_units import NATS, LossUnit
from charplay.formatting.units import duration
from charplay.recipes.specs import format_value
from charplay.runs.compared_run import ComparedRun, differences


class ComparisonRow(NamedTuple):
    """A title, and what stands under each run; empty where it is unknown."""

    title: str
    values: list[str]


NUMBERS: dict[str, tuple[str, Callable[[Any], str] | None]] = {
    "step": ("step", "{:,}".format),
    "epoch": ("epoch", "{:.2f}".format),
    "seconds": ("time", duration),
    "train_loss": ("train", None),
    "val_loss": ("held-out", None),
    "val_loss_cold": ("held-out, cold", None),
    "last_val_loss": ("last evaluation", None),
    "best_val_loss": ("best evaluation", None),
    "best_step": ("at step", "{:,}".format),
}
"""Field of a compared run -> its title and how it is written; None for a loss, which is in the unit that is set."""


WHOLE = {"step", "best_step"}
"""Numbers that are counts."""


def write_number(name: str, value: float) -> str:
    """Write a number of a compared run, or a mean of several, losses in nats; a mean of whole numbers is rounded."""
    write = NUMBERS[name][1] or NATS.number
    return write(round(value) if name in WHOLE else value)


def difference_rows(runs: Sequence[ComparedRun]) -> list[ComparisonRow]:
    """Return a row for each field that differs."""
    return [ComparisonRow(field, list(map(format_value, values))) for field, values in differences(runs).items()]


def number_rows(runs: Sequence[ComparedRun], unit: LossUnit) -> list[ComparisonRow]:
    """Return a row for each number that any of the runs has; losses are in `unit`."""
    rows = []
    for name, (title, write) in NUMBERS.items():
        values = [getattr(run, name) for run in runs]
        if any(value is not None for value in values):
            rows.append(ComparisonRow(title, [_written(run, getattr(run, name), write, unit) for run in runs]))
    return rows


def _written(run: ComparedRun, value: Any, write: Callable[[Any], str] | None, unit: LossUnit) -> str:
    if value is None:
        return ""
    return write(value) if write is not None else unit.cell(value, run.bytes_per_character) or ""
