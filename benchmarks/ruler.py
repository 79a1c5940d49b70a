"""The ruler: how long a text's reference losses take."""

import time

from figures import Figure
from given import Given, new_home

from charplay.corpora.corpus import Corpus
from charplay.corpora.library import Library
from charplay.corpora.ruler.ngram_model import HIGHEST_ORDER, losses
from charplay.corpora.ruler.reference_losses import measure_references

REPEATS = 3
TRAINED = 0.9


def measure(given: Given) -> list[Figure]:
    """Seconds for n-grams of orders 1 to 8, and for all reference losses, with a tenth of the text held out."""
    with new_home() as home:
        library = Library(home.corpora, home.cache)
        corpus = library.open(library.find(given.text))
    millions = f"{len(corpus) / 1e6:.1f} M characters"
    return [
        Figure.of(f"n-grams of orders 1 to 8, {millions}", [_ngrams(corpus) for _ in range(REPEATS)], "s"),
        Figure.of(f"all reference losses, {millions}", [_references(corpus) for _ in range(REPEATS)], "s"),
    ]


def _ngrams(corpus: Corpus) -> float:
    start, trained = time.perf_counter(), int(len(corpus) * TRAINED)
    text = corpus.ids[trained - HIGHEST_ORDER + 1 :]
    assert len(list(losses(corpus.ids[:trained], len(corpus.vocabulary), text, len(corpus) - trained))) == HIGHEST_ORDER
    return time.perf_counter() - start


def _references(corpus: Corpus) -> float:
    start = time.perf_counter()
    assert measure_references(corpus, int(len(corpus) * TRAINED)).xz
    return time.perf_counter() - start
