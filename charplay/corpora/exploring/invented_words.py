"""Words that a network has invented: they are in no place of the text that it has learned from."""

import numpy as np

from charplay.corpora.corpus import Corpus, from_text
from charplay.corpora.exploring.case_folding import fold_text
from charplay.corpora.exploring.frequency_list import count_tokens
from charplay.corpora.exploring.units import read_tokens
from charplay.corpora.exploring.words import WORD, Words
from charplay.corpora.progress import Progress


def invented_words(
    written: str, corpus: Corpus, *, folds_case: bool = False, progress: Progress | None = None
) -> dict[str, list[int]]:
    """Return the words of a written text that the training text does not have, and their places in the written one.

    They are in the order in which they come first. Raises Cancelled.
    """
    unit = Words(folds_case=folds_case)
    found = count_tokens(from_text("what was written", written), unit)
    keys = np.sort(found.keys)
    if not len(keys):
        return {}
    is_known = np.zeros(len(keys), bool)
    for tokens in read_tokens(unit, corpus, progress or Progress()):
        numbers = np.minimum(np.searchsorted(keys, tokens.keys), len(keys) - 1)
        is_known[numbers[keys[numbers] == tokens.keys]] = True
    firsts = found.firsts[~is_known[np.searchsorted(keys, found.keys)]] if found.firsts is not None else ()
    places: dict[str, list[int]] = {
        (fold_text(match[0]) if folds_case else match[0]): []
        for match in (WORD.match(written, first) for first in sorted(firsts))
        if match
    }
    for match in WORD.finditer(written):
        word = fold_text(match[0]) if folds_case else match[0]
        if word in places:
            places[word].append(match.start())
    return places
