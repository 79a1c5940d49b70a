"""A growing text in which a character can be pointed at."""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip

from charplay.tui.command import Command, bindings
from charplay.tui.widgets.cursor_position import CursorPosition
from charplay.tui.widgets.growing_text import GrowingText
from charplay.tui.widgets.wrapping import width_of


class CursorText(GrowingText):
    """A `GrowingText` with a cursor that can be brought out; the keys that scroll move it then."""

    commands = (
        Command(
            "cursor.left",
            "left",
            "left",
            "A character back; the other moving keys move the cursor, too",
            action="point(-1)",
        ),
        Command("cursor.right", "right", "right", "A character on", action="point(1)"),
    )
    BINDINGS = bindings(commands)
    COMPONENT_CLASSES: ClassVar[set[str]] = {"pointing--point"}
    DEFAULT_CSS = """
    CursorText .pointing--point { background: $accent; color: $background; text-style: bold; }
    CursorText:ansi .pointing--point { background: ansi_default; color: ansi_default; text-style: bold reverse; }
    """

    class Moved(Message):
        """The cursor stands elsewhere."""

    def __init__(self, *, margin: int = 0, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        """As `GrowingText`."""
        super().__init__(margin=margin, id=id, classes=classes)
        self.cursor = CursorPosition(self.text)

    @property
    def point(self) -> int | None:
        """Index of the character under the cursor, `end` behind the last one; None while the cursor is away."""
        return self.cursor.index

    def bring_out(self, index: int, lowest: int) -> None:
        """Bring the cursor out on a character; it moves between `lowest` and the end."""
        self.cursor.lowest = max(lowest, self.gone)
        self._move(lambda: self.cursor.put(index))
        self.refresh_bindings()

    def put_away(self) -> None:
        """Put the cursor away, and follow the end of the text again."""
        self.cursor.index = None
        self._scroll.held = None
        self.refresh()
        self.refresh_bindings()

    def first_in_sight(self) -> int:
        """Index of the first character on the first line shown."""
        return self.text.first_on(self.top)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The cursor's keys are there while it is out."""
        if action == "point":
            return self.point is not None
        return super().check_action(action, parameters)

    def action_point(self, by: int) -> None:
        """So many characters on."""
        if self.point is not None:
            self._put(self.point + by)

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll, or move the cursor as many lines."""
        if self.point is None:
            super().action_scroll_lines(lines)
        else:
            self._move(lambda: self.cursor.move_lines(lines))

    def action_scroll_to_line(self, line: int) -> None:
        """Scroll there, or move the cursor to the beginning of its text."""
        if self.point is None:
            super().action_scroll_to_line(line)
        else:
            self._put(self.cursor.lowest)

    def action_follow(self) -> None:
        """Back to the end, the cursor behind the last character."""
        if self.point is None:
            super().action_follow()
        else:
            self._put(self.end)

    def on_click(self, event: events.Click) -> None:
        """While it is out, the cursor goes where the mouse points."""
        if self.point is not None:
            self._move(lambda: self.cursor.put_at(self.top + event.y, event.x - self.margin))

    def on_resize(self, event: events.Resize) -> None:
        """Another width is another wrapping; the cursor stays in sight."""
        super().on_resize(event)
        self._move(self.cursor.stay)

    def _put(self, index: int) -> None:
        self._move(lambda: self.cursor.put(index))

    def _move(self, move: Callable[[], None]) -> None:
        """Move the cursor, keep it in sight, and paint where it was and is."""
        before, top = self.cursor.line, self.top
        move()
        line = self.cursor.line
        if line < 0:
            return
        # A number rather than the end even on the last line: following, the sheet would move by several lines.
        self._scroll.held = max(0, min(max(top, line - self.outer_size.height + 1), line))
        if before < 0 or self.top != top:
            self.refresh()
        else:
            self._paint_line(before)
            self._paint_line(line)
        self.post_message(self.Moved())

    def render_line(self, y: int) -> Strip:
        """One line, with the cursor where it is out."""
        strip = super().render_line(y)
        if self.point is None or self.cursor.line != self.top + y:
            return strip
        glyph, left = self.text.glyph(self.point), self.margin + self.text.cell_of(self.point)
        right = min(left + width_of(glyph), self.outer_size.width)
        point = self._parts.of(self, "pointing--point")
        shown = Strip([Segment(glyph, point)]).adjust_cell_length(right - left)
        return Strip.join([strip.crop(0, left), shown, strip.crop(right)])
