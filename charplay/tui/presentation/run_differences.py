"""What differs between runs, to read: a column for each run, in blocks of as many as a dialog has room for."""

from collections.abc import Mapping, Sequence

from charplay.formatting.loss_units import LossUnit
from charplay.playground.comparison_table import ComparisonRow, difference_rows, number_rows
from charplay.runs.compared_run import ComparedRun
from charplay.tui.widgets.row_list import Cell, fit, fit_name

LABEL_CELLS, COLUMN_CELLS = 20, 11
A_BLOCK = 4
"""Runs beside one another; a dialog on 80 columns has room for them."""
UNDER_WAY = "●"
"""What stands for the chart's own run."""


def difference_lines(runs: Sequence[ComparedRun], markers: Mapping[str, str], unit: LossUnit) -> list[list[Cell]]:
    """Return the lines; `markers` are those of the runs on the chart, by name, and losses are in `unit`."""
    signs = [markers.get(run.name, UNDER_WAY) for run in runs]
    lines: list[list[Cell]] = [
        [(f"{sign} ", "accent"), (run.name, "plain")] for sign, run in zip(signs, runs, strict=True)
    ]
    differing, numbers = difference_rows(runs), number_rows(runs, unit)
    lines += [[], [(f"Losses are in {unit.heading}.", "quiet")]]
    if not differing:
        lines += [[], [("Their texts and recipes do not differ.", "quiet")]]
    for start in range(0, len(runs), A_BLOCK):
        block = slice(start, start + A_BLOCK)
        lines += [[], _line(ComparisonRow("", signs[block]), "accent")]
        lines += [_line(row._replace(values=row.values[block])) for row in (*differing, *numbers)]
    return lines


def _line(row: ComparisonRow, tone: str = "plain") -> list[Cell]:
    columns = [
        (f" {fit(fit_name(value, COLUMN_CELLS).strip(), COLUMN_CELLS, right=True)}", tone) for value in row.values
    ]
    return [(fit(row.title, LABEL_CELLS), "quiet"), *columns]
