"""Names that are too long for their place. What tells them apart stands at their ends, so the middle gives way."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size

from charplay.formatting.sanitize import sanitize_line


def shorten(name: str, width: int, tail: int | None = None) -> str:
    """Outside text on one line, in at most `width` cells: of a longer one its beginning and its end.

    `tail`: how many cells the end gets, unless given most of them: a run's network and number stand there.
    """
    shown = sanitize_line(name)
    if cell_len(shown) <= width:
        return shown
    if width < 1:
        return ""
    tail = _tail(width) if tail is None else tail
    head = width - 1 - tail
    return f"{set_cell_size(shown, head).rstrip()}…{set_cell_size(shown[::-1], tail)[::-1].lstrip()}"


def shorten_distinctly(names: Sequence[str], room: int) -> list[str]:
    """Names in `room` cells together, the longest ones shortened to one width, of at least two cells.

    All are cut at one place: the nearest to the usual one that leaves as many of them different as any.
    """
    widths = [cell_len(sanitize_line(name)) for name in names]
    fitting = (width for width in range(max(widths, default=0), 2, -1) if sum(min(width, w) for w in widths) <= room)
    width = next(fitting, 2)
    tails = sorted(range(width), key=lambda tail: abs(tail - _tail(width)))
    return max(([shorten(name, width, tail) for name in names] for tail in tails), key=lambda cut: len(set(cut)))


def _tail(width: int) -> int:
    return 2 * width // 3
