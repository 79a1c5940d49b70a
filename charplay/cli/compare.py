"""`charplay runs compare`: what differs between runs, and how good each became."""

from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.compare_groups import print_groups, require_field
from charplay.cli.errors import UsageError
from charplay.cli.output import print_json, print_note, print_table, progress_line
from charplay.cli.recipe_options import JsonOption
from charplay.cli.settings import loss_unit
from charplay.playground.home import open_store, read_home

if TYPE_CHECKING:
    from charplay.runs.compared_run import ComparedRun


def compare(
    context: typer.Context,
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN...", help="Two runs or more, a family of them, or the demo.")
    ],
    by: Annotated[
        str | None, typer.Option("--by", metavar="FIELD", help="Mean, deviation and n for each value of a field.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Compare runs: what differs in their recipes, and their losses, with --json in nats a character."""
    from charplay.corpora.progress import Progress
    from charplay.playground.comparison_table import difference_rows, number_rows
    from charplay.runs.compared_run import read_compared
    from charplay.runs.families import with_families

    store, progress = open_store(context.obj), Progress(progress_line("reading the runs"))
    runs = with_families(store, runs)
    if len(runs) < 2:
        raise UsageError("one run has nothing to be compared with; name two or more, `charplay runs` lists them")
    if by is not None:
        require_field(by)
    compared = [read_compared(store, name, progress.part(i / len(runs), (i + 1) / len(runs)).at)
                for i, name in enumerate(runs)]  # fmt: skip
    progress.at(1)
    if by is not None:
        print_groups(compared, by, json=json)
        return
    if json:
        _print_json(compared)
        return
    differing = difference_rows(compared)
    if not differing:
        print_note("Their texts and recipes do not differ.")
    unit = loss_unit(read_home(context.obj))
    rows = [[row.title, *row.values] for row in (*differing, *number_rows(compared, unit))]
    print_table([f"losses in {unit.heading}", *(run.name for run in compared)], rows)


def _print_json(compared: "list[ComparedRun]") -> None:
    """Print an object for each run; `differs` has the fields that differ, with the run's own values."""
    from charplay.playground.comparison_table import NUMBERS
    from charplay.runs.compared_run import differences

    differing = differences(compared)
    for i, run in enumerate(compared):
        numbers = {name: getattr(run, name) for name in NUMBERS}
        differs = {field: values[i] for field, values in differing.items()}
        print_json(
            {"run": run.name, "corpus": run.corpus.name, "finished": run.finished, **numbers, "differs": differs}
        )
