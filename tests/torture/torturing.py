"""What a torture is: one law, tried at random again and again, and a sabotaged variant that must break it.

The suite makes a few tries of each (`test_torture_tries.py`); `make torture` makes as many as its minutes allow
(`torment.py`). Both call the same functions.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass
class Outcome:
    """What came of one try, or of many."""

    tried: int = 1
    faults: list[str] = field(default_factory=list)
    """One sentence for each that failed."""
    counts: Counter[str] = field(default_factory=Counter)
    """What else was counted, summed over the tries."""
    worst: dict[str, float] = field(default_factory=dict)
    """The largest of each measure over the tries."""
    latest: dict[str, float] = field(default_factory=dict)
    """What the newest try says of all before it, too."""

    def add(self, other: "Outcome") -> None:
        """Take another outcome in."""
        self.tried += other.tried
        self.faults += other.faults
        self.counts.update(other.counts)
        for name, value in other.worst.items():
            self.worst[name] = max(value, self.worst.get(name, value))
        self.latest |= other.latest

    def __str__(self) -> str:
        measures = [f"{name} {value:.3g}" for name, value in (self.worst | self.latest).items()]
        counted = [f"{name} {value:,}" for name, value in sorted(self.counts.items())]
        return "; ".join([*counted, *measures])


Attempt = Callable[[random.Random], Outcome]
"""One try; whatever it chooses comes from the generator, so that a number names the try."""


@dataclass(frozen=True)
class Torture:
    """A law and how to try it.

    `begin(folder, sabotaged)` prepares in an empty folder and gives the attempt; what it started ends with it.
    """

    name: str
    begin: Callable[[Path, bool], AbstractContextManager[Attempt]]
    unit: str
    """What is counted as tried."""
    control: str
    """What the sabotage is."""
    few: int = 1
    """Tries in the suite."""
    control_tries: int = 20
    """Tries within which the sabotage must be found."""
    share: float = 1.0
    """Of the minutes, in proportion to the others'."""


def attempts(torture: Torture, folder: Path, seeds: range, *, sabotaged: bool = False, until: float | None = None,
             now: Callable[[], float] = lambda: 0.0) -> Outcome:  # fmt: skip
    """Make tries, one a seed; of a sabotaged one no more than it takes to find a fault.

    Of a timed one until then, and one at least: none would be no finding.
    """
    whole = Outcome(tried=0)
    with torture.begin(folder, sabotaged) as attempt:
        for at, seed in enumerate(seeds):
            if (sabotaged and whole.faults) or (at and until is not None and now() > until):
                break
            outcome = attempt(random.Random(seed))
            whole.add(replace(outcome, faults=[f"seed {seed}: {fault}" for fault in outcome.faults]))
    return whole
