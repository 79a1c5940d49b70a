"""The text samples that a run wrote while it trained, round by round, and going through them."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

from charplay.protocol.events import Sampled

MOST = 2000
"""Rounds that are kept in memory, the newest ones; the run's folder has all."""

Round = list[Sampled]
"""Samples of one step, as a rule at several temperatures."""


class SampleRounds:
    """Gathers samples in rounds, by rising step."""

    def __init__(self) -> None:
        self.rounds: list[Round] = []

    @property
    def newest(self) -> Round:
        """The newest round; empty where there is none."""
        return self.rounds[-1] if self.rounds else []

    def add(self, sample: Sampled) -> None:
        """Take a sample in: it belongs to the newest round, or begins one where it is of another step."""
        if not self.rounds or self.rounds[-1][0].step != sample.step:
            self.rounds = [*self.rounds[-MOST + 1 :], [sample]]
        else:
            self.rounds[-1].append(sample)

    def cut(self, step: int) -> None:
        """Forget what was written beyond a step."""
        self.rounds = [each for each in self.rounds if each[0].step <= step]


class SampleBrowser:
    """Goes through rounds, one at a time; it stays at the newest one until one goes back."""

    def __init__(self, rounds: Callable[[], Sequence[Round]]) -> None:
        """`rounds` returns those that there are now."""
        self._rounds = rounds
        self._step: int | None = None
        """Of the round that is shown; None for the newest one, whichever that is."""

    @property
    def follows(self) -> bool:
        """Whether the newest round is shown, and the next one will be."""
        return self._step is None

    @property
    def number(self) -> int:
        """Which round is shown, from 0; -1 where there is none."""
        rounds = self._rounds()
        newest = len(rounds) - 1
        if self._step is None:
            return newest
        return min(bisect_left(rounds, self._step, key=lambda each: each[0].step), newest)

    @property
    def shown(self) -> Round:
        """The round that is shown; empty where there is none."""
        rounds = self._rounds()
        return rounds[self.number] if rounds else []

    @property
    def title(self) -> str:
        """Which of how many rounds is shown, with its step and its epoch."""
        shown = self.shown
        if not shown:
            return "no sample yet"
        place = f"{self.number + 1:,} of {len(self._rounds()):,}"
        newest = ", the newest is followed" if self.follows else ""
        return f"step {shown[0].step:,}, epoch {shown[0].epoch:.2f}: {place}{newest}"

    def move(self, by: int) -> None:
        """Go so many rounds on, or back; the newest one is followed from then on."""
        rounds = self._rounds()
        at = max(0, self.number + by)
        self._step = rounds[at][0].step if at < len(rounds) - 1 else None
