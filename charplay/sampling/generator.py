"""The generator: a model writing on a transcript, one character at a time."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from charplay.sampling.cell import Array
from charplay.sampling.distribution import Distribution, distribution, draw
from charplay.sampling.input_text import read_input
from charplay.sampling.model import CharModel, State
from charplay.sampling.params import FilterContext, SamplingParams
from charplay.sampling.random_stream import uniform
from charplay.sampling.segment import StateCache
from charplay.sampling.transcript import GeneratedChar, PromptInfo, Transcript

OPENING = "\n"
"""Read before the first character where there is no prompt, and not written: a text starts as a line does."""
REREAD = 256
"""Characters read again where new weights cannot take over the state."""


class Candidate(NamedTuple):
    """What the next character may be."""

    character: str
    raw: float
    """The model's own probability."""
    filtered: float
    """After filters and temperature."""


class Inspection(NamedTuple):
    """A position of the text."""

    written: GeneratedChar | None
    """What stands there; None at the end."""
    source: str
    """Whose weights rate the candidates: those that wrote it, or the present ones where those are gone."""
    candidates: tuple[Candidate, ...]
    """The most probable characters there, the model's favourite first."""


class TextGenerator:
    """Writes with a model from a prompt on, or from the beginning of a line where there is none.

    `params` may be assigned between any two characters. The luck of the character at position t (prompt included) is
    u(seed, t), so looking ahead changes nothing and going back and on again writes the same.
    """

    def __init__(
        self,
        model: CharModel,
        *,
        prompt: str = "",
        params: SamplingParams | None = None,
        source: str = "",
        memory: StateCache | None = None,
    ) -> None:
        """`memory`: the cache that other generators share with this one, so that all of them keep to its bounds."""
        self.params = params or SamplingParams()
        self._model = model
        self._source = source
        self._memory = memory or StateCache()
        self._transcript: Transcript
        self._state: State
        self._logits: Array
        self._begin(prompt)

    @property
    def model(self) -> CharModel:
        """Who writes."""
        return self._model

    @property
    def source(self) -> str:
        """Where the model comes from."""
        return self._source

    @property
    def transcript(self) -> Transcript:
        """What was written; another one after `restart`."""
        return self._transcript

    @property
    def prompt(self) -> str:
        """The prompt as it was given, unknown characters and all."""
        return self._transcript.prompt_info.prompt

    @property
    def unknown(self) -> str:
        """The prompt's characters that the model does not know, each once; they were left out."""
        return self._transcript.prompt_info.unknown

    @property
    def text(self) -> str:
        """All that stands on the transcript: the prompt, without unknown characters, and what follows."""
        return self._transcript.text()

    def next(self) -> GeneratedChar:
        """Draw one character and write it."""
        model, transcript, params = self._model, self._transcript, self.params
        position = len(transcript)
        found = _distribution(model, self._logits, transcript, position, params)
        one = draw(found.cumulative[1], uniform(params.seed, position))
        written = self._record(one, found, "drawn")
        self._state, self._logits = model.step(self._state, one)
        transcript.append(written, params, self._state)
        return written

    @property
    def next_uniform(self) -> float:
        """What the next draw is made with."""
        return uniform(self.params.seed, len(self._transcript))

    @property
    def state(self) -> State:
        """What the model remembers at the end."""
        return self._state

    @property
    def logits(self) -> Array:
        """(V,) what the model says about the next character."""
        return self._logits

    def next_distribution(self) -> Distribution:
        """What the next character may be. Changes nothing."""
        return _distribution(self._model, self._logits, self._transcript, len(self._transcript), self.params)

    def append(self, written: GeneratedChar, read: tuple[State, Array]) -> None:
        """Write a character; `read` is what the model makes of it: the state and the logits (V,) after it."""
        self._state, self._logits = read
        self._transcript.append(written, self.params, self._state)

    def _record(self, one: int, found: Distribution, kind: str) -> GeneratedChar:
        return GeneratedChar(
            self._model.characters[one],
            one,
            kind,
            self._source,
            self.params.temperature,
            *found.rating(one),
        )

    def advance(self, budget: float | None = None, most: int | None = None) -> list[GeneratedChar]:
        """Draw up to `most` characters, beginning none once `budget` seconds are spent; at least one is written."""
        if budget is None and most is None:
            raise ValueError("a budget in seconds, or the most characters, must be given")
        end = None if budget is None else time.perf_counter() + budget
        written: list[GeneratedChar] = []
        while most is None or len(written) < most:
            written.append(self.next())
            if end is not None and time.perf_counter() >= end:
                break
        return written

    def write(self, text: str, kind: str = "typed") -> str:
        """Write characters of one's own; the model goes on from them. Unknown ones are left out and returned.

        `kind` is one of KINDS.
        """
        known, unknown = self._model.vocabulary.split(text)
        for one in self._model.vocabulary.encode(known).tolist():
            found = self.next_distribution()
            self.append(self._record(one, found, kind), self._model.step(self._state, one))
        return unknown

    def candidates(self, n: int) -> list[Candidate]:
        """The next character's n most probable candidates, the model's favourite first. Changes nothing."""
        return _candidates(self._model, self.next_distribution(), n)

    def inspect(self, position: int, n: int) -> Inspection:
        """The character at a position and the n most probable that it might have been instead. Changes nothing.

        Raises:
            TranscriptError: there is no such position, or its state is gone.
        """
        transcript = self._transcript
        if position == len(transcript):
            return Inspection(None, self._source, tuple(self.candidates(n)))
        state, model, written = transcript.state_at(position), transcript.model_at(position), transcript[position]
        source = written.source
        if model is None:
            model, source = self._model, self._source
            transcript.check(position, model)
        found = _distribution(model, model.logits(state), transcript, position, transcript.params_at(position))
        return Inspection(written, source, tuple(_candidates(model, found, n)))

    def rewind(self, position: int) -> None:
        """Go back to a position: writing goes on from there exactly as it did then.

        It goes on upon another transcript. What stood from there on is gone for this generator; whoever kept the old
        transcript can `resume` it.

        Raises:
            TranscriptError: there is no such position, or the weights that wrote it are gone; `transcript.reach` is the
                earliest.
        """
        transcript = self._transcript
        # Without a prompt a text goes on from where every text without one begins, so that it can be written again.
        anew = not position and len(transcript) and transcript[0].kind == "prompt"
        self._take(transcript.fork(position, self._model, self._source, _reread(self._model, "") if anew else None))

    def resume(self, transcript: Transcript) -> None:
        """Go on at the end of a transcript that was left, exactly as if it had not been.

        Where the weights that wrote last are gone, the present ones go on.

        Raises:
            TranscriptError: the state at its end is not kept any more, or only another network can go on from it.
        """
        model = transcript.model_at(len(transcript))
        if model is None:
            transcript = transcript.fork(len(transcript), self._model, self._source)
        else:
            transcript.state_at(len(transcript))  # raises before anything has changed
            self._model, self._source = model, transcript.source_at(len(transcript))
        self._take(transcript)

    def swap_model(self, model: CharModel, source: str) -> None:
        """Let another model write on.

        It takes over the state where cell, shape and vocabulary agree. Otherwise it first reads the last REREAD
        characters again, cleaned as its training text was and as far as it knows them, and cannot go back to before
        this.
        """
        same = model.family == self._model.family
        state = self._state if same else _reread(model, read_input(model, self._transcript.text(-REREAD)).text)
        self._model, self._source = model, source
        self._take(self._transcript.fork(len(self._transcript), model, source, state))

    def restart(self, prompt: str | None = None, seed: int | None = None) -> None:
        """Begin a new transcript: with the same prompt and seed where none is given."""
        if seed is not None:
            self.params = replace(self.params, seed=seed)
        self._begin(self.prompt if prompt is None else prompt)

    def __iter__(self) -> Iterator[GeneratedChar]:
        """Characters without end."""
        while True:
            yield self.next()

    def _begin(self, prompt: str) -> None:
        model = self._model
        known, unknown = model.vocabulary.split(prompt)
        state = model.zero_state() if known else _reread(model, "")
        self._take(Transcript(model, self._source, state, memory=self._memory, prompt_info=PromptInfo(prompt, unknown)))
        self.write(known, "prompt")

    def _take(self, transcript: Transcript) -> None:
        """Go on at the end of a transcript."""
        self._state = transcript.state_at(len(transcript))
        self._logits = self._model.logits(self._state)
        self._transcript = transcript


def _distribution(
    model: CharModel, logits: Array, transcript: Transcript, position: int, params: SamplingParams
) -> Distribution:
    """What the character at a position may be."""
    if not params.active:
        return distribution(logits, params)
    recent = transcript.ids(model.vocabulary, max(0, position - params.repetition_window), position)
    return distribution(logits, params, FilterContext(recent, model.vocabulary))


def _candidates(model: CharModel, found: Distribution, n: int) -> list[Candidate]:
    raw, filtered = found.raw, found.filtered
    favourites = np.argsort(-raw, kind="stable")[:n].tolist()
    return [Candidate(model.characters[one], float(raw[one]), float(filtered[one])) for one in favourites]


def _reread(model: CharModel, text: str) -> State:
    """The state after a text's known characters; after OPENING where there are none; else zero."""
    vocabulary = model.vocabulary
    known = vocabulary.split(text)[0] or vocabulary.split(OPENING)[0]
    state, _ = model.feed(model.zero_state(), vocabulary.encode(known).tolist())
    return state
