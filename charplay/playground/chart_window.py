"""Which part of the x axis a chart shows, and where its cursor stands."""

from charplay.plotting.grid import WHOLE

NARROWEST = 1 / 256
"""Share of the whole that is shown at least."""
MOVE = 0.02
"""How far one key moves the cursor, as a share of what is shown."""


class ChartWindow:
    """A part of the x axis, in shares of the whole, and a cursor in it."""

    def __init__(self) -> None:
        self.shown = WHOLE
        self.cursor: float | None = None
        """Where it stands, as a share of what is shown; None while nothing is read off."""

    def zoom(self, factor: float) -> None:
        """Show so many times as much, around the cursor, or else around the middle."""
        low, high = self.shown
        fixed = 0.5 if self.cursor is None else self.cursor
        width = min(1.0, max(NARROWEST, (high - low) * factor))
        self._place(low + fixed * (high - low - width), width)

    def move_cursor(self, by: int) -> None:
        """Move the cursor by so many keys; what is shown follows it at its ends, and it begins at the right one."""
        moved = 1.0 if self.cursor is None else self.cursor + by * MOVE
        self.cursor = min(1.0, max(0.0, moved))
        low, high = self.shown
        self._place(low + (moved - self.cursor) * (high - low), high - low)

    def leave(self) -> None:
        """Show the whole, and read nothing off."""
        self.shown, self.cursor = WHOLE, None

    def _place(self, low: float, width: float) -> None:
        low = min(max(0.0, low), 1.0 - width)
        self.shown = (low, low + width)
