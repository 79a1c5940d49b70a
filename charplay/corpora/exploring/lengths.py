"""How long the parts of a text are: its lines, its words, its sentences."""

import numpy as np

from charplay.corpora.exploring.units import Places

LONGEST = 1000
"""Lengths from here on are counted as one."""


class Lengths:
    """How long lines or words are, in characters; how long sentences are, in words."""

    def __init__(self) -> None:
        self.counts: Places = np.zeros(LONGEST + 1, np.int64)
        """(LONGEST + 1,) how many have each length; the last are that long or longer."""
        self.number = 0
        self.total = 0
        self.longest = 0

    def add(self, lengths: Places) -> None:
        """Count lengths (n,)."""
        if len(lengths):
            self.counts += np.bincount(np.minimum(lengths, LONGEST), minlength=LONGEST + 1)
            self.number += len(lengths)
            self.total += int(lengths.sum())
            self.longest = max(self.longest, int(lengths.max()))

    @property
    def mean(self) -> float:
        """The mean length; 0 where there is nothing."""
        return self.total / max(self.number, 1)

    @property
    def median(self) -> int:
        """The length that half of them do not exceed, LONGEST at most."""
        return int(np.searchsorted(np.cumsum(self.counts), self.number / 2))
