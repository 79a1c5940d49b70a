"""The first start shows around: a few sentences, one after another, where a person may read them or not.

It opens nothing and takes no key; the first key ends it. So nobody has to get out of it, and nobody sees it twice.
"""

import math
from collections import deque
from typing import Final

from charplay.playground.advice import Advice

SECONDS: Final = 7.0
"""That each sentence stands, and that another one has which is said meanwhile."""


STOPS: Final = (
    Advice("1/5  A network writes this; {} and {} cool and heat it", ("writing.cooler", "writing.warmer")),
    Advice(
        "2/5  {} holds the text, {} goes back in it, {} types on",
        ("writing.write", "branches.cursor", "branches.type"),
    ),
    Advice("3/5  Press {} for the text to learn, {} for the next run", ("panes.corpus", "panes.form")),
    Advice("4/5  {} trains a network of your own, and lets it write", ("training.train",)),
    Advice("5/5  {} shows every key, {} explains words, {} searches", ("app.keys", "app.words", "app.palette")),
)
"""None is wider than 58 cells with the keys that charplay brings, so none changes the height of its line."""


class Tour:
    """Which sentence stands now. It goes by the clock that it is given."""

    def __init__(self, *, wanted: bool) -> None:
        self._left = deque(STOPS if wanted else ())
        self._stands = False
        self._changes_at = math.inf
        self.seen = False
        """Whether any of it was shown."""

    @property
    def stop(self) -> Advice | None:
        """The sentence that stands; None where another one has its time, before the start and at the end."""
        return self._left[0] if self._left and self._stands else None

    def begin(self, now: float) -> None:
        """Begin with the next `advance`. `now`: seconds on the playground's clock."""
        self._changes_at = now

    def advance(self, now: float) -> None:
        """Go on to the next sentence where this one had its time."""
        if now < self._changes_at or not self._left:
            return
        if self._stands:
            self._left.popleft()
        self._stands, self.seen = True, True
        self._changes_at = now + SECONDS

    def give_way(self, now: float) -> None:
        """Leave another sentence its time; the one that it came over stands again afterwards, and then in full."""
        if self._changes_at < math.inf:
            self._stands, self._changes_at = False, now + SECONDS

    def end(self) -> None:
        """Let it be over: a key was pressed, so whoever sits here is on their way."""
        self._left.clear()
