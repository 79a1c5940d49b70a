"""The tape: what was written, character by character, and the states to go back to."""

from bisect import bisect_right
from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.sampling.errors import TapeError
from charplay.sampling.model import CharModel, State
from charplay.sampling.settings import Sampling

EVERY = 64
"""Under the present weights a state is kept at every so many characters; those between are recomputed."""
RECENT = 4096
"""The states of so many characters are kept one and all: they outlive the weights that made them."""
MEMORY = 64 * 1024 * 1024
"""Bytes of states kept at most, half for the recent ones and half for those further back."""

KINDS = ("prompt", "typed", "drawn")
"""How a character came onto the tape."""

_RECORD = np.dtype(
    [
        ("character", "<u4"),
        ("id", "u4"),
        ("kind", "u1"),
        ("settings", "u4"),
        ("probability", "f8"),
        ("rank", "u4"),
        ("surprise", "f8"),
        ("entropy", "f8"),
    ]
)


class Written(NamedTuple):
    """One character on the tape."""

    character: str
    id: int
    """In the vocabulary of the model that wrote it."""
    kind: str
    """One of KINDS."""
    source: str
    """Whose weights wrote it."""
    temperature: float
    """In force when it was written."""
    probability: float
    """After filters and temperature."""
    rank: int
    """Among the model's own probabilities; 1 is the most probable."""
    surprise: float
    """Bits, from the model's own probability."""
    entropy: float
    """Bits of surprise that were to be expected."""


class Stretch(NamedTuple):
    """From `start` up to the next stretch, the characters come from the weights of `source`."""

    start: int
    source: str


class Tape:
    """Characters and states. Position t lies before character t; its state is what the model remembers there.

    It grows at its end and is cut there; whatever keeps several ways on (branches) can be built on these two.
    """

    def __init__(self, state: State, source: str) -> None:
        self._rows = np.empty(1024, _RECORD)
        self._length = 0
        self._settings: list[Sampling] = []
        self._stretches: list[Stretch] = []
        self._recent: deque[State] = deque([state])
        """States of the positions from `_first` to the end."""
        self._first = 0
        self._anchors: dict[int, State]
        """States further back, under the present weights only: at multiples of `_stride`, and where these began."""
        self._begin_stretch(source)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, position: int) -> Written:
        if not 0 <= position < self._length:
            raise IndexError(position)
        row = self._rows[position]
        return Written(
            chr(row["character"]),
            int(row["id"]),
            KINDS[row["kind"]],
            self.source_at(position),
            self._settings[row["settings"]].temperature,
            float(row["probability"]),
            int(row["rank"]),
            float(row["surprise"]),
            float(row["entropy"]),
        )

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Where the weights changed, and to what."""
        return tuple(self._stretches)

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """The characters of positions start up to stop."""
        start, stop, _ = slice(start, stop).indices(self._length)
        return self._rows["character"][start:stop].tobytes().decode("utf-32-le", "surrogatepass")

    def column(self, name: str) -> NDArray[np.generic]:
        """(length,) copy of one of `id`, `probability`, `rank`, `surprise`, `entropy`."""
        return self._rows[name][: self._length].copy()

    def ids(self, start: int, stop: int | None = None) -> NDArray[np.uint32]:
        """(n,) ids of positions start up to stop."""
        return self._rows["id"][start : self._length if stop is None else stop]

    def source_at(self, position: int) -> str:
        """Whose weights wrote the character at a position."""
        return self._stretches[bisect_right(self._stretches, position, key=lambda stretch: stretch.start) - 1].source

    def settings_at(self, position: int) -> Sampling:
        """The settings in force when the character at a position was written: the ride, to be played again."""
        if not 0 <= position < self._length:
            raise IndexError(position)
        return self._settings[int(self._rows["settings"][position])]

    def append(self, written: Written, settings: Sampling, state: State) -> None:
        """Add a character and the state after it."""
        if not self._settings or (self._settings[-1] is not settings and self._settings[-1] != settings):
            self._settings.append(settings)
        if self._length == len(self._rows):
            self._rows = np.concatenate([self._rows, np.empty_like(self._rows)])
        self._rows[self._length] = (
            ord(written.character),
            written.id,
            KINDS.index(written.kind),
            len(self._settings) - 1,
            written.probability,
            written.rank,
            written.surprise,
            written.entropy,
        )
        self._length += 1
        self._keep(state)

    def change_weights(self, source: str) -> None:
        """From here on other weights write; they take over the states."""
        self._begin_stretch(source)

    def change_model(self, state: State, source: str) -> None:
        """From here on another model writes, starting from `state`; it can do nothing with the states so far."""
        self._first, self._recent = self._length, deque([state])
        self._begin_stretch(source)

    def state_at(self, position: int, model: CharModel) -> State:
        """The state at a position, to the bit; `model` is that of the last stretch.

        Raises:
            TapeError: the weights are gone that could make it, and it is too far back to be remembered.
        """
        if not 0 <= position <= self._length:
            raise TapeError(f"the text has no position {position}; it ends at {self._length}")
        if position >= self._first:
            return self._recent[position - self._first]
        if position < self.reach:
            raise TapeError(
                f"the weights that wrote position {position} are gone; {self.reach} is as far as it goes back"
            )
        start = max(anchor for anchor in self._anchors if anchor <= position)
        state, _ = model.feed(self._anchors[start], self.ids(start, position).tolist())
        return state

    @property
    def reach(self) -> int:
        """The earliest position that can be returned to."""
        return min(self._first, self._stretches[-1].start)

    def cut(self, position: int, state: State) -> None:
        """Drop every character from a position on; `state` is the one at that position."""
        self._length = position
        if position < self._first:
            self._first, self._recent = position, deque([state])
        while len(self._recent) > position - self._first + 1:
            self._recent.pop()
        self._anchors = {start: kept for start, kept in self._anchors.items() if start <= position}
        if position < self._stretches[-1].start:
            self._begin_stretch(self._stretches[-1].source)

    def _begin_stretch(self, source: str) -> None:
        """The weights change at the end: states before it that are not kept can be recomputed no more."""
        while self._stretches and self._stretches[-1].start >= self._length:
            self._stretches.pop()
        self._stretches.append(Stretch(self._length, source))
        self._anchors = {self._length: self._recent[-1]}
        self._stride = EVERY

    def _keep(self, state: State) -> None:
        """Remember the state at the end, and let the oldest go where there is no more room."""
        room = max(1, MEMORY // 2 // state.nbytes)
        self._recent.append(state)
        while len(self._recent) > min(RECENT, room):
            oldest = self._recent.popleft()
            if self._first >= self._stretches[-1].start and self._first % self._stride == 0:
                self._anchors[self._first] = oldest
            self._first += 1
        if len(self._anchors) > max(2, room):
            self._stride *= 2
            start = self._stretches[-1].start
            self._anchors = {at: kept for at, kept in self._anchors.items() if at % self._stride == 0 or at == start}
