"""Sums: everything after the sign of equality follows from what stands before it."""

import math
import random

from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.generated import Generated
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText

NUMBERS = 100
"""Each of the two numbers lies below."""


def _line(rng: random.Random) -> str:
    left, right = int(rng.random() * NUMBERS), int(rng.random() * NUMBERS)
    return f"{left}+{right}={left + right}\n"


_SUMS = (f"{left}+{right}={left + right}\n" for left in range(NUMBERS) for right in range(NUMBERS))
_TEXT = Generated(
    name="lesson-sums",
    title="Lesson: sums",
    note=f"additions of two numbers below {NUMBERS}, all equally likely",
    line=_line,
    nats_per_line=2 * math.log(NUMBERS),
    characters_per_line=sum(map(len, _SUMS)) / NUMBERS**2,
)


def entries(paths: LibraryPaths) -> list[Entry]:
    """List the one text."""
    return [_TEXT.entry("lesson-sums")]


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """Generate it. Raises Cancelled."""
    return _TEXT.read(progress)
