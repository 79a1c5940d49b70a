"""The transcript: what was written, character by character, and the states to go back to."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.errors import TranscriptError
from charplay.sampling.model import CharModel, State
from charplay.sampling.params import SamplingParams
from charplay.sampling.segment import KINDS, GeneratedChar, Segment, StateCache

__all__ = ["KINDS", "GeneratedChar", "Transcript", "WeightsSpan"]


class WeightsSpan(NamedTuple):
    """From `start` up to the next span, the characters come from the weights of `source`."""

    start: int
    source: str


class PromptInfo(NamedTuple):
    """What a text was to begin with."""

    prompt: str = ""
    """As it was given: cleaned where it came from outside, see `input_text`."""
    unknown: str = ""
    """Its characters that the model does not know, each once; they were left out."""

    def until(self, position: int) -> "PromptInfo":
        """That of a text which has only the first `position` characters in common with this one."""
        if position >= len(self.prompt):
            return self
        known = [at for at, character in enumerate(self.prompt) if character not in self.unknown]
        if position >= len(known):
            return self
        prompt = self.prompt[: known[position]]
        return PromptInfo(prompt, "".join(each for each in self.unknown if each in prompt))


class Transcript:
    """Characters and states. Position t lies before character t; its state is what the model remembers there.

    It is a way through segments, of which only the last is its own and grows. Going back, branching and changing the
    weights are one thing, `fork`: a new transcript that has the segments so far in common with this one, which stays.
    """

    def __init__(
        self,
        model: CharModel,
        source: str,
        state: State,
        *,
        start: int = 0,
        before: Sequence[Segment] = (),
        continues: bool = False,
        memory: StateCache | None = None,
        prompt_info: PromptInfo | None = None,
    ) -> None:
        """`model` writes on it from `state` on; `before` holds the first `start` characters."""
        self.memory = memory or StateCache()
        """Which states are kept; one for several transcripts bounds what all of them take."""
        self.prompt_info = prompt_info or PromptInfo()
        self._segments = [*before, Segment(start, model, source, continues=continues)]
        self.memory.begin(self._segments[-1], state)

    @classmethod
    def restored(cls, segments: Sequence[Segment], memory: StateCache, prompt_info: PromptInfo) -> "Transcript":
        """Return one that was kept, a way through these segments. Only the last may grow, and no other may share it."""
        transcript = cls.__new__(cls)
        transcript.memory, transcript.prompt_info = memory, prompt_info
        transcript._segments = [*segments]  # noqa: SLF001  (of the same class)
        return transcript

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments that it runs through; it leaves each where the next one starts."""
        return tuple(self._segments)

    def append(self, written: GeneratedChar, params: SamplingParams, state: State) -> None:
        """Add a character and the state after it."""
        last = self._segments[-1]
        last.append(written, params)
        self.memory.grow(last, state)

    def fork(self, position: int, model: CharModel, source: str, state: State | None = None) -> "Transcript":
        """A transcript that shares the characters before a position with this one, and on which `model` writes on.

        It goes on from `state`, or from the state that is there.

        Raises:
            TranscriptError: there is no such position, or its state is none that the model can go on from.
        """
        before = [segment for segment in self._segments if segment.start < position]
        here = self._segments[self._index(position)]
        continues = state is None and here.writer() is model and (here.start < position or here.continues)
        if state is None:
            state = self.state_at(position)
            self.check(position, model)
        return Transcript(
            model,
            source,
            state,
            start=position,
            before=before,
            continues=continues,
            memory=self.memory,
            prompt_info=self.prompt_info.until(position),
        )

    def state_at(self, position: int) -> State:
        """The state at a position, to the bit.

        Raises:
            TranscriptError: there is no such position; or the weights are gone that could make its state, and it is
                too far back to be remembered.
        """
        if not 0 <= position <= len(self):
            raise TranscriptError(f"the text has no position {position}; it ends at {len(self)}")
        number, at = self._kept(position)
        segment = self._segments[number]
        model = segment.writer()
        if at == position:
            return segment.states[at]
        if at is None or model is None:
            raise TranscriptError(
                f"the weights that wrote position {position} are gone; {self.reach} is as far as it goes back"
            )
        return model.feed(segment.states[at], self._gather("id", at, position).tolist())[0]

    def _kept(self, position: int) -> tuple[int, int | None]:
        """The segment and the position of the kept state from which that at a position can be recomputed."""
        number = self._index(position)
        at = self._segments[number].nearest(position)
        while at is None and self._segments[number].continues:
            number -= 1
            at = self._segments[number].nearest(self._stop(number))
        return number, at

    def check(self, position: int, model: CharModel) -> None:
        """Raise TranscriptError where a model cannot go on from the state at a position, which another network made."""
        if self._segments[self._index(position)].family != model.family:
            raise TranscriptError(f"another network wrote position {position}; {self.reach} is as far as it goes back")

    def model_at(self, position: int) -> CharModel | None:
        """Who wrote the character at a position, or writes at the end; None where these weights are gone."""
        return self._segments[self._index(position)].writer()

    @property
    def reach(self) -> int:
        """The earliest position from which on the model at the end can return to every one."""
        reach, family = len(self), self._segments[-1].family
        for segment in reversed(self._segments):
            if segment.family != family:
                break
            if segment.writer() is not None and self._kept(segment.start)[1] is not None:
                reach = segment.start
            while reach > segment.start and reach - 1 in segment.states:
                reach -= 1
            if reach > segment.start:
                break
        return reach

    def shared(self, other: "Transcript") -> int:
        """How many characters, records and states included, this transcript has in common with another."""
        shared = 0
        for number, (mine, theirs) in enumerate(zip(self._segments, other._segments, strict=False)):  # noqa: SLF001  (of the same class)
            if mine is not theirs:
                break
            shared = min(self._stop(number), other._stop(number))  # noqa: SLF001  (of the same class)
        return shared

    def __len__(self) -> int:
        return self._segments[-1].stop

    def __getitem__(self, position: int) -> GeneratedChar:
        return self._written_in(position)[position]

    def params_at(self, position: int) -> SamplingParams:
        """The params in force when the character at a position was written."""
        return self._written_in(position).params_at(position)

    def source_at(self, position: int) -> str:
        """Whose weights wrote the character at a position."""
        return self._segments[self._index(position)].source

    @property
    def weights_spans(self) -> tuple[WeightsSpan, ...]:
        """Where the weights changed, and to what."""
        found: list[WeightsSpan] = []
        before: Segment | None = None
        for segment in self._segments:
            if before is None or segment.writer is not before.writer or segment.source != before.source:
                found.append(WeightsSpan(segment.start, segment.source))
            before = segment
        return tuple(found)

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """The characters of positions start up to stop; negative ones count from the end."""
        start, stop, _ = slice(start, stop).indices(len(self))
        return self._gather("character", start, stop).astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")

    def column(self, name: str, start: int = 0, stop: int | None = None) -> NDArray[np.generic]:
        """(stop - start,) copy of one of `id`, `kind` (as in KINDS), `probability`, `rank`, `surprise`, `entropy`."""
        start, stop, _ = slice(start, stop).indices(len(self))
        return self._gather(name, start, stop)

    def temperatures(self, start: int, stop: int) -> list[float]:
        """In force when the characters of positions start up to stop were written."""
        return [
            segment.params[index].temperature
            for segment, part in self._parts(start, stop)
            for index in segment.rows["settings"][part].tolist()
        ]

    def changes(self) -> list[tuple[int, SamplingParams]]:
        """Settings and the position from which on they were in force."""
        found: list[tuple[int, SamplingParams]] = []
        for number, segment in enumerate(self._segments):
            indices = segment.rows["settings"][: self._stop(number) - segment.start]
            for at in np.flatnonzero(np.diff(indices, prepend=np.uint32(len(segment.params)))).tolist():
                params = segment.params[int(indices[at])]
                if not found or found[-1][1] != params:
                    found.append((segment.start + at, params))
        return found

    def ids(self, vocabulary: Vocabulary, start: int, stop: int) -> NDArray[np.uint32]:
        """(n,) ids of positions start up to stop; only the last of them where another vocabulary's come before."""
        for number in range(self._index(stop), -1, -1):
            segment = self._segments[number]
            if segment.family.vocabulary != vocabulary:
                start = max(start, self._stop(number))
            if segment.start <= start:
                break
        return self._gather("id", start, stop).astype(np.uint32, copy=False)

    def _gather(self, name: str, start: int, stop: int) -> NDArray[np.generic]:
        """(stop - start,) copies of a field."""
        pieces = [self._segments[0].rows[name][:0]]
        pieces += [segment.rows[name][part] for segment, part in self._parts(start, stop)]
        return np.concatenate(pieces)

    def _parts(self, start: int, stop: int) -> Iterator[tuple[Segment, slice]]:
        """The segments in which positions start up to stop stand, and which rows of them these are."""
        for number in range(self._index(start), len(self._segments)):
            segment = self._segments[number]
            if segment.start >= stop:
                break
            yield (
                segment,
                slice(max(start, segment.start) - segment.start, min(stop, self._stop(number)) - segment.start),
            )

    def _stop(self, number: int) -> int:
        """Where this transcript leaves a segment."""
        following = number + 1
        return self._segments[following].start if following < len(self._segments) else self._segments[number].stop

    def _index(self, position: int) -> int:
        """Which segment goes on from a position."""
        return max(0, bisect_right(self._segments, position, key=lambda segment: segment.start) - 1)

    def _written_in(self, position: int) -> Segment:
        if not 0 <= position < len(self):
            raise IndexError(position)
        return self._segments[self._index(position)]
