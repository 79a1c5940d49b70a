"""Counts keys as they come, in bounded memory."""

import numpy as np

from charplay.corpora.exploring.units import Keys, Places

SORTED_AT_ONCE = 1 << 20
"""Keys that are gathered before they are sorted."""
MERGED_AT_ONCE = 1 << 20
"""Different keys that are gathered before they go into the table."""
MOST_KEYS = 4_000_000
"""Different keys that are kept at most, each with 24 bytes."""


class KeyCounts:
    """Different keys, sorted, with how often each has come and where first.

    Where there are too many, those that have come least by then are dropped, and counted anew should they come again:
    no count is then more than `most_missed` too low, and none too high. `places=False` leaves out where.
    """

    def __init__(self, *, places: bool = True) -> None:
        self.keys = np.empty(0, np.uint64)
        self.counts = np.empty(0, np.int64)
        self.firsts: Places | None = np.empty(0, np.int64) if places else None
        self.total = 0
        """Keys that have come, alike or not."""
        self.most_missed = 0
        self._floor = 0
        self._unsorted: list[tuple[Keys, Places]] = []
        self._sorted: list[tuple[Keys, Places, Places]] = []
        self._waiting = [0, 0]

    def add(self, keys: Keys, starts: Places) -> None:
        """Count keys (n,) that come at these places (n,), later ones than all before."""
        self.total += len(keys)
        self._unsorted.append((keys, starts if self.firsts is not None else starts[:0]))
        self._waiting[0] += len(keys)
        if self._waiting[0] >= SORTED_AT_ONCE:
            self._sort()
        if self._waiting[1] >= MERGED_AT_ONCE:
            self._merge()

    def finish(self) -> "KeyCounts":
        """Take in all that waits; returns itself."""
        self._sort()
        self._merge()
        return self

    def _sort(self) -> None:
        if not self._waiting[0]:
            return
        keys = np.concatenate([keys for keys, _ in self._unsorted])
        starts = np.concatenate([starts for _, starts in self._unsorted])
        self._unsorted, self._waiting[0] = [], 0
        group = _group(keys, np.ones(len(keys), np.int64), starts) if self.firsts is not None else _tally(keys)
        self._sorted.append(group)
        self._waiting[1] += len(group[0])

    def _merge(self) -> None:
        if not self._sorted:
            return
        keys, counts, firsts = self._sorted[0]
        if len(self._sorted) > 1:
            keys, counts, firsts = _group(*(np.concatenate(parts) for parts in zip(*self._sorted, strict=True)))
        self._sorted, self._waiting[1] = [], 0
        places = np.searchsorted(self.keys, keys)
        known = np.zeros(len(keys), bool)
        inside = places < len(self.keys)
        known[inside] = self.keys[places[inside]] == keys[inside]
        self.counts[places[known]] += counts[known]
        places = places[~known]
        self.keys = np.insert(self.keys, places, keys[~known])
        self.counts = np.insert(self.counts, places, counts[~known])
        if self.firsts is not None:
            self.firsts = np.insert(self.firsts, places, firsts[~known])
        while len(self.keys) > MOST_KEYS:
            self._drop_rarest()

    def _drop_rarest(self) -> None:
        self._floor += 1
        self.most_missed += self._floor
        kept = self.counts > self._floor
        self.keys, self.counts = self.keys[kept], self.counts[kept]
        if self.firsts is not None:
            self.firsts = self.firsts[kept]


def _tally(keys: Keys) -> tuple[Keys, Places, Places]:
    """Sort keys without their places, which is several times as fast."""
    keys.sort()
    borders = _borders(keys)
    return keys[borders], np.diff(borders, append=len(keys)), borders[:0]


def _group(keys: Keys, counts: Places, firsts: Places) -> tuple[Keys, Places, Places]:
    """Sort keys, sum the counts of alike ones, and take the least of their places."""
    order = np.argsort(keys)
    keys = keys[order]
    borders = _borders(keys)
    least = np.minimum.reduceat(firsts[order], borders) if len(firsts) else firsts
    return keys[borders], np.add.reduceat(counts[order], borders), least


def _borders(keys: Keys) -> Places:
    """Return where in sorted keys (n,), at least one, another key begins."""
    is_first = np.empty(len(keys), bool)
    is_first[0] = True
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    return np.flatnonzero(is_first)
