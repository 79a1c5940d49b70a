"""Bits of surprise along a text, as bars."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual import events
from textual.strip import Strip

from charplay.tui.textual_patches.fast_paint import FastWidget

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LABEL = 5


def means(bits: NDArray[np.float64], columns: int) -> NDArray[np.float64]:
    """(columns,) means of as many equal stretches of (n,) numbers, NaN left out; NaN where there is none."""
    borders = np.arange(columns + 1) * len(bits) // columns
    known = ~np.isnan(bits)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, bits, 0.0))])
    counts = np.concatenate([[0], np.cumsum(known)])
    # Where there are fewer characters than columns, several columns show the same one.
    stops = np.minimum(np.maximum(borders[1:], borders[:-1] + 1), len(bits))
    starts = np.minimum(borders[:-1], stops)
    number = counts[stops] - counts[starts]
    with np.errstate(invalid="ignore"):
        found: NDArray[np.float64] = np.where(number > 0, (sums[stops] - sums[starts]) / np.maximum(number, 1), np.nan)
    return found


class SurprisalBars(FastWidget):
    """A column for each stretch of the text, as high as its mean surprise. `mark` points at a passage."""

    DEFAULT_CSS = """
    SurprisalBars {
        height: 5;
        & .along--label { color: $foreground-muted; }
        & .along--bar { color: $foreground 50%; }
        & .along--marked { color: $accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"along--label", "along--bar", "along--marked"}

    def __init__(self) -> None:
        super().__init__()
        self._bits = np.empty(0)
        self._passage = (0, 0)
        self._means = np.empty(0)

    def show(self, bits: NDArray[np.float64]) -> None:
        """Show (n,) bits, one for each character of the text."""
        self._bits, self._passage = bits, (0, 0)
        self._measure()

    def mark(self, start: int, stop: int) -> None:
        """Point at the characters from `start` up to `stop`."""
        self._passage = (start, stop)
        self.refresh()

    def on_resize(self, _: events.Resize) -> None:
        """Other columns, other stretches."""
        self._measure()

    def _measure(self) -> None:
        columns = self.outer_size.width - _LABEL
        self._means = means(self._bits, columns) if columns > 0 and len(self._bits) else np.empty(0)
        self.refresh()

    def _marked(self) -> range:
        columns, size = len(self._means), max(1, len(self._bits))
        start, stop = self._passage
        first, last = start * columns // size, -(-stop * columns // size)
        return range(first, max(first + 1, last)) if stop else range(0)

    def render_line(self, y: int) -> Strip:
        """One row, the highest first."""
        width, height = self.outer_size.width, self.outer_size.height
        top = float(np.nanmax(self._means)) if len(self._means) and not np.isnan(self._means).all() else 0.0
        if not top:
            return Strip.blank(width, self.parts.of(self))
        label = f"{top:.1f}" if y == 0 else "0" if y == height - 1 else ""
        eighths = np.rint(np.nan_to_num(self._means) / top * height * 8).astype(int) - 8 * (height - 1 - y)
        glyphs = [_EIGHTHS[each] for each in eighths.clip(0, 8).tolist()]
        marked = self._marked()
        segments = [Segment(f"{label:>{_LABEL - 1}} ", self.parts.of(self, "along--label"))]
        for part, run in (
            ("along--bar", glyphs[: marked.start]),
            ("along--marked", glyphs[marked.start : marked.stop]),
            ("along--bar", glyphs[marked.stop :]),
        ):
            segments.append(Segment("".join(run), self.parts.of(self, part)))
        return Strip(segments).adjust_cell_length(width, self.parts.of(self))
