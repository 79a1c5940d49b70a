"""What losses on a text are compared with, as lines to read."""

from typing import TYPE_CHECKING

from rich.cells import cell_len

from charplay.formatting.loss_units import LossUnit
from charplay.tui.widgets.row_list import Cell, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.ruler.reference_lines import ReferenceLine

FIGURE = 12
"""Columns of a figure."""


def ruler_table(lines: "Sequence[ReferenceLine]", worth: str, unit: LossUnit) -> list[list[Cell]]:
    """Show every line, the highest loss first, below the sentence that says what the run's loss is worth."""
    widest = max(cell_len(line.label) for line in lines)
    units = (unit, *unit.others)
    head = "".join(fit(one.heading, FIGURE, right=True) for one in units)
    shown: list[list[Cell]] = [[(worth, "plain")], []] if worth else []
    shown.append([(f"{' ' * widest}{head}", "quiet")])
    for line in lines:
        row = "".join(fit(one.number(line.loss), FIGURE, right=True) for one in units)
        shown.append([(fit(line.label, widest), "plain"), (row, "accent")])
    return shown
