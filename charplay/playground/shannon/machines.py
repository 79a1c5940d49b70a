"""What plays against a person: a 5-gram of the training text, and a network. Each foretells one character at a time."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import Corpus
from charplay.corpora.ruler.ngram_model import NgramModel
from charplay.corpora.ruler.reference_losses import MAX_COUNTED
from charplay.sampling.model import CharModel, State

ORDER = 5
RUN_UP = 256
"""Characters that a network reads before the first that is guessed."""


class Foretold(NamedTuple):
    """How well a machine foretold a character."""

    rank: int
    """1 where it was the likeliest."""
    bits: float


class Machine(Protocol):
    """Foretells the characters of a text one after the other, in their order."""

    name: str

    def foretell(self, character: str) -> Foretold | None:
        """Say how well the next character was foretold, then read it; None where the machine does not know it."""


def rank_and_bits(probabilities: NDArray[np.floating], one: int) -> Foretold:
    """Return the rank and the bits of an id under probabilities (V,); of equals the lower id comes first."""
    own = probabilities[one]
    rank = 1 + np.count_nonzero(probabilities > own) + np.count_nonzero(probabilities[:one] == own)
    return Foretold(int(rank), float(-np.log2(own)))


class NgramMachine:
    """The 5-gram of the ruler, counted on the training text. It takes a second for each million characters."""

    name = f"{ORDER}-gram"

    def __init__(self, corpus: Corpus, trained: int, start: int) -> None:
        """`trained`: characters before the held-out part; `start`: of the first that is guessed."""
        counted = corpus.ids[max(0, trained - MAX_COUNTED) : trained]
        self._vocabulary = corpus.vocabulary
        self._model = NgramModel(counted, len(corpus.vocabulary), ORDER)
        self._context = [int(one) for one in corpus.ids[max(0, start - ORDER + 1) : start]]

    def foretell(self, character: str) -> Foretold | None:
        """Say how well the next character was foretold, then read it."""
        one = int(self._vocabulary.encode(character)[0])
        foretold = rank_and_bits(self._model.probabilities(self._context)[-1], one)
        self._context = [*self._context, one][1 - ORDER :]
        return foretold


class NetworkMachine:
    """A network that has read the `RUN_UP` characters before."""

    name = "network"

    def __init__(self, model: CharModel, before: str) -> None:
        self._model = model
        known, _ = model.vocabulary.split(before[-RUN_UP:])
        self._state: State
        self._state, self._logits = model.feed(model.zero_state(), model.vocabulary.encode(known).tolist())

    def foretell(self, character: str) -> Foretold | None:
        """Say how well the next character was foretold, then read it; None where the network does not know it."""
        vocabulary = self._model.vocabulary
        if character not in vocabulary.characters:
            return None
        one = int(vocabulary.encode(character)[0])
        weights = np.exp((self._logits - self._logits.max()).astype(np.float64))
        foretold = rank_and_bits(weights / weights.sum(), one)
        self._state, self._logits = self._model.step(self._state, one)
        return foretold
