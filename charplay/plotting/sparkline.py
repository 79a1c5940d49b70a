"""Bars of one row: counts side by side, the highest full, and whatever comes at all to be seen."""

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def bar(count: int, most: int) -> str:
    """Return the bar of a count above 0 where `most` is full."""
    return BARS[(count * len(BARS) - 1) // most]


def sparkline(counts: Sequence[int], empty: str) -> str:
    """Return a bar for each count, and `empty` for 0."""
    most = max(counts, default=0)
    return "".join(bar(count, most) if count else empty for count in counts)
