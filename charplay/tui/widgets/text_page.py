"""A page of a text of any length: only what is seen is ever asked for."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from charplay.formatting.sanitize import sanitize
from charplay.tui.command import Command, bindings
from charplay.tui.textual_patches.fast_paint import PartStyles
from charplay.tui.widgets.page_lines import Line, line_start, lines_before, wrap_lines

Span = tuple[int, int]
"""From which character up to which."""

_WHEEL_LINES = 3
MOST_STRIPS = 500
"""Lines that are remembered as they were drawn."""
PLAIN = -1
"""The number of a character that is not tinted."""
LAYERS = 5
HIT, RANGE, CUT, MARKED = 1, 2, 3, 4
"""What may lie over a character's style, of so many layers with none."""


class Text(Protocol):
    """What a page shows a part of."""

    def __len__(self) -> int:
        """Return how many characters there are."""

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """Return the characters from one up to another."""


def _no_spans(_start: int, _stop: int) -> Iterable[Span]:
    return ()


class TextPage(Widget, can_focus=True):
    """Shows a text from `place` on, in lines that cut no word, and scrolls it.

    What is `marked`, and what `spans`, `ranges` and `cuts` give for the page, stands out; `numbers` gives each
    character's style as a number in the palette, where that is set.
    """

    commands: ClassVar[Sequence[Command]] = (
        Command("page.up", "up,k", "up", "A line up", action="lines(-1)"),
        Command("page.down", "down,j", "down", "A line down", action="lines(1)"),
        Command("page.page_up", "pageup", "page up", "A page up", action="pages(-1)"),
        Command("page.page_down", "pagedown,space", "page down", "A page down", action="pages(1)"),
        Command("page.beginning", "home", "beginning", "To the beginning", action="ends(-1)"),
        Command("page.end", "end", "end", "To the end", action="ends(1)"),
    )
    BINDINGS = bindings(commands)
    COMPONENT_CLASSES: ClassVar[set[str]] = {"page--marked", "page--hit", "page--range", "page--cut"}
    DEFAULT_CSS = """
    TextPage {
        height: 1fr;
        & > .page--marked { background: $accent; color: $background; }
        & > .page--hit { background: $accent 20%; }
        & > .page--range { background: $primary 20%; text-style: underline; }
        & > .page--cut { color: $foreground-muted; text-style: strike; }
        &:ansi > .page--hit, &:ansi > .page--range { background: ansi_default; text-style: underline; }
        &:ansi > .page--marked { background: ansi_default; color: ansi_default; text-style: reverse; }
    }
    """

    class Scrolled(Message):
        """The page begins at another place than before."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, text: Text, place: int = 0) -> None:
        super().__init__()
        self._text = text
        self.place = place
        """Position of the page's first character."""
        self.marked: Span = (0, 0)
        self.spans: Callable[[int, int], Iterable[Span]] = _no_spans
        self.ranges: Callable[[int, int], Iterable[Span]] = _no_spans
        self.cuts: Callable[[int, int], Iterable[Span]] = _no_spans
        self.numbers: Callable[[int, int], Iterable[int]] | None = None
        self._palette: Sequence[Style] = ()
        self._parts = PartStyles()
        self._styles: dict[int, Style] = {}
        """As they were made for this theme."""
        self._strips: dict[Line, Strip] = {}
        """Lines as they were drawn."""
        self._laid_out: tuple[int, int, int, list[Line]] = (-1, 0, 0, [])

    def set_palette(self, styles: Sequence[Style]) -> None:
        """Take the styles that characters' numbers mean, laid over the widget's own."""
        self._palette = styles
        self._styles.clear()
        self.redraw()

    # What is in sight.

    @property
    def page(self) -> list[Line]:
        """The lines in sight."""
        height, width = self.size.height, max(1, self.size.width)
        if self._laid_out[:3] != (self.place, height, width):
            text = self._text.text(self.place, self.place + (height + 1) * (width + 1))
            self._laid_out = (self.place, height, width, wrap_lines(text, self.place, width, height))
        return self._laid_out[3]

    @property
    def shown(self) -> Span:
        """From which character up to which the page goes."""
        page = self.page
        return (page[0][0], page[-1][1]) if page else (self.place, self.place)

    def go(self, start: int, stop: int) -> None:
        """Mark these characters, and bring them in sight where they are not; a mere place is brought to the top."""
        self.marked = (start, stop)
        first, last = self.shown
        if start == stop or not first <= start <= stop <= last:
            width, height = max(1, self.size.width), self.size.height
            self.place = line_start(self._text.text, start, width)
            if start < stop and (above := lines_before(self._text.text, self.place, width, height // 3)):
                self.place = above[0][0]
        self.redraw()

    # Scrolling.

    def action_lines(self, by: int) -> None:
        """Scroll by so many lines: up where below 0, else down until the end is in sight."""
        if by < 0:
            before = lines_before(self._text.text, self.place, max(1, self.size.width), -by)
            self._scroll(before[0][0] if before else 0)
        elif self.page and self.page[-1][1] < len(self._text):
            height, width = self.size.height, max(1, self.size.width)
            text = self._text.text(self.place, self.place + (by + 2) * (width + 1))
            place = wrap_lines(text, self.place, width, by + 1)[-1][0]
            near = len(self._text) - place <= (height + 1) * (width + 1)
            self._scroll(min(place, self._last_place()) if near else place)

    def action_pages(self, by: int) -> None:
        """Scroll by so many pages, a line kept in sight."""
        self.action_lines(by * max(1, self.size.height - 1))

    def action_ends(self, by: int) -> None:
        """Go to the beginning, or the end."""
        self._scroll(0 if by < 0 else self._last_place())

    def _last_place(self) -> int:
        """Where a page begins that ends with the text."""
        before = lines_before(self._text.text, len(self._text), max(1, self.size.width), max(1, self.size.height))
        return before[0][0] if before else 0

    def _scroll(self, place: int) -> None:
        if place != self.place:
            self.place = place
            if self.marked[0] < self.marked[1]:
                self._strips.clear()
            self.marked = (place, place)
            self.post_message(self.Scrolled(place))
            self.refresh()

    @on(events.MouseScrollDown)
    def _wheel_down(self) -> None:
        self.action_lines(_WHEEL_LINES)

    @on(events.MouseScrollUp)
    def _wheel_up(self) -> None:
        self.action_lines(-_WHEEL_LINES)

    # Painting.

    def render_line(self, y: int) -> Strip:
        """Draw one line of the page."""
        page, base = self.page, self._parts.of(self)
        if y >= len(page):
            return Strip.blank(self.size.width, base)
        line = page[y]
        if (strip := self._strips.get(line)) is None:
            if len(self._strips) >= MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[line] = self._draw(*line).adjust_cell_length(self.size.width, base)
        return strip

    def _draw(self, start: int, stop: int) -> Strip:
        text, at = self._text.text(start, stop), 0
        segments = []
        for code, run in groupby(self._codes(start, stop)):
            length = sum(1 for _ in run)
            segments.append(Segment(sanitize(text[at : at + length]), self._style(code)))
            at += length
        return Strip(segments)

    def _codes(self, start: int, stop: int) -> list[int]:
        """Return a number for the style of each character: that in the palette, and what lies over it."""
        numbers = self.numbers
        codes = [LAYERS * number for number in numbers(start, stop)] if numbers else [LAYERS * PLAIN] * (stop - start)
        over = {HIT: self.spans(start, stop), RANGE: self.ranges(start, stop), CUT: self.cuts(start, stop)}
        for layer, spans in (over | {MARKED: (self.marked,)}).items():
            for span in spans:
                first, last = max(span[0], start) - start, min(span[1], stop) - start
                if first < last:
                    codes[first:last] = [code - code % LAYERS + layer for code in codes[first:last]]
        return codes

    def _style(self, code: int) -> Style:
        style = self._styles.get(code)
        if style is None:
            number, layer = divmod(code, LAYERS)
            style = self._parts.of(self) + (self._palette[number] if 0 <= number < len(self._palette) else Style.null())
            if layer:
                component = ("", "page--hit", "page--range", "page--cut", "page--marked")[layer]
                style += self.get_component_rich_style(component, partial=layer != MARKED)
            self._styles[code] = style
        return style

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        super().notify_style_update()
        self._parts.forget()
        self._styles.clear()
        self._strips.clear()

    def redraw(self) -> None:
        """Draw everything anew: the hits, or the numbers, are others than before."""
        self._strips.clear()
        self.refresh()

    @on(events.Resize)
    def _resized(self) -> None:
        self._strips.clear()
