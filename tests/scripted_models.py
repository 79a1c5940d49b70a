"""Models that stand in for networks: what they write is known beforehand."""

from collections.abc import Iterable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.recipe import Recipe
from charplay.sampling.generator import TextGenerator
from charplay.sampling.model import CharModel, ModelSignature

SONG = "to be or not to be\nthat is the question\n"

State = NDArray[np.int64]
Logits = NDArray[np.float64]


class Reciter:
    """Writes `text` over and over; every other character has a small chance."""

    def __init__(self, text: str, sure: float = 9.0, cleaning: tuple[str, ...] = ()) -> None:
        self.text, self.sure = text, sure
        self.vocabulary = Vocabulary.of(text)
        self.characters = tuple(self.vocabulary.characters)
        self.family = ModelSignature("reciter", (), np.dtype(int), self.vocabulary)
        self.recipe = Recipe(cleaning=cleaning)

    def zero_state(self) -> State:
        return np.array(0)

    def logits(self, state: State) -> Logits:
        logits = np.linspace(0, 1, len(self.characters))
        logits[self.characters.index(self.text[int(state) % len(self.text)])] += self.sure
        return logits

    def step(self, state: State, _: int) -> tuple[State, Logits]:
        return state + 1, self.logits(state + 1)

    def feed(self, state: State, _: Iterable[int]) -> tuple[State, Logits]:
        return state, self.logits(state)


class Scholar:
    """Its state is all that it read, and what comes next depends on each of it: a wrong state shows at once."""

    def __init__(self, salt: int = 0, text: str = SONG, cleaning: tuple[str, ...] = ()) -> None:
        model = Reciter(text, cleaning=cleaning)
        self.vocabulary, self.characters, self.family = model.vocabulary, model.characters, model.family
        self.recipe, self.salt = model.recipe, salt

    def zero_state(self) -> State:
        return np.array(7 + self.salt)

    def logits(self, state: State) -> Logits:
        return np.random.default_rng(int(state)).normal(size=len(self.characters)) * 2

    def step(self, state: State, one: int) -> tuple[State, Logits]:
        state = (state * 1_000_003 + one + self.salt) % 2**40
        return state, self.logits(state)

    def feed(self, state: State, ids: Iterable[int]) -> tuple[State, Logits]:
        for one in ids:
            state = self.step(state, one)[0]
        return state, self.logits(state)


def reciter(text: str = SONG, sure: float = 9.0, cleaning: tuple[str, ...] = ()) -> CharModel:
    """Return a model that writes `text` over and over."""
    return cast("CharModel", Reciter(text, sure, cleaning))


def scholar(salt: int = 0, text: str = SONG, cleaning: tuple[str, ...] = ()) -> CharModel:
    """Return a model that shows a wrong state at once; `cleaning` are the rules of its run."""
    return cast("CharModel", Scholar(salt, text, cleaning))


def text_of(model: CharModel, *parts: int | tuple[str, str]) -> str:
    """Return what a generator alone writes: so many characters, then (text, kind) by hand, and so on."""
    generator = TextGenerator(model)
    for part in parts:
        if isinstance(part, int):
            generator.advance(most=part)
        else:
            generator.write(*part)
    return generator.text
