"""A text that grows: a style for each character, wrapped, painted line by line, never more than what changed."""

from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from charplay.tui.command import Command, bindings
from charplay.tui.textual_patches import fast_paint
from charplay.tui.widgets.scroll_position import ScrollPosition, lowest_top
from charplay.tui.widgets.styled_text import UNKNOWN, StyledText

MOST_CHARACTERS = 400_000
"""Beyond this the oldest quarter is let go."""

_WHEEL_LINES = 3
_PLAIN_NUMBER = UNKNOWN - 1
_PLAIN, _MARGIN, _CURSOR = -1, -2, -3
_COMPONENTS = {_PLAIN: "", _MARGIN: "writing--margin", _CURSOR: "writing--cursor"}


class GrowingText(Widget, can_focus=True):
    """Shows a growing text. Each character's style is a number in a palette; a number beyond it is plain.

    Lines may carry a mark in the left margin; the cursor stands after the last character. The end is kept in sight
    unless the user scrolled up. An index counts the characters since the sheet was empty, those included that were let
    go.
    """

    commands: ClassVar[Sequence[Command]] = (
        Command("scroll.up", "up", "up", "A line up", action="scroll_lines(-1)"),
        Command(
            "scroll.down",
            "down",
            "down",
            "A line down; at the end the text is followed again",
            action="scroll_lines(1)",
        ),
        Command("scroll.page_up", "pageup", "page up", "A page up", action="scroll_pages(-1)"),
        Command("scroll.page_down", "pagedown", "page down", "A page down", action="scroll_pages(1)"),
        Command("scroll.beginning", "home", "beginning", "To the beginning", action="scroll_to_line(0)"),
        Command("scroll.end", "end", "end", "To the end, and follow it", action="follow"),
    )
    BINDINGS = bindings(commands)
    DEFAULT_CSS = """
    GrowingText {
        width: 1fr;
        height: 1fr;
        & .writing--margin { color: $foreground-muted; }
        & .writing--cursor { color: $accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"writing--margin", "writing--cursor"}

    def __init__(self, *, margin: int = 0, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`margin`: columns kept free at the left for marks."""
        super().__init__(id=id, classes=classes)
        self.margin = margin
        self.text = StyledText()
        self.ask: Callable[[int, int], Iterable[int]] = lambda start, stop: [_PLAIN_NUMBER] * (stop - start)
        """Gives the numbers of characters start up to stop where they are UNKNOWN."""
        self._scroll = ScrollPosition()
        self._palette: Sequence[Style] = ()
        self._parts = fast_paint.PartStyles()
        self._resolved: dict[int, Style] = {}
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._cursor = "▌"

    def __len__(self) -> int:
        return len(self.text)

    @property
    def gone(self) -> int:
        """Index of the first character that is left."""
        return self.text.gone

    @property
    def end(self) -> int:
        """Index of the next character."""
        return self.text.end

    @property
    def following(self) -> bool:
        """Whether the end is kept in sight."""
        return self._scroll.following

    @property
    def top(self) -> int:
        """Number of the first line shown."""
        return self._scroll.top(self.text.lines, self.outer_size.height)

    # What stands there.

    def set_palette(self, styles: Sequence[Style]) -> None:
        """The styles that characters' numbers mean, laid over the widget's own."""
        self._palette = styles
        self._repaint_all()

    def append(self, text: str, style: int = 0) -> None:
        """Add text in one style."""
        self.extend((character, style) for character in text)

    def extend(self, characters: Iterable[tuple[str, int]]) -> None:
        """Add characters, each with the number of its style; only what changed is painted."""
        top, line, column = self._end()
        self.text.extend(characters)
        if len(self.text) > MOST_CHARACTERS:
            self._scroll.let_go(self.text.let_go())
            self._repaint_all()
        else:
            self._grown(top, line, column)

    def break_line(self, mark: str = "") -> None:
        """What comes next begins a line of its own, with a mark; nothing is added to the text."""
        top, line, column = self._end()
        self.text.wrapped.break_line()
        self._grown(top, line, column)
        if mark:
            self.mark(mark)

    def mark(self, text: str) -> None:
        """Put a mark in the margin of the line where the next character goes; a later one on that line replaces it."""
        self.text.mark(text)
        self._paint_line(self.text.lines - 1)

    def set_margin(self, margin: int) -> None:
        """Keep so many columns free at the left."""
        if margin != self.margin:
            self.margin = margin
            self._rewrap()

    def cut(self, index: int) -> None:
        """Take away the characters from an index on, and the marks from there on."""
        self.text.cut(index)
        self._repaint_all()

    def recolour(self, index: int) -> None:
        """Ask anew for the numbers of the characters from an index on, as they come in sight."""
        line, last = self.text.recolour(index), self.text.lines - 1
        if last - line > self.outer_size.height:
            self._repaint_all()
            return
        for number in range(line, last + 1):
            self._strips.discard(number)
        shown = max(line, self.top)
        self.refresh(Region(0, shown - self.top, self.outer_size.width, last - shown + 1))

    def clear(self) -> None:
        """Begin with an empty sheet."""
        self.text.clear()
        self._scroll.held = None
        self._repaint_all()

    # Scrolling.

    def action_scroll_lines(self, lines: int) -> None:
        """Up (below 0) or down."""
        lowest = lowest_top(self.text.lines, self.outer_size.height)
        self.action_scroll_to_line(min(self.top, lowest) + lines)

    def action_scroll_pages(self, pages: int) -> None:
        """Up (below 0) or down, a line kept in sight."""
        self.action_scroll_lines(pages * max(1, self.outer_size.height - 1))

    def action_scroll_to_line(self, line: int) -> None:
        """Show that line at the top, or the end."""
        before = self.top
        self._scroll.go(line, self.text.lines, self.outer_size.height)
        if self.top != before:
            self.refresh()

    def action_follow(self) -> None:
        """Back to the end, and stay there."""
        self.action_scroll_to_line(self.text.lines)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Back in the text."""
        event.stop()
        self.action_scroll_lines(-_WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """On in the text."""
        event.stop()
        self.action_scroll_lines(_WHEEL_LINES)

    def on_resize(self, _: events.Resize) -> None:
        """Another width is another wrapping."""
        if self.outer_size.width - self.margin - 1 != self.text.wrapped.width:
            self._rewrap()
        else:
            self.refresh()

    def _rewrap(self) -> None:
        # One column stays free at the right, for the cursor.
        width = self.outer_size.width - self.margin - 1
        if width < 1:
            return
        held = self._scroll.held
        reading = 0 if held is None else self.text.first_on(held)
        self.text.wrapped.rewrap(width)
        if held is not None:
            self._scroll.held = self.text.line_of(reading)
        self._repaint_all()

    # Painting.

    def _end(self) -> tuple[int, int, int]:
        """The line at the top, and the line and the column of the end."""
        return self.top, self.text.lines - 1, self.text.wrapped.cells

    def _grown(self, top: int, line: int, column: int) -> None:
        """Paint what was added since the end stood at that line and column, with that line at the top."""
        last = self.text.lines - 1
        for number in range(line, last + 1):
            self._strips.discard(number)
        if self.top != top:
            self.refresh()
        elif last > line:
            self.refresh(Region(0, line - top, self.outer_size.width, last - line + 1))
        else:
            left = self.margin + column
            self.refresh(Region(left, line - top, self.margin + self.text.wrapped.cells + 1 - left, 1))

    def _paint_line(self, number: int) -> None:
        self._strips.discard(number)
        self.refresh(Region(0, number - self.top, self.outer_size.width, 1))

    def _repaint_all(self) -> None:
        self._resolved.clear()
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Another theme: the colours in the cached strips are stale."""
        super().notify_style_update()
        self._parts.forget()
        self._resolved.clear()
        self._strips.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The part of the lines that was asked for."""
        return fast_paint.render_lines(self, crop)

    def render_line(self, y: int) -> Strip:
        """One line of the text, from the cache unless it grew."""
        lines = self.text.lines
        number = self._scroll.top(lines, self.outer_size.height) + y
        if number >= lines:
            return Strip.blank(self.outer_size.width, self._style(_PLAIN))
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._strip(number)
        return strip

    def _strip(self, number: int) -> Strip:
        segments = [Segment(text, self._style(style)) for text, style in self.text.runs(number, self.ask)]
        if self.margin:
            mark, room = self.text.mark_on(number), self.margin - 1
            segments.insert(0, Segment(f"{mark[:room]:>{room}} ", self._style(_MARGIN)))
        length = self.margin + self.text.wrapped.width
        strip = Strip(segments)
        if number == self.text.lines - 1:
            strip = strip.crop(0, length)
            strip = Strip([*strip, Segment(self._cursor, self._style(_CURSOR))])
            length += 1
        own = self._style(_PLAIN)
        return strip.adjust_cell_length(length, own).extend_cell_length(self.outer_size.width, own)

    def _style(self, number: int) -> Style:
        style = self._resolved.get(number)
        if style is None:
            style = self._parts.of(self, _COMPONENTS.get(number, ""))
            if 0 <= number < len(self._palette):
                style += self._palette[number]
            self._resolved[number] = style
        return style
