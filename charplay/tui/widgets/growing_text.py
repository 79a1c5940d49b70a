"""A text that grows: a style for each character, wrapped, painted line by line, never more than what changed."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.widgets.scrolling import Scrolling
from charplay.tui.widgets.wrapping import Wrapped

MOST_CHARACTERS = 400_000
"""Beyond this the oldest quarter is let go."""

UNKNOWN = 0xFFFF
"""In place of a style's number: to be asked for when the character comes in sight."""

_PLAIN_NUMBER = UNKNOWN - 1
_PLAIN, _MARGIN, _CURSOR = -1, -2, -3
_COMPONENTS = {_MARGIN: "writing--margin", _CURSOR: "writing--cursor"}


class GrowingText(Scrolling):
    """Shows a growing text. Each character's style is a number in a palette; a number beyond it is plain.

    Lines may carry a mark in the left margin; the cursor stands after the last character. An index counts the
    characters since the sheet was empty, those included that were let go.
    """

    DEFAULT_CSS = """
    GrowingText {
        width: 1fr;
        height: 1fr;
        & .writing--margin { color: $foreground 45%; }
        & .writing--cursor { color: $accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"writing--margin", "writing--cursor"}

    def __init__(self, *, margin: int = 0, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        """`margin`: columns kept free at the left for marks."""
        super().__init__(id=id, classes=classes)
        self.margin = margin
        self._wrapped = Wrapped(40)
        self.ask: Callable[[int, int], Iterable[int]] = lambda start, stop: [_PLAIN_NUMBER] * (stop - start)
        """Gives the numbers of characters start up to stop where they are UNKNOWN."""
        self.gone = 0
        """Index of the first character that is left."""
        self._numbers = array("H")
        self._marked: list[int] = []
        self._marks: list[str] = []
        self._palette: Sequence[Style] = ()
        self._resolved: dict[int, Style] = {}
        self._strips: LRUCache[int, Strip] = LRUCache(512)
        self._cursor = "▌"

    def __len__(self) -> int:
        return len(self._wrapped)

    @property
    def end(self) -> int:
        """Index of the next character."""
        return self.gone + len(self._wrapped)

    @property
    def lines(self) -> int:
        """How many there are."""
        return len(self._wrapped.starts)

    def set_palette(self, styles: Sequence[Style]) -> None:
        """The styles that characters' numbers mean, laid over the widget's own."""
        self._palette = styles
        self._repaint_all()

    def append(self, text: str, style: int = 0) -> None:
        """Add text in one style."""
        self.extend((character, style) for character in text)

    def extend(self, characters: Iterable[tuple[str, int]]) -> None:
        """Add characters, each with the number of its style; only what changed is painted."""
        wrapped, top = self._wrapped, self.top
        line, column = len(wrapped.starts) - 1, wrapped.cells
        for character, number in characters:
            wrapped.append(character)
            self._numbers.append(number)
        if len(wrapped) > MOST_CHARACTERS:
            self._let_go()
        else:
            self._grown(line, column, top)

    def break_line(self, mark: str = "") -> None:
        """What comes next begins a line of its own, with a mark; nothing is added to the text."""
        line, column, top = len(self._wrapped.starts) - 1, self._wrapped.cells, self.top
        self._wrapped.break_line()
        self._grown(line, column, top)
        if mark:
            self.mark(mark)

    def mark(self, text: str) -> None:
        """Put a mark in the margin of the line where the next character goes; a later one on that line replaces it."""
        self._marked.append(len(self._wrapped))
        self._marks.append(sanitize_line(text))
        self._paint_line(len(self._wrapped.starts) - 1)

    def set_margin(self, margin: int) -> None:
        """Keep so many columns free at the left."""
        if margin != self.margin:
            self.margin = margin
            self._rewrap()

    def cut(self, index: int) -> None:
        """Take away the characters from an index on, and the marks from there on."""
        at = max(0, index - self.gone)
        self._wrapped.cut(at)
        del self._numbers[at:]
        kept = bisect_left(self._marked, at)
        del self._marked[kept:], self._marks[kept:]
        self._repaint_all()

    def recolour(self, index: int) -> None:
        """Ask anew for the numbers of the characters from an index on, as they come in sight."""
        at = max(0, index - self.gone)
        self._numbers[at:] = array("H", [UNKNOWN]) * (len(self._numbers) - at)
        line, last = self._wrapped.line_of(at), len(self._wrapped.starts) - 1
        if last - line > self.outer_size.height:
            self._repaint_all()
            return
        for number in range(line, last + 1):
            self._strips.discard(number)
        shown = max(line, self.top)
        self.refresh(Region(0, shown - self.top, self.outer_size.width, last - shown + 1))

    def clear(self) -> None:
        """Begin with an empty sheet."""
        self._wrapped = Wrapped(self._wrapped.width)
        self._numbers = array("H")
        self.gone = 0
        self._marked.clear()
        self._marks.clear()
        self._top = None
        self._repaint_all()

    def _let_go(self) -> None:
        gone_lines = len(self._wrapped.starts) // 4
        gone = self._wrapped.drop_lines(gone_lines)
        self.gone += gone
        del self._numbers[:gone]
        kept = bisect_left(self._marked, gone)
        self._marked = [index - gone for index in self._marked[kept:]]
        del self._marks[:kept]
        if self._top is not None:
            self._top = max(0, self._top - gone_lines)
        self._repaint_all()

    def _grown(self, line: int, column: int, top: int) -> None:
        """Paint what was added since the end stood at that line and column, with that line at the top."""
        last = len(self._wrapped.starts) - 1
        for number in range(line, last + 1):
            self._strips.discard(number)
        if self.top != top:
            self.refresh()
        elif last > line:
            self.refresh(Region(0, line - top, self.outer_size.width, last - line + 1))
        else:
            left = self.margin + column
            self.refresh(Region(left, line - top, self.margin + self._wrapped.cells + 1 - left, 1))

    def _paint_line(self, number: int) -> None:
        self._strips.discard(number)
        self.refresh(Region(0, number - self.top, self.outer_size.width, 1))

    def _repaint_all(self) -> None:
        self._resolved.clear()
        self._strips.clear()
        self.refresh()

    def _rewrap(self) -> None:
        # One column stays free at the right, for the cursor.
        width = self.outer_size.width - self.margin - 1
        if width < 1:
            return
        reading = None if self._top is None else self._wrapped.starts[min(self._top, len(self._wrapped.starts) - 1)]
        self._wrapped.rewrap(width)
        if reading is not None:
            self._top = self._wrapped.line_of(reading)
        self._repaint_all()

    def on_resize(self, _: events.Resize) -> None:
        """Another width is another wrapping."""
        if self.outer_size.width - self.margin - 1 != self._wrapped.width:
            self._rewrap()
        else:
            self.refresh()

    def notify_style_update(self) -> None:
        """Another theme: the colours in the cached strips are stale."""
        super().notify_style_update()
        self._resolved.clear()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the text, from the cache unless it grew."""
        number = self.top + y
        if number >= len(self._wrapped.starts):
            return Strip.blank(self.outer_size.width, self._style(_PLAIN))
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._strip(number)
        return strip

    def _strip(self, number: int) -> Strip:
        line = self._wrapped.line(number)
        segments = [self._margin_segment(line)] if self.margin else []
        glyphs, numbers = self._wrapped.glyphs, self._numbers
        if UNKNOWN in numbers[line.start : line.stop]:
            asked = self.ask(self.gone + line.start, self.gone + line.stop)
            numbers[line.start : line.stop] = array("H", asked)
        for style, run in groupby(line, key=numbers.__getitem__):
            segments.append(Segment("".join([glyphs[i] for i in run]), self._style(style)))
        length = self.margin + self._wrapped.width
        strip = Strip(segments)
        if number == len(self._wrapped.starts) - 1:
            strip = strip.crop(0, length)
            strip = Strip([*strip, Segment(self._cursor, self._style(_CURSOR))])
            length += 1
        own = self._style(_PLAIN)
        return strip.adjust_cell_length(length, own).extend_cell_length(self.outer_size.width, own)

    def _margin_segment(self, line: range) -> Segment:
        at = bisect_left(self._marked, line.stop + (line.stop == len(self._wrapped))) - 1
        text = self._marks[at] if at >= 0 and self._marked[at] >= line.start else ""
        room = self.margin - 1
        return Segment(f"{text[:room]:>{room}} ", self._style(_MARGIN))

    def _style(self, number: int) -> Style:
        style = self._resolved.get(number)
        if style is None:
            if number in _COMPONENTS:
                style = self.part_style(_COMPONENTS[number])
            else:
                style = self.part_style()
                if 0 <= number < len(self._palette):
                    style += self._palette[number]
            self._resolved[number] = style
        return style
