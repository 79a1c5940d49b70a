"""Where lines that grow at their end are scrolled to.

They are scrolled by a number rather than by Textual's virtual size, because a new line there would lay out the whole
screen anew.
"""


class ScrollPosition:
    """Follows the end unless the user scrolled up, and follows again once scrolled back down."""

    def __init__(self) -> None:
        self.held: int | None = None
        """Number of the line that is kept at the top; None while the end is followed."""

    @property
    def following(self) -> bool:
        """Whether the end is kept in sight."""
        return self.held is None

    def top(self, lines: int, height: int) -> int:
        """Return the number of the first line shown of so many, in a window of so many rows."""
        last = lowest_top(lines, height)
        if self.held is not None:
            return min(self.held, last)
        # Several lines at once: calmer to read, and scrolling sends the whole sheet.
        step = max(1, height // 4)
        return -(-last // step) * step

    def go(self, line: int, lines: int, height: int) -> None:
        """Show a line at the top, or follow the end where that is not below it."""
        self.held = None if line >= lowest_top(lines, height) else max(0, line)

    def let_go(self, lines: int) -> None:
        """Keep the same text in sight after so many of the first lines were forgotten."""
        if self.held is not None:
            self.held = max(0, self.held - lines)


def lowest_top(lines: int, height: int) -> int:
    """Return the number of the first line shown when the last one stands at the bottom."""
    return max(0, lines - height)
