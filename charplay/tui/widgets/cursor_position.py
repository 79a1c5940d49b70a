"""A cursor on a text: which character it stands on, and the column that it keeps from line to line."""

from charplay.tui.widgets.styled_text import StyledText


class CursorPosition:
    """Moves over a text's characters, from the lowest it may stand on to the end."""

    def __init__(self, text: StyledText) -> None:
        self._text = text
        self.index: int | None = None
        """Of the character under the cursor, the text's `end` behind the last one; None while the cursor is away."""
        self.lowest = 0
        self._column = 0

    def put(self, index: int) -> None:
        """Put the cursor on a character, or the nearest where it may stand; its column is kept from there."""
        self._set(index)
        self._column = self._text.cell_of(self.index or 0)

    def put_at(self, line: int, cell: int) -> None:
        """Put the cursor where a line has a cell, and keep that column."""
        self._column = max(0, cell)
        self._set(self._text.nearest(min(line, self._text.lines - 1), self._column))

    def stay(self) -> None:
        """Stay on the character, or on the last one where the text became shorter."""
        if self.index is not None:
            self._set(self.index)

    def move_lines(self, by: int) -> None:
        """Move up (below 0) or down, in the kept column."""
        line = min(max(self.line + by, 0), self._text.lines - 1)
        self._set(self._text.nearest(line, self._column))

    @property
    def line(self) -> int:
        """Number of the line it stands on; -1 while it is away."""
        return -1 if self.index is None else self._text.line_of(self.index)

    def _set(self, index: int) -> None:
        self.index = min(max(index, self.lowest), self._text.end)
