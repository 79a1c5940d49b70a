"""The screen lines of a text of any length, found from any place in it: words stay whole where they can.

Only the piece that is needed is asked for, so the first page of a gigabyte costs as much as that of a letter.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate

from charplay.tui.widgets.wrapping import shown, width_of

Line = tuple[int, int]
"""From which character up to which; the newline that ends it does not belong to it."""
ReadText = Callable[[int, int], str]
"""Gives the characters from a position up to another, fewer where the text ends."""

BACK = 4096
"""Characters looked through, at least, for the beginning of the line above."""


def wrap_lines(text: str, start: int, width: int, most: int) -> list[Line]:
    """Return up to `most` screen lines of `width` cells of a text that begins at position `start`.

    A line ends after a newline, or where the next character would not fit: then after its last space, or beside a wide
    character. One space may stand beyond the width.
    """
    lines: list[Line] = []
    begin = 0
    while begin < len(text) and len(lines) < most:
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        # A paragraph may be the whole text: no more of it is looked at than fills the page.
        piece = text[begin : min(end, begin + (most - len(lines)) * (width + 1))]
        at = 0
        for stop in _stops(piece, width):
            lines.append((start + begin + at, start + begin + stop))
            at = stop
        begin = end + 1
    return lines[:most]


def _stops(line: str, width: int) -> Iterator[int]:
    """Where the screen lines of one line end; the last one at its end, also where it is empty."""
    widths = None if line.isascii() and line.isprintable() else [width_of(shown(each)) for each in line]
    ends = range(1, len(line) + 1) if widths is None else list(accumulate(widths))
    """The cells that all characters up to one take, itself included."""
    at = 0
    while at < len(line):
        taken = ends[at - 1] if at else 0
        fits = max(at + 1, bisect_right(ends, taken + width, at))
        fits += line[fits : fits + 1] == " "
        if fits == len(line):
            break
        # No word is cut: a space that fits, or hangs, ends the line, and so does any wide character.
        beside_wide = widths is not None and (widths[fits] == 2 or widths[fits - 1] == 2)
        space = -1 if beside_wide else line.rfind(" ", at, fits)
        at = space + 1 if space >= at else fits
        yield at
    yield len(line)


def lines_before(read: ReadText, place: int, width: int, count: int) -> list[Line]:
    """Return the last `count` screen lines before a place; fewer where the text begins."""
    reach = BACK + count * (width + 1)
    first = max(0, place - reach)
    text = read(first, place + width + 1)  # where a line ends depends on the word after it
    begin = _anchor(text) if first else 0
    lines = wrap_lines(text[begin:], first + begin, width, reach)
    return [line for line in lines if line[0] < place][-count:]


def line_start(read: ReadText, place: int, width: int) -> int:
    """Return where the screen line begins that holds a character."""
    first = max(0, place - BACK)
    text = read(first, place + width + 1)
    begin = text.rfind("\n", 0, place - first) + 1 or (_anchor(text) if first else 0)
    lines = wrap_lines(text[begin:], first + begin, width, BACK)
    return max((start for start, _ in lines if start <= place), default=place)


def _anchor(text: str) -> int:
    """Where, near its beginning, a piece of a text can be wrapped from: at a line, else at a word, else anywhere."""
    newline = text.find("\n")
    return newline + 1 if 0 <= newline < BACK else text.find(" ", 0, BACK) + 1
