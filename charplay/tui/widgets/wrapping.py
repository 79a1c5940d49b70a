"""A growing text cut into lines of a given width, word by word, one character at a time."""

from bisect import bisect_right

from rich.cells import cell_len

from charplay.formatting.sanitize import sanitize

_WIDTHS: dict[str, int] = {}


def shown(character: str) -> str:
    """What a character shows as within a text; a newline shows as nothing, it ends the line."""
    return "" if character == "\n" else sanitize(character)


def width_of(glyph: str) -> int:
    """Cells that a glyph takes."""
    width = _WIDTHS.get(glyph)
    if width is None:
        width = _WIDTHS[glyph] = cell_len(glyph)
    return width


class Wrapped:
    """Characters and where each line of them begins.

    A line ends after a newline, at a forced break, or where the next character would not fit: then after its last
    space, so that words stay whole where they can. One space may stand beyond the width; it is not shown.
    """

    def __init__(self, width: int) -> None:
        self.width = max(1, width)
        self.glyphs: list[str] = []
        self.starts: list[int] = [0]
        """Index of the first character of each line; the last line is the open one."""
        self._breaks: set[int] = set()
        self._cells = 0  # taken on the open line
        self._word = 0  # where the open line may be cut: index after its last space

    def __len__(self) -> int:
        return len(self.glyphs)

    def append(self, character: str) -> None:
        """One more character."""
        glyph = shown(character)
        self.glyphs.append(glyph)
        self._place(len(self.glyphs) - 1)

    def break_line(self) -> None:
        """What comes next begins a new line; nothing is added to the text."""
        if self.starts[-1] != len(self.glyphs):
            self._breaks.add(len(self.glyphs))
            self._begin(len(self.glyphs))

    def _begin(self, index: int) -> None:
        self.starts.append(index)
        self._word = index
        self._cells = 0

    def _place(self, index: int) -> None:
        glyph = self.glyphs[index]
        cells = width_of(glyph)
        hangs = glyph == " " and self._cells == self.width
        if self._cells + cells > self.width and not hangs and self._cells:
            at = self._word if self._word > self.starts[-1] else index
            self._begin(at)
            self._cells = sum(width_of(g) for g in self.glyphs[at:index])
            if self._cells and self._cells + cells > self.width:
                self._begin(index)
        self._cells += cells
        if glyph == " ":
            self._word = index + 1
        elif not glyph:
            self._begin(index + 1)

    def rewrap(self, width: int) -> None:
        """Cut everything anew."""
        self.width = max(1, width)
        self._place_from(0)

    def cut(self, index: int) -> None:
        """Take away the characters from an index on, and what was broken after it."""
        line = self.line_of(index)
        del self.glyphs[index:]
        self._breaks = {at for at in self._breaks if at <= index}
        # What is gone may have pushed the word before it, and the line that this word began, a line on each.
        self._place_from(max(0, line - 2))

    def _place_from(self, line: int) -> None:
        """Cut the lines from this one on anew."""
        start = self.starts[line]
        del self.starts[line + 1 :]
        self._cells, self._word = 0, start
        for index in range(start, len(self.glyphs)):
            if index in self._breaks and self.starts[-1] != index:
                self._begin(index)
            self._place(index)
        if len(self.glyphs) in self._breaks and self.starts[-1] != len(self.glyphs):
            self._begin(len(self.glyphs))

    def drop_lines(self, count: int) -> int:
        """Forget the first lines; returns how many characters went with them."""
        gone = self.starts[count]
        self.glyphs = self.glyphs[gone:]
        self.starts = [start - gone for start in self.starts[count:]]
        self._breaks = {at - gone for at in self._breaks if at > gone}
        self._word -= gone
        return gone

    def line(self, number: int) -> range:
        """Indices of a line's characters."""
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.glyphs)
        return range(self.starts[number], end)

    def line_of(self, index: int) -> int:
        """Number of the line that holds a character."""
        return bisect_right(self.starts, index) - 1

    @property
    def cells(self) -> int:
        """Cells taken on the open line: where the cursor stands."""
        return min(self._cells, self.width)


def wrap(text: str, width: int) -> list[str]:
    """Return a text as it is shown in lines of at most `width` cells."""
    wrapped = Wrapped(width)
    for character in text:
        wrapped.append(character)
    return ["".join(wrapped.glyphs[at] for at in wrapped.line(number)) for number in range(len(wrapped.starts))]
