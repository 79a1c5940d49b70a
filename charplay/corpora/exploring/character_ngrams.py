"""N-grams of characters, of 1 to 8."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.case_folding import FoldedVocabulary, fold_text
from charplay.corpora.exploring.units import BASE, MODULUS, Tokens, coefficients
from charplay.corpora.vocabulary import CHUNK, code_points

BITS = 21
"""Of a code point and one more."""
PACKED = 3
"""Characters that one key holds as they are; longer n-grams are hashed."""
_MASK = (1 << BITS) - 1


@dataclass(frozen=True)
class CharacterNgrams:
    """N-grams of `order` characters; they overlap, and cross spaces and line ends."""

    order: int
    folds_case: bool = False

    @property
    def title(self) -> str:
        """What is counted."""
        return "characters" if self.order == 1 else f"{self.order}-grams of characters"

    @property
    def has_spelling_keys(self) -> bool:
        """Whether a key holds the characters themselves."""
        return self.order <= PACKED

    def tokens(self, corpus: Corpus, start: int, stop: int) -> Iterator[Tokens]:
        """Yield the n-grams that lie wholly in a part of a text."""
        folded = FoldedVocabulary.of(corpus.vocabulary, fold=self.folds_case)
        if self.has_spelling_keys:
            # One more, as zero stands for "behind the end" in a key that is made shorter or longer.
            numbers = code_points(folded.vocabulary.characters).astype(np.uint64)[folded.ids] + np.uint64(1)
            factor = np.uint64(1 << BITS)
        else:
            numbers, factor = coefficients(folded.vocabulary)[folded.ids], np.uint64(BASE % MODULUS)
        for begin in range(start, stop, CHUNK):
            end = min(begin + CHUNK, stop - self.order + 1)
            if begin >= end:
                break
            read = numbers[corpus.ids[begin : end + self.order - 1]]
            keys = read[: end - begin].copy()
            for offset in range(1, self.order):
                keys *= factor
                keys += read[offset : offset + end - begin]
            yield Tokens(keys, np.arange(begin, end), end)

    def spell(self, corpus: Corpus, key: int, first: int) -> str:
        """Return the characters of an n-gram."""
        if self.has_spelling_keys:
            return spelled(key, self.order)
        text = corpus.text(first, first + self.order)
        return fold_text(text) if self.folds_case else text


def spelled(key: int, order: int) -> str:
    """Return the characters that a key holds."""
    return "".join(chr((key >> BITS * place & _MASK) - 1) for place in reversed(range(order)))
