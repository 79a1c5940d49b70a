"""Lines that grow at their end, and scroll.

They scroll by themselves rather than by Textual's virtual size, because a new line there would lay out the whole
screen anew.
"""

from textual import events

from charplay.tui.commands import SCROLL
from charplay.tui.textual_patches.fast_paint import FastPaint

_WHEEL_LINES = 3


class Scrolling(FastPaint, can_focus=True):
    """Follows the end unless the user scrolled up, and follows again once scrolled back down.

    Subclasses say how many `lines` there are, and draw those from `top` on.
    """

    BINDINGS = SCROLL

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._top: int | None = None

    @property
    def lines(self) -> int:
        """How many there are."""
        raise NotImplementedError

    @property
    def following(self) -> bool:
        """Whether the end is kept in sight."""
        return self._top is None

    @property
    def _lowest_top(self) -> int:
        """Number of the first line shown when the last one stands at the bottom."""
        return max(0, self.lines - self.outer_size.height)

    @property
    def top(self) -> int:
        """Number of the first line shown."""
        last = self._lowest_top
        if self._top is not None:
            return min(self._top, last)
        # Several lines at once: calmer to read, and scrolling sends the whole sheet.
        lines = max(1, self.outer_size.height // 4)
        return -(-last // lines) * lines

    def action_scroll_lines(self, lines: int) -> None:
        """Up (below 0) or down."""
        self.action_scroll_to_line(min(self.top, self._lowest_top) + lines)

    def action_scroll_pages(self, pages: int) -> None:
        """Up (below 0) or down, a line kept in sight."""
        self.action_scroll_lines(pages * max(1, self.outer_size.height - 1))

    def action_scroll_to_line(self, line: int) -> None:
        """Show that line at the top, or the end."""
        before = self.top
        self._top = None if line >= self._lowest_top else max(0, line)
        if self.top != before:
            self.refresh()

    def action_follow(self) -> None:
        """Back to the end, and stay there."""
        self.action_scroll_to_line(self.lines)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Back in the text."""
        event.stop()
        self.action_scroll_lines(-_WHEEL_LINES)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """On in the text."""
        event.stop()
        self.action_scroll_lines(_WHEEL_LINES)
