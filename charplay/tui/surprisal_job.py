"""The tints of a text that is looked through: what is in sight is read by the model, off the screen's thread."""

import threading
from collections.abc import Callable
from itertools import chain

from textual.message import Message

from charplay.sampling.surprisal import BLOCK, SurprisalReader
from charplay.tui.jobs import run_in_background
from charplay.tui.presentation.tinting import PLAIN, column_of, tint_number

MOST_KEPT = 400
"""Blocks that are remembered."""

COLUMNS: dict[str, Callable[[float], float]] = {"surprise": lambda bits: bits, "probability": lambda bits: 2.0**-bits}
"""What is known of each character that was read, from its bits of surprise."""


class Tinted(Message):
    """More of the text in sight was read."""


class SurprisalJob:
    """Numbers in the palette for any part of a text. `look` says what is in sight; `Tinted` is told as it is read."""

    def __init__(self, surprises: SurprisalReader, tell: Callable[[Message], object]) -> None:
        self._surprises = surprises
        self._tell = tell
        self._lock = threading.Lock()
        self._wanted: list[int] = []
        self._at_work = False
        self._bits: dict[int, list[float]] = {}

    def look(self, start: int, stop: int) -> None:
        """The characters from `start` up to `stop` are in sight, and only they."""
        with self._lock:
            wanted = range(start // BLOCK, -(-stop // BLOCK))
            self._wanted = [number for number in reversed(wanted) if number not in self._bits]
            begin = bool(self._wanted) and not self._at_work
            self._at_work |= begin
        if begin:
            run_in_background(self._work)

    def numbers(self, start: int, stop: int, by: str) -> list[int]:
        """Those of the characters from `start` up to `stop`, under a tint; plain where none was read yet."""
        value = COLUMNS.get(column_of(by))
        if value is None:
            return [PLAIN] * (stop - start)
        unread = [float("nan")] * BLOCK
        first = start // BLOCK
        blocks = (self._bits.get(number, unread) for number in range(first, -(-stop // BLOCK)))
        bits = list(chain.from_iterable(blocks))[start - first * BLOCK : stop - first * BLOCK]
        return [tint_number(by, value(each)) for each in bits]

    def _work(self) -> None:
        while (number := self._next()) is not None:
            bits = self._surprises.block(number).tolist()
            with self._lock:
                while len(self._bits) >= MOST_KEPT:
                    del self._bits[next(iter(self._bits))]
                self._bits[number] = bits
            self._tell(Tinted())

    def _next(self) -> int | None:
        with self._lock:
            self._at_work = bool(self._wanted)
            return self._wanted.pop() if self._wanted else None
