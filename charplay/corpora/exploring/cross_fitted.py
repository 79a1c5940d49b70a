"""N-gram loss without a network: each half of a text is foretold by the counts of the other one."""

import math

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.frequency_list import sampled_parts
from charplay.corpora.exploring.text_map import Figures, Windows
from charplay.corpora.exploring.units import Places
from charplay.corpora.progress import Progress
from charplay.corpora.ruler.ngram_model import NgramModel

ORDER = 5
COUNTED = 1_000_000
"""Characters of a half that are counted at most, evenly spread; about 100 MB while they are."""


class CrossFittedNgrams:
    """Foretells a text's windows by 5-grams.

    No character is foretold by counts that it is in, so nothing is known by heart: a passage that occurs once is as
    surprising as it is unlike the rest.
    """

    batch = 256

    def __init__(self, corpus: Corpus, progress: Progress) -> None:
        """Count both halves. Raises Cancelled."""
        self._corpus = corpus
        middle, size = len(corpus) // 2, len(corpus)
        self._halves = ((0, middle), (middle, size))
        first, second = (
            _count(corpus, half, progress.part(at / 2, at / 2 + 0.5)) for at, half in enumerate(self._halves)
        )
        self._models = (second, first)
        """Who foretells each half."""

    def nats(self, windows: Windows, progress: Progress) -> Figures:
        """Return the mean loss (N,) of windows. Raises Cancelled."""
        sums = np.zeros(len(windows.starts))
        for model, (low, high) in zip(self._models, self._halves, strict=True):
            progress.at(low / max(1, high))
            starts, stops = np.clip(windows.starts, low, high), np.clip(windows.stops, low, high)
            for length in np.unique(stops - starts).tolist():
                chosen = np.flatnonzero(stops - starts == length)
                if length:
                    sums[chosen] += self._sums(model, starts[chosen], length)
        return sums / (windows.stops - windows.starts)

    def _sums(self, model: NgramModel | None, starts: Places, length: int) -> Figures:
        """Return the sum (N,) of the losses of `length` characters from each start on."""
        if model is None:
            return np.full(len(starts), length * math.log(len(self._corpus.vocabulary)))
        sums = np.empty(len(starts))
        contexts = np.minimum(starts, ORDER - 1)
        for context in np.unique(contexts).tolist():
            chosen = np.flatnonzero(contexts == context)
            ids = self._corpus.ids[starts[chosen] + np.arange(-context, length)[:, None]]
            *_, surprisals = model.surprisals(ids, length)
            sums[chosen] = surprisals.sum(0)
        return sums


def _count(corpus: Corpus, half: tuple[int, int], progress: Progress) -> NgramModel | None:
    """Count a half of a text; None where there is nothing in it."""
    progress.at(0)
    start, stop = half
    if start == stop:
        return None
    parts = sampled_parts(stop - start, COUNTED)
    ids = np.concatenate([corpus.ids[start + begin : start + end] for begin, end in parts])
    return NgramModel(ids, len(corpus.vocabulary), ORDER)
