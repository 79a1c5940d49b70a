"""Balanced brackets: what is open must be remembered, the last one first."""

import math
import random

from charplay.corpora.entries import Entry, LibraryPaths
from charplay.corpora.generated import Generated, choice
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText

PAIRS = ("()", "[]", "{}")
DEEPEST = 6
"""Brackets that may be open at a time."""


def _line(rng: random.Random) -> str:
    """Draw a bracket with what is in it: up to DEEPEST, another one opens with probability 1/2, else one closes."""
    line, closing = "", [""]
    while closing:
        depth = len(closing) - 1
        if not line or (0 < depth < DEEPEST and rng.random() < 0.5):
            pair = choice(rng, PAIRS)
            line += pair[0]
            closing.append(pair[1])
        else:
            line += closing.pop()
    return line + "\n"


# Each depth from 1 to DEEPEST - 1 is visited twice a line on average, and at each visit it is undecided whether another
# bracket opens; half of the visits open one. The first bracket of a line always opens, and at DEEPEST one must close.
_VISITS = 2 * (DEEPEST - 1)
_TEXT = Generated(
    name="lesson-brackets",
    title="Lesson: balanced brackets",
    note=f"three kinds of brackets, up to {DEEPEST} open at a time",
    line=_line,
    nats_per_line=_VISITS * math.log(2) + (1 + _VISITS / 2) * math.log(len(PAIRS)),
    characters_per_line=2 * (1 + _VISITS / 2) + 1,
)


def entries(paths: LibraryPaths) -> list[Entry]:
    """List the one text."""
    return [_TEXT.entry("lesson-brackets")]


def read(entry: Entry, encoding: str | None, progress: Progress) -> DecodedText:
    """Generate it. Raises Cancelled."""
    return _TEXT.read(progress)
