"""A text in pieces, so that a large one is never a single string.

A string of a gigabyte is made by one call, which holds the interpreter and with it the screen for seconds, takes its
memory twice meanwhile, and four times as much where one character in it is an emoji.
"""

from collections.abc import Callable, Iterable, Iterator

PIECE = 1 << 17
"""Characters of a piece, about: what a call makes of one takes a few milliseconds, during which no key is heard."""


class Pieces:
    """A text that is read piece by piece, as often as it is asked for; `len()` is in characters."""

    def __init__(self, make: Callable[[], Iterator[str]], length: int) -> None:
        """`make` begins to read anew: strings of about PIECE characters, `length` in all."""
        self._make = make
        self._length = length

    @classmethod
    def of(cls, *texts: str) -> "Pieces":
        """Make one text of some, one after the other."""
        return cls(lambda: _regrouped(texts), sum(map(len, texts)))

    def __iter__(self) -> Iterator[str]:
        return self._make()

    def __len__(self) -> int:
        return self._length

    def text(self) -> str:
        """Return the whole text as one string."""
        return "".join(self)

    def first(self, most: int | None) -> "Pieces":
        """Return the first `most` characters, all of them for None."""
        return self if most is None or most >= len(self) else Pieces(lambda: _first(self, most), most)

    def lines(self) -> Iterator[str]:
        """Read pieces of whole lines, longer than PIECE where a line is."""
        begun: list[str] = []
        for piece in self:
            whole, newline, rest = piece.rpartition("\n")
            if newline:
                yield "".join((*begun, whole, newline))
                begun.clear()
            begun.append(rest)
        if any(begun):
            yield "".join(begun)


def whole_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield from which character up to which pieces of whole lines of a string go, longer than PIECE where a line is.

    What a regular expression finds line by line it may look for in one after the other: a search of a whole text is a
    single call.
    """
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin + PIECE - 1) + 1 or len(text)
        yield begin, end
        begin = end


def _regrouped(texts: Iterable[str]) -> Iterator[str]:
    """Cut long texts, and join short ones: each piece costs something, whatever its length."""
    short: list[str] = []
    size = 0
    for text in texts:
        if size + len(text) > PIECE and short:
            yield "".join(short)
            short, size = [], 0
        if len(text) > PIECE:
            yield from (text[start : start + PIECE] for start in range(0, len(text), PIECE))
        elif text:
            short.append(text)
            size += len(text)
    if short:
        yield "".join(short)


def _first(pieces: Iterable[str], most: int) -> Iterator[str]:
    for piece in pieces:
        if most <= 0:
            return
        yield piece[:most]
        most -= len(piece)
