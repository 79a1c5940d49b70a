"""The table in which runs are compared: the fields that differ, then how far each run is and how good."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from charplay.formatting.units import decimals, duration
from charplay.recipes.specs import format_value
from charplay.runs.compared_run import ComparedRun, differences


class ComparisonRow(NamedTuple):
    """A title, and what stands under each run; empty where it is unknown."""

    title: str
    values: list[str]


def _loss(value: float) -> str:
    return decimals(value, 3)


NUMBERS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "step": ("step", "{:,}".format),
    "epoch": ("epoch", "{:.2f}".format),
    "seconds": ("time", duration),
    "train_loss": ("train", _loss),
    "val_loss": ("held-out", _loss),
    "val_loss_cold": ("held-out, cold", _loss),
    "last_val_loss": ("last evaluation", _loss),
    "best_val_loss": ("best evaluation", _loss),
    "best_step": ("at step", "{:,}".format),
}
"""Field of a compared run -> its title and how it is written. Losses are nats a character."""


WHOLE = {"step", "best_step"}
"""Numbers that are counts."""


def write_number(name: str, value: float) -> str:
    """Write a number of a compared run, or a mean of several; a mean of whole numbers is rounded to one."""
    return NUMBERS[name][1](round(value) if name in WHOLE else value)


def difference_rows(runs: Sequence[ComparedRun]) -> list[ComparisonRow]:
    """Return a row for each field that differs."""
    return [ComparisonRow(field, list(map(format_value, values))) for field, values in differences(runs).items()]


def number_rows(runs: Sequence[ComparedRun]) -> list[ComparisonRow]:
    """Return a row for each number that any of the runs has."""
    rows = []
    for name, (title, write) in NUMBERS.items():
        values = [getattr(run, name) for run in runs]
        if any(value is not None for value in values):
            rows.append(ComparisonRow(title, ["" if value is None else write(value) for value in values]))
    return rows
