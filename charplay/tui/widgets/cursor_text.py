"""A growing text in which a character can be pointed at."""

from bisect import bisect_right
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from charplay.formatting.sanitize import NEWLINE
from charplay.tui.commands import CURSOR
from charplay.tui.widgets.growing_text import GrowingText
from charplay.tui.widgets.wrapping import width_of


class CursorText(GrowingText):
    """A `GrowingText` with a cursor that can be brought out; the keys that scroll move it then."""

    BINDINGS = CURSOR
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pointing--point"}
    DEFAULT_CSS = """
    CursorText .pointing--point { background: $accent; color: $background; text-style: bold; }
    """

    class Moved(Message):
        """The cursor stands elsewhere."""

    def __init__(self, *, margin: int = 0, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        """As `GrowingText`."""
        super().__init__(margin=margin, id=id, classes=classes)
        self.point: int | None = None
        """Index of the character under the cursor, `end` behind the last one; None while the cursor is away."""
        self._lowest = 0
        self._column = 0

    def bring_out(self, index: int, lowest: int) -> None:
        """Bring the cursor out on a character; it moves between `lowest` and the end."""
        self._lowest = max(lowest, self.gone)
        self._go(index)
        self._column = self._cell(self.point or 0)
        self.refresh_bindings()

    def put_away(self) -> None:
        """Put the cursor away, and follow the end of the text again."""
        self.point = None
        self._top = None
        self.refresh()
        self.refresh_bindings()

    def first_in_sight(self) -> int:
        """Index of the first character on the first line shown."""
        return self.gone + self._wrapped.starts[min(self.top, len(self._wrapped.starts) - 1)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The cursor's keys are there while it is out."""
        if action == "point":
            return self.point is not None
        return super().check_action(action, parameters)

    def action_point(self, by: int) -> None:
        """So many characters on."""
        if self.point is not None:
            self._go(self.point + by)
            self._column = self._cell(self.point)

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll, or move the cursor as many lines."""
        if self.point is None:
            super().action_scroll_lines(lines)
        else:
            starts = self._wrapped.starts
            line = min(max(self._line(self.point) + lines, 0), len(starts) - 1)
            self._go(self.gone + self._nearest(line, self._column))

    def action_scroll_to_line(self, line: int) -> None:
        """Scroll there, or move the cursor to the beginning of its text."""
        if self.point is None:
            super().action_scroll_to_line(line)
        else:
            self._go(self._lowest)
            self._column = self._cell(self.point)

    def action_follow(self) -> None:
        """Back to the end, the cursor behind the last character."""
        if self.point is None:
            super().action_follow()
        else:
            self._go(self.end)
            self._column = self._cell(self.point)

    def on_click(self, event: events.Click) -> None:
        """While it is out, the cursor goes where the mouse points."""
        if self.point is not None:
            line = min(self.top + event.y, len(self._wrapped.starts) - 1)
            self._column = max(0, event.x - self.margin)
            self._go(self.gone + self._nearest(line, self._column))

    def on_resize(self, event: events.Resize) -> None:
        """Another width is another wrapping; the cursor stays in sight."""
        super().on_resize(event)
        if self.point is not None:
            self._go(self.point)

    def _go(self, index: int) -> None:
        before, top = self.point, self.top
        self.point = min(max(index, self._lowest), self.end)
        line = self._line(self.point)
        # A number rather than the end even on the last line: following, the sheet would move by several lines.
        self._top = max(0, min(max(top, line - self.outer_size.height + 1), line))
        if before is None or self.top != top:
            self.refresh()
        else:
            self._paint_line(self._line(before))
            self._paint_line(line)
        self.post_message(self.Moved())

    def _line(self, index: int) -> int:
        return self._wrapped.line_of(index - self.gone)

    def _cell(self, index: int) -> int:
        """On which cell of its line a character begins."""
        at = index - self.gone
        glyphs = self._wrapped.glyphs[self._wrapped.starts[self._line(index)] : at]
        return min(sum(map(width_of, glyphs)), self._wrapped.width)

    def _nearest(self, line: int, cell: int) -> int:
        """Which character of a line stands on a cell, or is its last."""
        on = self._wrapped.line(line)
        if line == len(self._wrapped.starts) - 1:
            on = range(on.start, on.stop + 1)
        ends = list(accumulate(width_of(glyph) for glyph in self._wrapped.glyphs[on.start : on.stop]))
        return min(on.start + bisect_right(ends, cell), on.stop - 1)

    def render_line(self, y: int) -> Strip:
        """One line, with the cursor where it is out."""
        strip = super().render_line(y)
        if self.point is None or self._line(self.point) != self.top + y:
            return strip
        at, left = self.point - self.gone, self.margin + self._cell(self.point)
        glyph = " " if self.point == self.end else self._wrapped.glyphs[at] or NEWLINE
        right = min(left + width_of(glyph), self.outer_size.width)
        shown = Strip([Segment(glyph, self.part_style("pointing--point"))]).adjust_cell_length(right - left)
        return Strip.join([strip.crop(0, left), shown, strip.crop(right)])
