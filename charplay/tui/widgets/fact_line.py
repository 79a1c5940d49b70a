"""A line of two facts, one at each end. It is never laid out anew, however often and however long they change."""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from charplay.tui.textual_patches.fast_paint import FastWidget
from charplay.tui.widgets.row_list import fit

GAP = 3
"""Cells between the two."""


class FactLine(FastWidget):
    """Draws the left fact whole, where there is room, and of the right one what fits beside it.

    Two labels with a width of their own would have all of the screen laid out for every other text, which costs more
    than painting it does, and a fact changes with every key.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"facts--left", "facts--right"}
    DEFAULT_CSS = """
    FactLine {
        height: 1;
        & > .facts--left { color: $foreground-muted; }
        & > .facts--right { color: $accent; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._facts = ("", "")

    def show(self, left: str, right: str) -> None:
        """Show two facts, both of plain glyphs."""
        if (left, right) != self._facts:
            self._facts = (left, right)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the one line."""
        left, right = self._facts
        beside = self.size.width - cell_len(left)
        pieces = [
            (left, "facts--left"),
            (" " * GAP, ""),
            (fit(right, max(0, beside - GAP), right=True), "facts--right"),
        ]
        segments = [Segment(text, self.parts.of(self, part)) for text, part in pieces]
        return Strip(segments).adjust_cell_length(self.size.width, self.parts.of(self))
