"""What losses on a text are compared with, as lines to read."""

from typing import TYPE_CHECKING

from rich.cells import cell_len

from charplay.formatting.units import decimals, format_bits, format_perplexity
from charplay.tui.widgets.row_list import Cell, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from charplay.corpora.ruler.reference_lines import ReferenceLine

FIGURE = 12
"""Columns of a figure."""


def ruler_table(lines: "Sequence[ReferenceLine]", worth: str) -> list[list[Cell]]:
    """Show every line, the highest loss first, below the sentence that says what the run's loss is worth."""
    widest = max(cell_len(line.label) for line in lines)
    head = "".join(fit(name, FIGURE, right=True) for name in ("nats", "bits", "perplexity"))
    shown: list[list[Cell]] = [[(worth, "plain")], []] if worth else []
    shown.append([(f"{' ' * widest}{head}", "quiet")])
    for line in lines:
        figures = (decimals(line.loss, 3), format_bits(line.loss) or "", format_perplexity(line.loss))
        row = "".join(fit(figure, FIGURE, right=True) for figure in figures)
        shown.append([(fit(line.label, widest), "plain"), (row, "accent")])
    return shown
