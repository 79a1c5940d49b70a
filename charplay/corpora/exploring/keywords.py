"""Keywords: what a text says more, or less, often than another one."""

from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import CorpusError
from charplay.corpora.exploring.association import SIGNIFICANT, keyness, log_ratio
from charplay.corpora.exploring.frequency_list import FrequencyList, count_tokens
from charplay.corpora.exploring.units import Places, Unit
from charplay.corpora.progress import Progress

EXPECTED = 5
"""How often a word must be expected before its absence says anything."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that comes more, or less, often than in the other text."""

    text: str
    count: int
    other_count: int
    expected: float
    """How often it would come here if it were as frequent as there."""
    log_likelihood: float
    log_ratio: float
    """Above 0: over-used here."""
    is_never: bool
    """It is expected EXPECTED times at least, and does not come."""


def compare(
    corpus: Corpus, other: Corpus, unit: Unit, progress: Progress | None = None
) -> tuple[FrequencyList, FrequencyList]:
    """Count the tokens of two texts. Raises CorpusError where one has none, and Cancelled."""
    progress = progress or Progress()
    share = len(corpus) / max(1, len(corpus) + len(other))
    lists = (
        count_tokens(corpus, unit, progress.part(0, share)),
        count_tokens(other, unit, progress.part(share, 1)),
    )
    for found in lists:
        if not found.total:
            raise CorpusError(f"{found.corpus.title} is too short: it has no {unit.title} to be compared.")
    return lists


def overused(here: FrequencyList, there: FrequencyList, most: int | None = None) -> list[Keyword]:
    """List what is significantly over-used here, by falling log-likelihood, at most so many."""
    expected = there.counts_of(here.keys) * (here.total / there.total)
    numbers = np.flatnonzero(here.counts > expected)
    return _significant(here, there, here, numbers, most)


def underused(here: FrequencyList, there: FrequencyList, most: int | None = None) -> list[Keyword]:
    """List what is significantly under-used here, what never comes included, by falling log-likelihood."""
    numbers = np.flatnonzero(here.counts_of(there.keys) < there.counts * (here.total / there.total))
    return _significant(here, there, there, numbers, most)


def _significant(
    here: FrequencyList, there: FrequencyList, named: FrequencyList, numbers: Places, most: int | None
) -> list[Keyword]:
    """Make keywords of some lines of `named`, which is one of the two lists."""
    counts = named.counts if named is here else here.counts_of(named.keys)
    others = named.counts if named is there else there.counts_of(named.keys)
    counts, others = counts[numbers], others[numbers]
    likelihoods = keyness(counts, others, here.total, there.total)
    ratios = log_ratio(counts, others, here.total, there.total)
    order = np.argsort(-likelihoods, kind="stable")
    order = order[likelihoods[order] >= SIGNIFICANT][:most]
    found = []
    for number in order.tolist():
        count, other = int(counts[number]), int(others[number])
        expected = other * here.total / there.total
        text = named.row(int(numbers[number])).text
        never = count == 0 and expected >= EXPECTED
        found.append(Keyword(text, count, other, expected, float(likelihoods[number]), float(ratios[number]), never))
    return found
