"""The player: a model writing on a tape, one character at a time."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from charplay.sampling.cell import Array
from charplay.sampling.distribution import Distribution, distribution, draw
from charplay.sampling.luck import uniform
from charplay.sampling.model import CharModel, State
from charplay.sampling.segment import Memory
from charplay.sampling.settings import Context, Sampling
from charplay.sampling.tape import Beginning, Tape, Written

OPENING = "\n"
"""Read before the first character where there is no prompt, and not written: a text starts as a line does."""
REREAD = 256
"""Characters read again where new weights cannot take over the state."""


class Rival(NamedTuple):
    """What the next character may be."""

    character: str
    raw: float
    """The model's own probability."""
    filtered: float
    """After filters and temperature."""


class Look(NamedTuple):
    """A position of the text."""

    written: Written | None
    """What stands there; None at the end."""
    source: str
    """Whose weights rate the rivals: those that wrote it, or the present ones where those are gone."""
    rivals: tuple[Rival, ...]
    """The most probable characters there, the model's favourite first."""


class Player:
    """Writes with a model from a prompt on, or from the beginning of a line where there is none.

    `settings` may be assigned between any two characters. The luck of the character at position t (prompt included) is
    u(seed, t), so looking ahead changes nothing and going back and on again writes the same.
    """

    def __init__(
        self,
        model: CharModel,
        *,
        prompt: str = "",
        settings: Sampling | None = None,
        source: str = "",
        memory: Memory | None = None,
    ) -> None:
        """`memory`: of other players whose texts are kept beside this one's, so that all of them keep to its bounds."""
        self.settings = settings or Sampling()
        self._model = model
        self._source = source
        self._memory = memory or Memory()
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
    def tape(self) -> Tape:
        """What was written; another one after `restart`."""
        return self._tape

    @property
    def prompt(self) -> str:
        """The prompt as it was asked for."""
        return self._tape.beginning.prompt

    @property
    def unknown(self) -> str:
        """The prompt's characters that the model does not know, each once; they were left out."""
        return self._tape.beginning.unknown

    @property
    def text(self) -> str:
        """All that stands on the tape: the prompt, without unknown characters, and what follows."""
        return self._tape.text()

    def next(self) -> Written:
        """Draw one character and write it."""
        found = self.foresee()
        one = draw(found.filtered, self.luck)
        written = self._record(one, found, "drawn")
        self.put(written, self._model.step(self._state, one))
        return written

    @property
    def luck(self) -> float:
        """What the next draw is made with."""
        return uniform(self.settings.seed, len(self._tape))

    @property
    def state(self) -> State:
        """What the model remembers at the end."""
        return self._state

    @property
    def logits(self) -> Array:
        """(V,) what the model says about the next character."""
        return self._logits

    def foresee(self) -> Distribution:
        """What the next character may be. Changes nothing."""
        return _distribution(self._model, self._logits, self._tape, len(self._tape), self.settings)

    def put(self, written: Written, read: tuple[State, Array]) -> None:
        """Write a character; `read` is what the model makes of it: the state and the logits (V,) after it."""
        self._state, self._logits = read
        self._tape.append(written, self.settings, self._state)

    def _record(self, one: int, found: Distribution, kind: str) -> Written:
        return Written(
            self._model.characters[one],
            one,
            kind,
            self._source,
            self.settings.temperature,
            found.filtered.item(one),
            found.rank(one),
            found.surprise(one),
            found.entropy(),
        )

    def advance(self, budget: float | None = None, most: int | None = None) -> list[Written]:
        """Draw up to `most` characters, beginning none once `budget` seconds are spent; at least one is written."""
        if budget is None and most is None:
            raise ValueError("a budget in seconds, or the most characters, must be given")
        end = None if budget is None else time.perf_counter() + budget
        written: list[Written] = []
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
            found = self.foresee()
            self.put(self._record(one, found, kind), self._model.step(self._state, one))
        return unknown

    def rivals(self, n: int) -> list[Rival]:
        """The next character's n most probable rivals, the model's favourite first. Changes nothing."""
        return _rivals(self._model, self.foresee(), n)

    def look(self, position: int, n: int) -> Look:
        """The character at a position and the n most probable that it might have been instead. Changes nothing.

        Raises:
            TapeError: there is no such position, or its state is gone.
        """
        tape = self._tape
        if position == len(tape):
            return Look(None, self._source, tuple(self.rivals(n)))
        state, model, written = tape.state_at(position), tape.model_at(position), tape[position]
        source = written.source
        if model is None:
            model, source = self._model, self._source
            tape.check(position, model)
        found = _distribution(model, model.logits(state), tape, position, tape.settings_at(position))
        return Look(written, source, tuple(_rivals(model, found, n)))

    def rewind(self, position: int) -> None:
        """Go back to a position: writing goes on from there exactly as it did then.

        It goes on upon another tape. What stood from there on is gone for this player, but whoever kept the old tape
        can `resume` it.

        Raises:
            TapeError: there is no such position, or the weights that wrote it are gone; `tape.reach` is the earliest.
        """
        tape = self._tape
        # Without a prompt a text goes on from where every text without one begins, so that it can be written again.
        anew = not position and len(tape) and tape[0].kind == "prompt"
        self._take(tape.fork(position, self._model, self._source, _reread(self._model, "") if anew else None))

    def resume(self, tape: Tape) -> None:
        """Go on at the end of a tape that was left, exactly as if it had not been.

        Where the weights that wrote last are gone, the present ones go on.

        Raises:
            TapeError: the state at its end is not kept any more, or only another network can go on from it.
        """
        model = tape.model_at(len(tape))
        if model is None:
            tape = tape.fork(len(tape), self._model, self._source)
        else:
            tape.state_at(len(tape))  # raises before anything has changed
            self._model, self._source = model, tape.source_at(len(tape))
        self._take(tape)

    def swap(self, model: CharModel, source: str) -> None:
        """Let another model write on.

        It takes over the state where cell, shape and vocabulary agree. Otherwise it first reads the last REREAD
        characters again, as far as it knows them, and cannot go back to before this.
        """
        same = model.family == self._model.family
        state = self._state if same else _reread(model, self._tape.text(-REREAD))
        self._model, self._source = model, source
        self._take(self._tape.fork(len(self._tape), model, source, state))

    def restart(self, prompt: str | None = None, seed: int | None = None) -> None:
        """Begin a new tape: with the same prompt and seed where none is given."""
        if seed is not None:
            self.settings = replace(self.settings, seed=seed)
        self._begin(self.prompt if prompt is None else prompt)

    def __iter__(self) -> Iterator[Written]:
        """Characters without end."""
        while True:
            yield self.next()

    def _begin(self, prompt: str) -> None:
        model = self._model
        known, unknown = model.vocabulary.split(prompt)
        state = model.zero_state() if known else _reread(model, "")
        self._take(Tape(model, self._source, state, memory=self._memory, beginning=Beginning(prompt, unknown)))
        self.write(known, "prompt")

    def _take(self, tape: Tape) -> None:
        """Go on at the end of a tape."""
        self._state = tape.state_at(len(tape))
        self._logits = self._model.logits(self._state)
        self._tape = tape


def _distribution(model: CharModel, logits: Array, tape: Tape, position: int, settings: Sampling) -> Distribution:
    """What the character at a position may be."""
    if not settings.active:
        return distribution(logits, settings)
    recent = tape.ids(model.vocabulary, max(0, position - settings.repetition_window), position)
    return distribution(logits, settings, Context(recent, model.vocabulary))


def _rivals(model: CharModel, found: Distribution, n: int) -> list[Rival]:
    favourites = np.argsort(-found.raw, kind="stable")[:n].tolist()
    return [Rival(model.characters[one], float(found.raw[one]), float(found.filtered[one])) for one in favourites]


def _reread(model: CharModel, text: str) -> State:
    """The state after a text's known characters; after OPENING where there are none; else zero."""
    vocabulary = model.vocabulary
    known = vocabulary.split(text)[0] or vocabulary.split(OPENING)[0]
    state, _ = model.feed(model.zero_state(), vocabulary.encode(known).tolist())
    return state
