"""A model that recites, in place of a network: what it writes is known beforehand."""

import numpy as np
import pytest

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.model import ModelSignature


class Reciter:
    """Writes `text` over and over; every other character has a small chance."""

    def __init__(self, text, sure=9.0):
        self.text, self.sure = text, sure
        self.vocabulary = Vocabulary.of(text)
        self.characters = tuple(self.vocabulary.characters)
        self.family = ModelSignature("reciter", (), np.dtype(int), self.vocabulary)

    def zero_state(self):
        return np.array(0)

    def logits(self, state):
        logits = np.linspace(0, 1, len(self.characters))
        logits[self.characters.index(self.text[int(state) % len(self.text)])] += self.sure
        return logits

    def step(self, state, one):
        return state + 1, self.logits(state + 1)

    def feed(self, state, ids):
        state = state + len(list(ids)) * 0
        return state, self.logits(state)


@pytest.fixture
def reciter():
    return Reciter
