"""What one model wrote, one character after another, and the states that are remembered of it."""

from collections import deque
from collections.abc import Callable, Mapping
from struct import Struct
from typing import NamedTuple, TypeAlias
from weakref import ReferenceType, ref

import numpy as np
from numpy.typing import NDArray

from charplay.sampling.model import CharModel, ModelSignature, State
from charplay.sampling.params import SamplingParams

EVERY = 64
"""A state is kept at every so many characters; those between are recomputed."""
RECENT = 4096
"""The states of so many characters are kept one and all: they outlive the weights that made them."""
MEMORY = 64 * 1024 * 1024
"""Bytes of states kept at most, half for the recent ones and half for those further back."""

KINDS = ("prompt", "typed", "drawn", "picked")
"""How a character came about; `picked` is one of its candidates, taken by hand."""

RECORD = np.dtype(
    [
        ("character", "<u4"),
        ("id", "<u4"),
        ("kind", "u1"),
        ("settings", "<u4"),
        ("probability", "<f8"),
        ("rank", "<u4"),
        ("surprise", "<f8"),
        ("entropy", "<f8"),
    ]
)
"""How a character is kept."""
_RECORD_BYTES = Struct("<IIBIdIdd")
"""The same for `Struct`, which writes one in half the time."""


class GeneratedChar(NamedTuple):
    """One character on the transcript."""

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


class Segment:
    """Characters `start` to `stop` of a text, written by one model. It only ever grows at its end.

    Transcripts that have a beginning in common run through the same segments. The model is not kept alive: whoever
    wants to come back to it holds it.
    """

    def __init__(self, start: int, model: CharModel, source: str, *, continues: bool = False) -> None:
        self.start = self.stop = start
        self.source = source
        self.continues = continues
        """Whether it begins with the state that the same model had after what comes before."""
        self.family = model.family
        self.writer: ReferenceType[CharModel] = ref(model)
        """The same object for all segments of one model, even when that is gone."""
        self._set_rows(np.empty(16, RECORD))
        self.params: list[SamplingParams] = []
        self.itself = ref(self)
        """For those who remember its states and do not keep it alive."""
        self.states: dict[int, State] = {}
        """Position -> what the model remembers before the character there, where that is kept; see `StateCache`."""

    @classmethod
    def restored(
        cls, start: int, rows: NDArray[np.void], params: list[SamplingParams], *,
        source: str, continues: bool, family: ModelSignature, writer: ReferenceType[CharModel],
    ) -> "Segment":  # fmt: skip
        """Return one that was kept, with these rows; `writer` refers to nothing where its weights are gone."""
        segment = cls.__new__(cls)
        segment.start, segment.stop = start, start + len(rows)
        segment.source, segment.continues, segment.family, segment.writer = source, continues, family, writer
        segment._set_rows(np.concatenate([rows, np.empty(16, RECORD)]))  # noqa: SLF001  (of the same class)
        segment.params = params
        segment.itself, segment.states = ref(segment), {}
        return segment

    @property
    def written(self) -> NDArray[np.void]:
        """(stop - start,) its characters as records of RECORD."""
        return self.rows[: self.stop - self.start]

    def append(self, written: GeneratedChar, params: SamplingParams) -> None:
        """Add a character."""
        if not self.params or (self.params[-1] is not params and self.params[-1] != params):
            self.params.append(params)
        number = self.stop - self.start
        if number == len(self.rows):
            self._set_rows(np.concatenate([self.rows, np.empty_like(self.rows)]))
        _RECORD_BYTES.pack_into(
            self._bytes,
            number * RECORD.itemsize,
            ord(written.character),
            written.id,
            KINDS.index(written.kind),
            len(self.params) - 1,
            written.probability,
            written.rank,
            written.surprise,
            written.entropy,
        )
        self.stop += 1

    def _set_rows(self, rows: NDArray[np.void]) -> None:
        self.rows = rows
        self._bytes = rows.view(np.uint8).data

    def __getitem__(self, position: int) -> GeneratedChar:
        row = self.rows[position - self.start]
        return GeneratedChar(
            chr(row["character"]),
            int(row["id"]),
            KINDS[row["kind"]],
            self.source,
            self.params_at(position).temperature,
            float(row["probability"]),
            int(row["rank"]),
            float(row["surprise"]),
            float(row["entropy"]),
        )

    def params_at(self, position: int) -> SamplingParams:
        """The params in force when the character at a position was written."""
        return self.params[int(self.rows["settings"][position - self.start])]

    def nearest(self, position: int) -> int | None:
        """The last position up to this one whose state is kept."""
        return next((at for at in range(position, self.start - 1, -1) if at in self.states), None)


class _Kept(NamedTuple):
    """A state that is remembered."""

    segment: ReferenceType[Segment]
    position: int
    size: int
    """Bytes."""
    number: int
    """Characters that had been written by then."""

    def forget(self) -> None:
        segment = self.segment()
        if segment is not None:
            segment.states.pop(self.position, None)


_Rule: TypeAlias = Callable[[Segment, int], bool]


class StateCache:
    """Decides which states are kept, over all segments of a text and its branches.

    The last RECENT characters, on whatever branch, keep theirs. Of the earlier ones, those at multiples of a stride
    and where other weights set in stay as long as these weights are there to go on from them. The stride begins at
    EVERY and doubles where the room is too small; where weights change too often even for that, the oldest are let go.
    """

    def __init__(self) -> None:
        self._recent: deque[_Kept] = deque()
        self._anchors: list[_Kept] = []
        self._recent_bytes = self._anchors_bytes = 0
        self._stride = EVERY
        self._written = 0

    def begin(self, segment: Segment, state: State) -> None:
        """Remember the state that a segment starts from."""
        self._remember(segment, segment.start, state)

    def restore(self, segment: Segment, states: Mapping[int, State]) -> None:
        """Remember the states of a segment that was kept, by their positions."""
        for position in sorted(states):
            self._remember(segment, position, states[position])

    def grow(self, segment: Segment, state: State) -> None:
        """Remember the state after a segment's newest character."""
        self._written += 1
        self._remember(segment, segment.stop, state)

    def _remember(self, segment: Segment, position: int, state: State) -> None:
        segment.states[position] = state
        recent, size = self._recent, state.nbytes
        recent.append(_Kept(segment.itself, position, size, self._written))
        self._recent_bytes += size
        while recent[0].number <= self._written - RECENT or (self._recent_bytes > MEMORY // 2 and len(recent) > 1):
            oldest = recent.popleft()
            self._recent_bytes -= oldest.size
            if self._holds(oldest, self._lasting):
                self._anchors.append(oldest)
                self._anchors_bytes += oldest.size
            else:
                oldest.forget()
        if self._anchors_bytes > MEMORY // 2:
            self._make_room()

    def _make_room(self) -> None:
        self._keep(lambda _segment, _position: True)
        if self._anchors_bytes > MEMORY // 2:
            self._stride *= 2
            self._keep(self._lasting)
        if self._anchors_bytes > MEMORY // 2:
            count = len(self._anchors) // 4 + 1
            for oldest in self._anchors[:count]:
                oldest.forget()
            del self._anchors[:count]
            self._anchors_bytes = sum(kept.size for kept in self._anchors)

    def _lasting(self, segment: Segment, position: int) -> bool:
        return position % self._stride == 0 or (position == segment.start and not segment.continues)

    def _holds(self, kept: _Kept, rule: _Rule) -> bool:
        """Whether a state can still be gone on from, and a rule keeps it."""
        segment = kept.segment()
        return segment is not None and rule(segment, kept.position) and segment.writer() is not None

    def _keep(self, rule: _Rule) -> None:
        """Forget the states further back that do not hold."""
        kept = []
        for one in self._anchors:
            if self._holds(one, rule):
                kept.append(one)
            else:
                one.forget()
        self._anchors = kept
        self._anchors_bytes = sum(one.size for one in kept)
