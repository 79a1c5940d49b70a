"""The surprise of a model along a text, block by block: those in sight are read in the background."""

import threading
from itertools import chain

from charplay.corpora.progress import Watch
from charplay.playground.jobs import BackgroundJob
from charplay.sampling.surprisal import BLOCK, SurprisalReader

MOST_KEPT = 400
"""Blocks that are remembered."""


class SurprisalBlocks:
    """Knows the bits of surprise of the blocks of a text that were read.

    `look` says what is in sight, and is read next; `take_news` whether more was read.
    """

    def __init__(self, surprises: SurprisalReader) -> None:
        self._surprises = surprises
        self._lock = threading.Lock()
        self._wanted: list[int] = []
        self._at_work = self._news = False
        self._bits: dict[int, list[float]] = {}

    def look(self, start: int, stop: int) -> None:
        """Take note that the characters from `start` up to `stop` are in sight, and only they."""
        with self._lock:
            wanted = range(start // BLOCK, -(-stop // BLOCK))
            self._wanted = [number for number in reversed(wanted) if number not in self._bits]
            begin = bool(self._wanted) and not self._at_work
            self._at_work |= begin
        if begin:
            BackgroundJob(self._work).start()

    def bits(self, start: int, stop: int) -> list[float]:
        """Return the surprise at each character from `start` up to `stop`; NaN where none was read yet."""
        unread = [float("nan")] * BLOCK
        first = start // BLOCK
        blocks = (self._bits.get(number, unread) for number in range(first, -(-stop // BLOCK)))
        return list(chain.from_iterable(blocks))[start - first * BLOCK : stop - first * BLOCK]

    @property
    def at_work(self) -> bool:
        """Whether it reads, or has news that were not taken."""
        return self._at_work or self._news

    def take_news(self) -> bool:
        """Return whether more of the text in sight was read since the last call."""
        news, self._news = self._news, False
        return news

    def _work(self, _watch: Watch) -> None:
        while (number := self._next()) is not None:
            bits = self._surprises.block(number).tolist()
            with self._lock:
                while len(self._bits) >= MOST_KEPT:
                    del self._bits[next(iter(self._bits))]
                self._bits[number] = bits
            self._news = True

    def _next(self) -> int | None:
        with self._lock:
            self._at_work = bool(self._wanted)
            return self._wanted.pop() if self._wanted else None
