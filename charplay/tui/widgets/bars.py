"""What the next character may be: its rivals with their probabilities, as bars."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from charplay.tui.visible import glyph
from charplay.tui.widgets.braille import best_drawing

Rivals = Sequence[tuple[str, float, float]]
"""(character, the model's probability, the probability after filters and temperature), the likeliest first."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_CHARACTER = 2
_PERCENT = 6


class Bars(Widget):
    """A row for each rival: the character, a bar, a percentage. Only rows that changed are painted.

    The bar shows the probability after filters and temperature; where those took some away, a faint rest shows what
    the model itself gave.
    """

    DEFAULT_CSS = """
    Bars {
        width: 26;
        height: 1fr;
        & .bars--character { color: $foreground; text-style: bold; }
        & .bars--bar { color: $accent; }
        & .bars--rest { color: $foreground 20%; }
        & .bars--percent { color: $foreground 60%; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"bars--{part}" for part in ("character", "bar", "rest", "percent")}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rivals: Rivals = ()
        self._fine = best_drawing() != "ascii"

    def set_rivals(self, rivals: Rivals) -> None:
        """Show these."""
        before, self._rivals = self._rivals, list(rivals)
        for row in range(max(len(before), len(rivals))):
            if before[row : row + 1] != self._rivals[row : row + 1]:
                self.refresh(Region(0, row, self.content_size.width, 1))

    def render_line(self, y: int) -> Strip:
        """The row of one rival."""
        width = self.content_size.width
        if y >= len(self._rivals):
            return Strip.blank(width, self.rich_style)
        character, raw, filtered = self._rivals[y]
        shown = glyph(character)
        name = max(_CHARACTER, cell_len(shown) + 1)
        room = max(0, width - name - _PERCENT)
        bar, rest = self._bar(filtered, raw, room)
        parts = (
            ("character", set_cell_size(shown, name)),
            ("bar", bar),
            ("rest", rest),
            ("percent", f"{filtered:.0%}".replace("%", " %").rjust(_PERCENT)),
        )
        strip = Strip(Segment(text, self.get_component_rich_style(f"bars--{part}")) for part, text in parts if text)
        return strip.adjust_cell_length(width, self.rich_style)

    def _bar(self, filtered: float, raw: float, room: int) -> tuple[str, str]:
        """The bar and its faint rest, together `room` cells wide."""
        if not self._fine:
            bar = "#" * round(filtered * room)
            return bar, "-" * (round(raw * room) - len(bar)) + " " * (room - max(len(bar), round(raw * room)))
        eighths = round(min(1.0, filtered) * room * 8)
        bar = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
        rest = "░" * (round(min(1.0, raw) * room) - len(bar))
        return bar, rest + " " * (room - len(bar) - len(rest))
