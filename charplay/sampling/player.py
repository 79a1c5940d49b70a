"""The player: a model writing on a tape, one character at a time."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from charplay.sampling.distribution import Distribution, distribution, draw
from charplay.sampling.luck import uniform
from charplay.sampling.model import CharModel, State
from charplay.sampling.settings import Context, Sampling
from charplay.sampling.tape import Tape, Written

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


class Player:
    """Writes with a model from a prompt on, or from the beginning of a line where there is none.

    `settings` may be assigned between any two characters. The luck of the character at position t (prompt included) is
    u(seed, t), so looking ahead changes nothing and going back and on again writes the same.
    """

    def __init__(
        self, model: CharModel, *, prompt: str = "", settings: Sampling | None = None, source: str = ""
    ) -> None:
        self.settings = settings or Sampling()
        self._model = model
        self._source = source
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
        return self._prompt

    @property
    def unknown(self) -> str:
        """The prompt's characters that the model does not know, each once; they were left out."""
        return self._unknown

    @property
    def text(self) -> str:
        """All that stands on the tape: the prompt, without unknown characters, and what follows."""
        return self._tape.text()

    def next(self) -> Written:
        """Draw one character and write it."""
        found = self._distribution()
        return self._append(draw(found.filtered, uniform(self.settings.seed, len(self._tape))), found, "drawn")

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

    def write(self, text: str) -> str:
        """Write characters of one's own; the model goes on from them. Unknown ones are left out and returned."""
        return self._write(text, "typed")

    def rivals(self, n: int) -> list[Rival]:
        """The next character's n most probable rivals, the model's favourite first. Changes nothing."""
        found = self._distribution()
        favourites = np.argsort(-found.raw, kind="stable")[:n].tolist()
        characters = self._model.characters
        return [Rival(characters[one], float(found.raw[one]), float(found.filtered[one])) for one in favourites]

    def rewind(self, position: int) -> None:
        """Go back to a position: what stands from there on is dropped, and writing goes on exactly as it did then.

        Raises:
            TapeError: there is no such position, or the weights that wrote it are gone; `tape.reach` is the earliest.
        """
        state = self._tape.state_at(position, self._model)
        self._tape.cut(position, state)
        self._go_on_from(state)

    def swap(self, model: CharModel, source: str) -> None:
        """Let another model write on.

        It takes over the state where cell, shape and vocabulary agree. Otherwise it first reads the last REREAD
        characters again, as far as it knows them, and there is no going back to before this.
        """
        state, takes_over = self._state, model.shares_states_with(self._model)
        self._model, self._source = model, source
        if takes_over:
            self._tape.change_weights(source)
        else:
            state = _reread(model, self._tape.text(-REREAD))
            self._tape.change_model(state, source)
            self._own_ids = len(self._tape)
        self._go_on_from(state)

    def restart(self, prompt: str | None = None, seed: int | None = None) -> None:
        """Begin a new tape: with the same prompt and seed where none is given."""
        if seed is not None:
            self.settings = replace(self.settings, seed=seed)
        self._begin(self._prompt if prompt is None else prompt)

    def __iter__(self) -> Iterator[Written]:
        """Characters without end."""
        while True:
            yield self.next()

    def _begin(self, prompt: str) -> None:
        known, _ = self._model.vocabulary.split(prompt)
        state = self._model.zero_state() if known else _reread(self._model, "")
        self._tape = Tape(state, self._source)
        self._own_ids = 0  # ids on the tape are in this model's vocabulary from here on
        self._go_on_from(state)
        self._prompt = prompt
        self._unknown = self._write(prompt, "prompt")

    def _go_on_from(self, state: State) -> None:
        self._state, self._logits = state, self._model.logits(state)

    def _distribution(self) -> Distribution:
        settings = self.settings
        if not settings.active:
            return distribution(self._logits, settings)
        recent = max(self._own_ids, len(self._tape) - settings.repetition_window)
        return distribution(self._logits, settings, Context(self._tape.ids(recent), self._model.vocabulary))

    def _write(self, text: str, kind: str) -> str:
        known, unknown = self._model.vocabulary.split(text)
        for one in self._model.vocabulary.encode(known).tolist():
            self._append(one, self._distribution(), kind)
        return unknown

    def _append(self, one: int, found: Distribution, kind: str) -> Written:
        settings = self.settings
        written = Written(
            self._model.characters[one],
            one,
            kind,
            self._source,
            settings.temperature,
            found.filtered.item(one),
            found.rank(one),
            found.surprise(one),
            found.entropy(),
        )
        self._state, self._logits = self._model.step(self._state, one)
        self._tape.append(written, settings, self._state)
        return written


def _reread(model: CharModel, text: str) -> State:
    """The state after a text's known characters; after OPENING where there are none; else zero."""
    vocabulary = model.vocabulary
    known = vocabulary.split(text)[0] or vocabulary.split(OPENING)[0]
    state, _ = model.feed(model.zero_state(), vocabulary.encode(known).tolist())
    return state
