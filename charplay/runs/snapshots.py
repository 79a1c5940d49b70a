"""Thins a run's snapshots where there are too many: what is left stays evenly spaced along the run."""

from collections.abc import Sequence
from contextlib import suppress
from math import log
from pathlib import Path


def thin(snapshots: Sequence[Path], most: int, max_bytes: int) -> None:
    """Delete snapshots, by rising step, until there are at most `most`, of `max_bytes` in all.

    Next to go is the one whose neighbours are nearest to one another, by the logarithms of their steps; the first and
    the last stay as long as any other is there. Files that cannot be deleted are left.
    """
    kept = [(path, _step(path), _size(path)) for path in snapshots]
    while kept and (len(kept) > most or sum(size for *_, size in kept) > max_bytes):
        inner = range(1, len(kept) - 1)
        number = min(inner, key=lambda i: log(kept[i + 1][1] / kept[i - 1][1]), default=0)
        with suppress(OSError):
            kept[number][0].unlink()
        del kept[number]


def _step(path: Path) -> int:
    """Return the step in a snapshot's name, at least 1; 1 for a file that has another name."""
    digits = path.name.partition("-")[0]
    return max(1, int(digits)) if digits.isdecimal() else 1


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
