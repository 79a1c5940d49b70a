"""What the next character may be: its candidates with their probabilities, as bars."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip

from charplay.formatting.sanitize import sanitize_char
from charplay.tui.textual_patches.fast_paint import FastWidget

Candidates = Sequence[tuple[str, float, float]]
"""(character, the model's probability, the probability after filters and temperature), the likeliest first."""

Row = tuple[str, str, str, str]
PARTS = ("character", "bar", "rest", "percent")
"""Of a row, from left to right."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_CHARACTER = 2
_PERCENT = 6


class CandidateBars(FastWidget):
    """A row for each candidate: the character, a bar, a percentage. Only rows that changed are painted.

    The bar shows the probability after filters and temperature; where those took some away, a faint rest shows what
    the model itself gave.
    """

    DEFAULT_CSS = """
    CandidateBars {
        width: 26;
        height: 1fr;
        & .bars--character { color: $foreground; text-style: bold; }
        & .bars--bar { color: $accent; }
        & .bars--rest { color: $foreground 20%; }
        & .bars--percent { color: $foreground-muted; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"bars--{part}" for part in PARTS}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._candidates: Candidates = ()
        self._rows: list[Row] = []

    def set_candidates(self, candidates: Candidates) -> None:
        """Show these."""
        self._candidates = list(candidates)
        self._write()

    def on_resize(self, _: events.Resize) -> None:
        """Another width, other bars."""
        self._write()

    def _write(self) -> None:
        before, self._rows = self._rows, [self._row(*candidate) for candidate in self._candidates]
        for number in range(max(len(before), len(self._rows))):
            if before[number : number + 1] != self._rows[number : number + 1]:
                self.refresh(Region(0, number, self.outer_size.width, 1))

    def _row(self, character: str, raw: float, filtered: float) -> Row:
        shown = sanitize_char(character)
        name = max(_CHARACTER, cell_len(shown) + 1)
        bar, rest = self._bar(filtered, raw, max(0, self.outer_size.width - name - _PERCENT))
        return set_cell_size(shown, name), bar, rest, f"{filtered * 100:.0f} %".rjust(_PERCENT)

    def _bar(self, filtered: float, raw: float, room: int) -> tuple[str, str]:
        """The bar and its faint rest, together `room` cells wide."""
        eighths = round(min(1.0, filtered) * room * 8)
        bar = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
        return bar, ("░" * (round(min(1.0, raw) * room) - len(bar))).ljust(room - len(bar))

    def render_line(self, y: int) -> Strip:
        """The row of one candidate."""
        width = self.outer_size.width
        if y >= len(self._rows):
            return Strip.blank(width, self.parts.of(self))
        segments = [
            Segment(text, self.parts.of(self, f"bars--{part}"))
            for part, text in zip(PARTS, self._rows[y], strict=True)
            if text
        ]
        name, bar, rest, percent = self._rows[y]
        return Strip(segments, cell_len(name) + len(bar + rest + percent)).adjust_cell_length(
            width, self.parts.of(self)
        )
