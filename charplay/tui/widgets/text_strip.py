"""A whole text as one row: where one is in it, where its held-out and its test part begin, and a search's hits."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from textual import events, on
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from charplay.plotting.sparkline import bar

_TEXT, _HELD_OUT, _TEST = "─", "┄", "┈"


def cells_of(counts: Sequence[int], columns: int) -> list[int]:
    """Return how many there are in each of so many columns, of counts in equal slices of a text."""
    size = len(counts)
    if columns >= size:  # a slice stands in several columns
        return [counts[column * size // columns] for column in range(columns)]
    borders = [column * size // columns for column in range(columns + 1)]
    return [sum(counts[left:right]) for left, right in pairwise(borders)]


class TextStrip(Widget):
    """Draws a text as a line. A click goes to a place."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"strip--text", "strip--held-out", "strip--hit", "strip--here"}
    DEFAULT_CSS = """
    TextStrip {
        height: 1;
        & > .strip--text { color: $foreground 35%; }
        & > .strip--held-out { color: $primary; }
        & > .strip--hit { color: $accent; }
        & > .strip--here { background: $foreground; color: $background; }
        &:ansi > .strip--here { background: ansi_default; color: ansi_default; text-style: reverse; }
    }
    """

    class Chosen(Message):
        """A place was clicked, as a share of the text."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def __init__(self) -> None:
        super().__init__()
        self._here = 0.0
        self._held_out = self._test = 1.0
        self._given: Iterable[int] = ()
        self._counts: Sequence[int] = ()

    def show(self, here: float, held_out: float, test: float, counts: Iterable[int]) -> None:
        """Show a position, the beginnings of the held-out and the test part, and hits in the text's slices.

        All but the hits are shares of the text. `counts` are read where they are another object than before.
        """
        if counts is not self._given:
            self._given, self._counts = counts, [int(count) for count in counts]
            self.refresh()
        if (here, held_out, test) != (self._here, self._held_out, self._test):
            self._here, self._held_out, self._test = here, held_out, test
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the one line."""
        width = self.size.width
        here, held_out = int(self._here * (width - 1) + 0.5), round(self._held_out * width)
        test = round(self._test * width)
        counts = cells_of(self._counts, width) if self._counts and width else [0] * width
        most = max(counts, default=0)
        segments = []
        for column, number in enumerate(counts):
            beyond = column >= held_out
            glyph = bar(number, most) if number else _TEST if column >= test else _HELD_OUT if beyond else _TEXT
            part = "held-out" if beyond else "hit" if number else "text"
            part = "here" if column == here else part
            segments.append(Segment(glyph, self.get_component_rich_style(f"strip--{part}")))
        return Strip(Strip(segments).simplify()).adjust_cell_length(width, self.rich_style)

    @on(events.Click)
    def _choose(self, event: events.Click) -> None:
        self.post_message(self.Chosen(event.get_content_offset_capture(self).x / max(1, self.size.width - 1)))
