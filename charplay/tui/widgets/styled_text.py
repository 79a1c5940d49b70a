"""A wrapped text in which each character has the number of a style, and lines have marks beside them."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, groupby

from charplay.formatting.sanitize import NEWLINE, sanitize_line
from charplay.tui.widgets.wrapping import Wrapped, width_of

UNKNOWN = 0xFFFF
"""In place of a style's number: to be asked for when the character comes in sight."""


class StyledText:
    """Holds a growing text. An index counts the characters since it was empty, those included that were let go."""

    def __init__(self) -> None:
        self.wrapped = Wrapped(40)
        self.numbers = array("H")
        """Of the styles of the characters that are left."""
        self.gone = 0
        """Index of the first character that is left."""
        self.marks: list[str] = []
        self._marked: list[int] = []
        """Where each mark was put, counted from the first character that is left."""

    def __len__(self) -> int:
        return len(self.wrapped)

    @property
    def end(self) -> int:
        """Index of the next character."""
        return self.gone + len(self.wrapped)

    @property
    def lines(self) -> int:
        """How many there are."""
        return len(self.wrapped.starts)

    def extend(self, characters: Iterable[tuple[str, int]]) -> None:
        """Add characters, each with the number of its style."""
        wrapped, numbers = self.wrapped, self.numbers
        for character, number in characters:
            wrapped.append(character)
            numbers.append(number)

    def mark(self, text: str) -> None:
        """Mark the line where the next character goes; a later mark on that line replaces it."""
        self._marked.append(len(self.wrapped))
        self.marks.append(sanitize_line(text))

    def cut(self, index: int) -> None:
        """Take away the characters from an index on, and the marks from there on."""
        at = max(0, index - self.gone)
        self.wrapped.cut(at)
        del self.numbers[at:]
        kept = bisect_left(self._marked, at)
        del self._marked[kept:], self.marks[kept:]

    def recolour(self, index: int) -> int:
        """Let the styles from an index on be asked for anew; return the number of its line."""
        at = max(0, index - self.gone)
        self.numbers[at:] = array("H", [UNKNOWN]) * (len(self.numbers) - at)
        return self.wrapped.line_of(at)

    def clear(self) -> None:
        """Take everything away."""
        self.wrapped = Wrapped(self.wrapped.width)
        self.numbers = array("H")
        self.gone = 0
        self._marked.clear()
        self.marks.clear()

    def let_go(self) -> int:
        """Forget the oldest quarter of the lines; return how many they were."""
        lines = self.lines // 4
        gone = self.wrapped.drop_lines(lines)
        self.gone += gone
        del self.numbers[:gone]
        kept = bisect_left(self._marked, gone)
        self._marked = [at - gone for at in self._marked[kept:]]
        del self.marks[:kept]
        return lines

    def runs(self, line: int, ask: Callable[[int, int], Iterable[int]]) -> Iterator[tuple[str, int]]:
        """Yield the pieces of a line that have one style, with its number; `ask` gives those that are unknown."""
        on = self.wrapped.line(line)
        glyphs, numbers = self.wrapped.glyphs, self.numbers
        if UNKNOWN in numbers[on.start : on.stop]:
            numbers[on.start : on.stop] = array("H", ask(self.gone + on.start, self.gone + on.stop))
        for number, run in groupby(on, key=numbers.__getitem__):
            yield "".join([glyphs[at] for at in run]), number

    def mark_on(self, line: int) -> str:
        """Return the last mark of a line; empty where it has none."""
        on = self.wrapped.line(line)
        at = bisect_left(self._marked, on.stop + (on.stop == len(self.wrapped))) - 1
        return self.marks[at] if at >= 0 and self._marked[at] >= on.start else ""

    # Where a character stands, for a cursor.

    def first_on(self, line: int) -> int:
        """Return the index of a line's first character."""
        return self.gone + self.wrapped.starts[min(line, self.lines - 1)]

    def line_of(self, index: int) -> int:
        """Return the number of the line that holds a character."""
        return self.wrapped.line_of(index - self.gone)

    def cell_of(self, index: int) -> int:
        """Return on which cell of its line a character begins."""
        start = self.wrapped.starts[self.line_of(index)]
        before = self.wrapped.glyphs[start : index - self.gone]
        return min(sum(map(width_of, before)), self.wrapped.width)

    def nearest(self, line: int, cell: int) -> int:
        """Return the index of the character of a line that stands on a cell, or else of its last one."""
        on = self.wrapped.line(line)
        if line == self.lines - 1:
            on = range(on.start, on.stop + 1)
        ends = list(accumulate(map(width_of, self.wrapped.glyphs[on.start : on.stop])))
        return self.gone + min(on.start + bisect_right(ends, cell), on.stop - 1)

    def glyph(self, index: int) -> str:
        """Return what a cursor on a character shows; a space at the end."""
        return " " if index == self.end else self.wrapped.glyphs[index - self.gone] or NEWLINE
