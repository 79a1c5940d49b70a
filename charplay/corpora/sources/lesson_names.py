"""Names: a small grammar, to be learned within seconds."""

import math
import random

from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.generated import Generated, choice
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText

BEGINNINGS = ("Al", "Be", "Do", "Ka", "Lo", "Mi", "So", "Te")
MIDDLES = ("di", "la", "mo", "re")
ENDS = ("na", "ra", "s", "ton")
"""No middle or end begins another one, so that a name can be read in one way only."""


def _line(rng: random.Random) -> str:
    """Draw a name: a beginning, then middles, each with probability 1/2, then an end; all of a kind equally likely."""
    line = choice(rng, BEGINNINGS)
    while rng.random() < 0.5:
        line += choice(rng, MIDDLES)
    return line + choice(rng, ENDS) + "\n"


# On average there is one middle, and it is twice undecided whether another follows.
_TEXT = Generated(
    name="lesson-names",
    title="Lesson: names",
    note="a small grammar of names: a beginning, middles, an end",
    line=_line,
    nats_per_line=2 * math.log(2) + sum(math.log(len(parts)) for parts in (BEGINNINGS, MIDDLES, ENDS)),
    characters_per_line=2 + 2 + sum(map(len, ENDS)) / len(ENDS) + 1,
)


def entries(paths: LibraryPaths) -> list[Entry]:
    """List the one text."""
    return [_TEXT.entry("lesson-names")]


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """Generate it. Raises Cancelled."""
    return _TEXT.read(progress)
