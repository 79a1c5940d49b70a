"""Reference losses: what simple predictors reach on the held-out characters that a network's closing loss counts."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.held_out import bytes_per_character, final_characters
from charplay.corpora.progress import Progress
from charplay.corpora.ruler.compressors import COMPRESSORS, compressed_loss
from charplay.corpora.ruler.ngram_model import HIGHEST_ORDER, losses
from charplay.corpora.vocabulary import Ids

MAX_COUNTED = 5_000_000
"""Characters of the training text that are counted, those before the held-out text; about 400 MB while they are."""
FEW_CHARACTERS = 10_000
"""Held-out characters below which the figures are rough."""
COMPRESSION_SHARES = {"zlib": (0.4, 0.5), "bz2": (0.5, 0.6), "xz": (0.6, 1.0)}
"""Part of the progress that each compressor takes, about."""


@dataclass(frozen=True, kw_only=True)
class ReferenceLosses:
    """Losses in nats a character of the held-out text; None where nothing is held out, or nothing can be counted."""

    characters_train: int
    characters_held_out: int
    """Held-out characters that were read: as many as a closing `val_loss` counts."""
    share_counted: float
    """Of the training text: its end, where the whole is too long."""
    uniform: float | None
    """Blind guessing: every character of the text's vocabulary is equally likely."""
    frequencies: float | None
    """Letter frequencies of the training text, each character counted once more than it comes (add-one smoothing).

    So a held-out character that the training text lacks has a finite loss.
    """
    ngram: Mapping[str, float | None]
    """By order, "1" to "8": order n predicts from the n - 1 characters before."""
    zlib: float | None
    bz2: float | None
    xz: float | None
    bytes_per_character: float | None
    """Bytes of UTF-8, of the held-out characters that were read."""

    @property
    def is_rough(self) -> bool:
        """Whether so little is held out that the figures are rough."""
        return 0 < self.characters_held_out < FEW_CHARACTERS


def measure_references(
    corpus: Corpus, trained: int, progress: Progress | None = None, held_out: int | None = None
) -> ReferenceLosses:
    """Measure every predictor on a text of which the first `trained` characters are for training. Raises Cancelled.

    `held_out` bounds how many characters after those are predicted.
    """
    progress = progress or Progress()
    start = max(0, trained - MAX_COUNTED)
    rest = len(corpus) - trained
    stop = trained + final_characters(rest if held_out is None else min(rest, held_out))
    if not start < trained < stop:
        return _nothing(trained)
    counted, vocabulary_size = corpus.ids[start:trained], len(corpus.vocabulary)
    text = corpus.ids[max(start, trained - HIGHEST_ORDER + 1) : stop]
    ngram = dict(_ngram_losses(counted, vocabulary_size, text, stop - trained, progress.part(0, 0.4)))
    compressed = {
        name: compressed_loss(compressor, corpus, start, trained, stop, progress.part(*COMPRESSION_SHARES[name]))
        for name, compressor in COMPRESSORS.items()
    }
    progress.at(1)
    return ReferenceLosses(
        characters_train=trained,
        characters_held_out=stop - trained,
        share_counted=len(counted) / trained,
        uniform=math.log(vocabulary_size),
        frequencies=_frequency_loss(counted, vocabulary_size, text[-(stop - trained) :]),
        ngram={str(order): ngram.get(order) for order in range(1, HIGHEST_ORDER + 1)},
        **compressed,
        bytes_per_character=bytes_per_character(corpus, trained),
    )


def _nothing(trained: int) -> ReferenceLosses:
    return ReferenceLosses(
        characters_train=trained,
        characters_held_out=0,
        share_counted=0.0,
        uniform=None,
        frequencies=None,
        ngram=dict.fromkeys(map(str, range(1, HIGHEST_ORDER + 1))),
        zlib=None,
        bz2=None,
        xz=None,
        bytes_per_character=None,
    )


def _ngram_losses(
    counted: Ids, vocabulary_size: int, text: Ids, predicted: int, progress: Progress
) -> Iterator[tuple[int, float]]:
    progress.at(0)
    for order, loss in enumerate(losses(counted, vocabulary_size, text, predicted), 1):
        progress.at(order / HIGHEST_ORDER)
        yield order, loss


def _frequency_loss(counted: Ids, vocabulary_size: int, held_out: Ids) -> float:
    counts = np.bincount(counted, minlength=vocabulary_size) + 1
    shares = counts / counts.sum()
    return float(-np.log(shares[held_out]).mean())
