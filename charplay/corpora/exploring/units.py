"""What is counted in a text, words or n-grams, as a stream of numbers."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.corpus import Corpus
from charplay.corpora.progress import Progress
from charplay.corpora.vocabulary import Vocabulary, code_points

Keys: TypeAlias = NDArray[np.uint64]
Places: TypeAlias = NDArray[np.int64]

SPELLED = 4096
"""Characters of a word or n-gram that are shown at most."""
BASE = 0x9E3779B97F4A7C15
"""Odd, so that its powers can be undone modulo 2**64."""
MODULUS = 1 << 64


class Tokens(NamedTuple):
    """Some tokens of a text, in its order."""

    keys: Keys
    """(n,) alike tokens have one key, in every text; others another one."""
    starts: Places
    """(n,) the first character of each."""
    done: int
    """How far the text has been read."""


class Unit(Protocol):
    """A kind of token."""

    @property
    def title(self) -> str:
        """What is counted, in the plural: "words"."""

    @property
    def order(self) -> int:
        """How many characters or words a token has."""

    @property
    def has_spelling_keys(self) -> bool:
        """Whether a key alone says how its token is spelled; else that is read where one stands."""

    def tokens(self, corpus: Corpus, start: int, stop: int) -> Iterator[Tokens]:
        """Yield the tokens that lie wholly in a part of a text."""

    def spell(self, corpus: Corpus, key: int, first: int) -> str:
        """Return how a token is spelled, given a place where one begins."""


def read_tokens(
    unit: Unit, corpus: Corpus, progress: Progress, parts: list[tuple[int, int]] | None = None
) -> Iterator[Tokens]:
    """Yield a text's tokens, or those of some parts of it as (start, stop), and report progress. Raises Cancelled."""
    for start, stop in [(0, len(corpus))] if parts is None else parts:
        for tokens in unit.tokens(corpus, start, stop):
            progress.at(tokens.done / max(len(corpus), 1))
            yield tokens
    progress.at(1)


def coefficients(vocabulary: Vocabulary) -> Keys:
    """(V,) a large random number for each character, the same in every vocabulary: splitmix64 of its code point."""
    mixed = (code_points(vocabulary.characters).astype(np.uint64) + np.uint64(1)) * np.uint64(BASE)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


class Hasher:
    """Hashes stretches of a text: the sum of c[i] * BASE**i modulo 2**64, i counted from the stretch's beginning.

    Two different ones of ten million have one hash with a probability of about 3 in a million.
    """

    def __init__(self, most: int) -> None:
        """`most`: characters hashed at once."""
        self._powers = np.full(most + 1, BASE, np.uint64)
        self._powers[0] = 1
        np.multiply.accumulate(self._powers, out=self._powers)
        self._inverses = np.full(most + 1, pow(BASE, -1, MODULUS), np.uint64)
        self._inverses[0] = 1
        np.multiply.accumulate(self._inverses, out=self._inverses)

    def stretches(self, numbers: Keys, starts: Places, stops: Places) -> Keys:
        """Hash the stretches from `starts` to `stops` (n,) of characters given by their coefficients (m,)."""
        sums = np.zeros(len(numbers) + 1, np.uint64)
        np.multiply(numbers, self._powers[: len(numbers)], out=sums[1:])
        np.cumsum(sums[1:], out=sums[1:])
        hashed: Keys = (sums[stops] - sums[starts]) * self._inverses[starts]
        return hashed


def joined(hashed: int, length: int, following: int) -> int:
    """Return the hash of a stretch of `length` characters and what follows it, given the hash of each."""
    return (hashed + following * pow(BASE, length, MODULUS)) % MODULUS
