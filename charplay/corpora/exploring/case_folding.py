"""Case folding of single characters, so that a folded text has as many characters as the text itself."""

from dataclasses import dataclass

import numpy as np

from charplay.corpora.vocabulary import Ids, Vocabulary


def fold_character(character: str) -> str:
    """Return a character without its case; one whose folded form is several characters ("ß") keeps itself."""
    return next((form for form in (character.casefold(), character.lower()) if len(form) == 1), character)


def fold_text(text: str) -> str:
    """Fold every character of a text by itself: characters keep their positions."""
    return text.translate({ord(character): fold_character(character) for character in set(text)})


@dataclass(frozen=True, eq=False)
class FoldedVocabulary:
    """A vocabulary's characters without their case."""

    vocabulary: Vocabulary
    """The distinct folded characters."""
    ids: Ids
    """(V,) the id in `vocabulary` of each character of the unfolded vocabulary."""

    @classmethod
    def of(cls, vocabulary: Vocabulary, *, fold: bool = True) -> "FoldedVocabulary":
        """Fold a vocabulary; with `fold=False` every character stays as it is."""
        if not fold:
            return cls(vocabulary, np.arange(len(vocabulary), dtype=vocabulary.dtype))
        folded = "".join(map(fold_character, vocabulary.characters))
        distinct = Vocabulary.of(folded)
        return cls(distinct, distinct.encode(folded))
