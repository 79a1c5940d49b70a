"""The first start shows around: a few sentences, one after another, where a person may read them or not.

It opens nothing and takes no key; the first key ends it. So nobody has to get out of it, and nobody sees it twice.
"""

import math
from collections import deque
from typing import Final

SECONDS: Final = 7.0
"""That each sentence stands, and that another one has which is said meanwhile."""


STOPS: Final[tuple[str, ...]] = (
    "1/5  A network writes this; <writing.cooler> and <writing.warmer> cool and heat it",
    "2/5  <writing.write> holds the text, <branches.cursor> goes back in it, <branches.type> types on",
    "3/5  Press <panes.corpus> for the text to learn, <panes.form> for the next run",
    "4/5  <training.train> trains a network of your own, and lets it write",
    "5/5  <app.keys> shows every key, <app.words> explains words, <app.palette> searches",
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
    def stop(self) -> str:
        """The sentence that stands; empty where another one has its time, before the start and at the end."""
        return self._left[0] if self._left and self._stands else ""

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
