"""A text's positions in the order of what follows them, to find any passage in it."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.errors import Cancelled
from charplay.corpora.progress import Watch

DEPTH = 1024
"""Positions are ordered by at least so many characters that follow; passages are found up to this length."""
PORTION = 1 << 17
"""Positions that are ordered between two looks at the watch, unless more of them are alike so far."""

Positions: TypeAlias = NDArray[np.int32]


def sorted_suffixes(ids: NDArray[np.unsignedinteger[Any]], watch: Watch | None = None) -> Positions:
    """(n,) positions of a text of ids (n,), ordered by the first DEPTH characters or more from each on.

    Prefix doubling: the order by d characters gives every position a rank, and a position's rank together with that d
    characters on is the order by 2·d. Only positions that are alike so far are looked at again. Takes about 40 bytes a
    character while it works. `watch` is called with the share done; where it returns False, Cancelled is raised.
    """
    size = len(ids)
    look = _Look(watch)
    keys, depth = _packed(ids, look)
    shift = max(0, int(keys.max(initial=0)).bit_length() - 16)
    coarse = (keys >> shift).astype(np.uint16)
    look(0.15)
    order = np.argsort(coarse, kind="stable").astype(np.int32)
    look(0.25)
    rank = np.zeros(size + 1, np.int32)  # 0: behind the end
    alike = np.arange(size, dtype=np.int32)
    left = []
    for start, stop in _portions(coarse[order]):
        left.append(alike[start:stop][_settle(order, rank, alike[start:stop], keys[order[start:stop]])])
        look(0.25 + 0.35 * stop / size)
    del keys, coarse
    alike = np.concatenate([alike[:0], *left])
    total = max(1, len(alike))
    while len(alike) and depth < DEPTH:
        places, left = order[alike], []
        look(1 - 0.4 * len(alike) / total)
        for start, stop in _portions(rank[places]):
            here = places[start:stop]
            following = rank[np.minimum(here.astype(np.int64) + depth, size)]
            pairs = rank[here].astype(np.int64) * (size + 1) + following
            left.append(alike[start:stop][_settle(order, rank, alike[start:stop], pairs)])
            look(1 - 0.4 * len(alike) / total)
        alike = np.concatenate(left)
        depth *= 2
    look(1)
    return order


def _settle(order: Positions, rank: Positions, slots: Positions, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Put the positions in some slots of the order in that of their keys, and rank them; which are still alike?"""
    sorting = np.argsort(keys)
    keys = keys[sorting]
    places = order[slots[sorting]]
    first = np.concatenate([[True], keys[1:] != keys[:-1], [True]])
    starts = np.flatnonzero(first)
    order[slots] = places
    rank[places] = np.repeat(slots[starts[:-1]] + 1, np.diff(starts))
    alone: NDArray[np.bool_] = first[:-1] & first[1:]
    return ~alone


def _packed(ids: NDArray[np.unsignedinteger[Any]], look: "_Look") -> tuple[NDArray[np.int64], int]:
    """(n,) the first characters from each position on as one number, and how many there is room for."""
    bits = (int(ids.max(initial=0)) + 1).bit_length()
    room = 63 // bits
    keys = np.zeros(len(ids), np.int64)
    for ahead in range(room):
        keys <<= bits
        keys[: max(0, len(ids) - ahead)] |= ids[ahead:].astype(np.int64) + 1
        look(0.1 * ahead / room)
    return keys, room


def _portions(groups: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """(start, stop) of pieces of about PORTION that do not divide runs of equal numbers."""
    borders = np.append(np.flatnonzero(groups[1:] != groups[:-1]) + 1, len(groups))
    start = 0
    while start < len(groups):
        stop = int(borders[min(int(np.searchsorted(borders, start + PORTION)), len(borders) - 1)])
        yield start, stop
        start = stop


class _Look:
    """The watch, which may say no."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch

    def __call__(self, share: float) -> None:
        if self._watch is not None and not self._watch(share):
            raise Cancelled
