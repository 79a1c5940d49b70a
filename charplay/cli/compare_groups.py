"""`charplay runs compare --by FIELD`: mean, deviation and number of runs for each value of a field."""

from typing import TYPE_CHECKING

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_table

if TYPE_CHECKING:
    from charplay.runs.compared_run import ComparedRun
    from charplay.runs.families import Spread

REPEATED = {"seed"}
"""Fields that runs of one value are expected to differ in."""


def require_field(field: str) -> None:
    """Raise UsageError where a recipe has no such field."""
    from charplay.recipes.recipe import Recipe
    from charplay.recipes.specs import closest_match

    if field not in Recipe.model_fields:
        raise UsageError(
            f"--by takes a field of the recipe, not {field!r}; {closest_match(field, Recipe.model_fields)} is one"
        )


def print_groups(runs: "list[ComparedRun]", field: str, *, json: bool) -> None:
    """Print a row, or an object, for each value of the field."""
    from charplay.playground.comparison_table import NUMBERS
    from charplay.recipes.specs import format_value
    from charplay.runs.compared_run import differences
    from charplay.runs.families import group_by

    groups = group_by(runs, field)
    if json:
        for group in groups:
            about = {"by": field, "value": group.value, "n": len(group.runs), "runs": [run.name for run in group.runs]}
            print_json(about | {name: _as_json(group.spread(name)) for name in NUMBERS})
        return
    shown = {name: title for name, (title, _) in NUMBERS.items() if any(group.spread(name) for group in groups)}
    rows = [
        [
            format_value(group.value),
            len(group.runs),
            *(_written(name, group.spread(name), len(group.runs)) for name in shown),
        ]
        for group in groups
    ]
    print_table([field, "n", *shown.values()], rows)
    others = [name for name in differences(runs) if name != field and name not in REPEATED]
    if others:
        print_note(f"These runs differ in {', '.join(others)} too.")


def _as_json(spread: "Spread | None") -> dict[str, float | None] | None:
    return None if spread is None else {"mean": spread.mean, "deviation": spread.deviation, "n": spread.n}


def _written(name: str, spread: "Spread | None", runs: int) -> str:
    """Write a mean with its deviation, and of how many runs where it is not known of all."""
    from charplay.playground.comparison_table import write_number

    if spread is None:
        return ""
    deviation = "" if spread.deviation is None else f" ± {write_number(name, spread.deviation)}"
    return f"{write_number(name, spread.mean)}{deviation}" + (f" (n {spread.n})" if spread.n < runs else "")
