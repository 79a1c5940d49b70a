"""Whether a text is written with spaces between its words."""

import unicodedata

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.character_ngrams import CharacterNgrams
from charplay.corpora.exploring.units import Unit
from charplay.corpora.exploring.words import Words

SPACELESS = ("CJK ", "HIRAGANA ", "KATAKANA ", "THAI ", "LAO ", "KHMER ", "MYANMAR ", "TIBETAN ", "YI ")
"""How the Unicode names of letters begin that are written without spaces."""
INSTEAD = 2
"""Characters of the n-grams that stand for words there."""


def has_no_spaces(corpus: Corpus) -> bool:
    """Whether most letters of a text are of scripts that are written without spaces."""
    letters = spaceless = 0
    for character, count in zip(corpus.vocabulary.characters, corpus.counts().tolist(), strict=True):
        if unicodedata.category(character).startswith("L"):
            letters += count
            spaceless += count * unicodedata.name(character, "").startswith(SPACELESS)
    return 2 * spaceless > letters


def words_or_characters(corpus: Corpus, order: int = 1, *, folds_case: bool = False) -> tuple[Unit, str]:
    """Return words, or n-grams of characters where a text has no spaces, with a sentence that says so."""
    if not has_no_spaces(corpus):
        return Words(order, folds_case), ""
    unit = CharacterNgrams(max(order, INSTEAD), folds_case)
    return unit, f"{corpus.title} is written without spaces, so {unit.title} are counted instead of words."
