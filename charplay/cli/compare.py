"""`charplay runs compare`: what differs between runs, and how good each became."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_table, progress_line
from charplay.cli.recipe_options import JsonOption
from charplay.formatting.units import duration, format_nats
from charplay.playground.home import open_store

if TYPE_CHECKING:
    from charplay.runs.compared_run import ComparedRun

NUMBERS: dict[str, tuple[str, Callable[[Any], str | None]]] = {
    "step": ("step", "{:,}".format),
    "epoch": ("epoch", "{:.2f}".format),
    "seconds": ("time", duration),
    "train_loss": ("train", format_nats),
    "val_loss": ("held-out", format_nats),
    "val_loss_cold": ("held-out, cold", format_nats),
    "last_val_loss": ("last evaluation", format_nats),
    "best_val_loss": ("best evaluation", format_nats),
    "best_step": ("at step", "{:,}".format),
}
"""Field of a compared run -> its title in the table, and how it is written."""


def compare(
    context: typer.Context,
    runs: Annotated[list[str], typer.Argument(metavar="RUN...", help="Two runs or more, or the demo.")],
    json: JsonOption = False,
) -> None:
    """Compare runs: what differs in their recipes, and their losses. Losses are nats a character."""
    from charplay.corpora.progress import Progress
    from charplay.runs.compared_run import differences, read_compared

    if len(runs) < 2:
        raise UsageError("one run has nothing to be compared with; name two or more, `charplay runs` lists them")
    store, progress = open_store(context.obj), Progress(progress_line("reading the runs"))
    compared = [read_compared(store, name, progress.part(i / len(runs), (i + 1) / len(runs)).at)
                for i, name in enumerate(runs)]  # fmt: skip
    progress.at(1)
    differing = differences(compared)
    if json:
        _print_json(compared, differing)
        return
    if not differing:
        print_note("Their texts and recipes do not differ.")
    print_table(["", *(run.name for run in compared)], [*_differing_rows(differing), *_number_rows(compared)])


def _print_json(compared: "list[ComparedRun]", differing: dict[str, list[Any]]) -> None:
    """Print an object for each run; `differs` has the fields that differ, with the run's own values."""
    for i, run in enumerate(compared):
        numbers = {name: getattr(run, name) for name in NUMBERS}
        differs = {field: values[i] for field, values in differing.items()}
        print_json(
            {"run": run.name, "corpus": run.corpus.name, "finished": run.finished, **numbers, "differs": differs}
        )


def _differing_rows(differing: dict[str, list[Any]]) -> list[list[str]]:
    from charplay.recipes.specs import format_value

    return [[field, *map(format_value, values)] for field, values in differing.items()]


def _number_rows(compared: "list[ComparedRun]") -> list[list[str | None]]:
    rows = []
    for name, (title, write) in NUMBERS.items():
        values = [getattr(run, name) for run in compared]
        if any(value is not None for value in values):
            rows.append([title, *(None if value is None else write(value) for value in values)])
    return rows
