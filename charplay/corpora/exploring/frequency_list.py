"""Frequency lists: every word or n-gram of a text with how often it comes, the most frequent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.character_ngrams import BITS, CharacterNgrams
from charplay.corpora.exploring.key_counts import KeyCounts
from charplay.corpora.exploring.units import Keys, Places, Unit, read_tokens
from charplay.corpora.progress import Progress

COUNTED_WHOLE = 3
"""Order up to which a text is counted whole, however large it is."""
SAMPLED = 8_000_000
"""Characters of a large text in which n-grams of higher orders are counted."""
PARTS = 64
"""Parts, evenly spread over the text, that those characters are taken from."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a frequency list."""

    rank: int
    """From 1 on; alike counts have ranks of their own, in the order of the list."""
    text: str
    count: int
    share: float
    """Of all tokens."""


@dataclass(frozen=True, eq=False)
class FrequencyList:
    """The U different tokens of a text, by falling count; alike counts by first place, or by code points."""

    corpus: Corpus
    unit: Unit
    keys: Keys
    """(U,)"""
    counts: Places
    """(U,)"""
    firsts: Places | None
    """(U,) where each comes first; None where the keys spell their tokens."""
    total: int
    """Tokens, alike or not."""
    share_counted: float
    """How much of the text was counted, 0 to 1."""
    most_missed: int
    """How much too low a count may be, as the rarest were dropped when there were too many; 0 where all is exact."""

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def once(self) -> int:
        """How many tokens come once (hapax legomena)."""
        return int(np.count_nonzero(self.counts == 1))

    @property
    def type_token_ratio(self) -> float:
        """Different tokens for each token."""
        return len(self) / max(self.total, 1)

    def covering(self, share: float) -> int:
        """Return how few of the different tokens make up at least `share` of all."""
        number = int(np.searchsorted(np.cumsum(self.counts), share * self.total)) + 1
        return min(number, len(self))

    @cached_property
    def _by_key(self) -> tuple[Keys, Places]:
        order = np.argsort(self.keys)
        return self.keys[order], self.counts[order]

    def counts_of(self, keys: Keys) -> Places:
        """Return how often tokens come that have these keys (n,), in this or another text: 0 for those not listed."""
        if not len(self):
            return np.zeros(len(keys), np.int64)
        known, counts = self._by_key
        places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[places] == keys, counts[places], 0)

    def row(self, number: int) -> Row:
        """Return a line, numbered from 0."""
        first = 0 if self.firsts is None else int(self.firsts[number])
        count = int(self.counts[number])
        return Row(number + 1, self.unit.spell(self.corpus, int(self.keys[number]), first), count, count / self.total)

    def rows(self, stop: int | None = None) -> Iterator[Row]:
        """Yield the lines, up to number `stop`."""
        return map(self.row, range(len(self))[:stop])


def count_tokens(corpus: Corpus, unit: Unit, progress: Progress | None = None) -> FrequencyList:
    """Count a text's tokens. N-grams above COUNTED_WHOLE are counted in a part of a large text. Raises Cancelled."""
    counted = KeyCounts(places=not unit.has_spelling_keys)
    parts = sampled_parts(len(corpus), SAMPLED) if unit.order > COUNTED_WHOLE else [(0, len(corpus))]
    for tokens in read_tokens(unit, corpus, progress or Progress(), parts):
        counted.add(tokens.keys, tokens.starts)
    share = sum(stop - start for start, stop in parts) / max(len(corpus), 1)
    return ranked(corpus, unit, counted.finish(), share)


def count_short_ngrams(corpus: Corpus, progress: Progress | None = None) -> tuple[FrequencyList, ...]:
    """Count the characters and the n-grams of 2 and 3 characters of a text, in one go where it can be exact.

    Raises Cancelled.
    """
    progress = progress or Progress()
    unit = CharacterNgrams(COUNTED_WHOLE)
    counted = KeyCounts(places=False)
    for tokens in read_tokens(unit, corpus, progress.part(0, 0.6)):
        counted.add(tokens.keys, tokens.starts)
    lists = [ranked(corpus, unit, counted.finish(), 1.0)]
    for order in range(COUNTED_WHOLE - 1, 0, -1):
        rest = progress.part(1 - 0.2 * order, 1.2 - 0.2 * order)
        if counted.most_missed:  # what was dropped is missing in shorter ones, too
            lists.insert(0, count_tokens(corpus, CharacterNgrams(order), rest))
            continue
        rest.at(0)
        counted = _shortened(counted, corpus, order)
        lists.insert(0, ranked(corpus, CharacterNgrams(order), counted, 1.0))
    progress.at(1)
    return tuple(lists)


def sampled_parts(length: int, most: int) -> list[tuple[int, int]]:
    """Return the parts (start, stop) of a text in which so many characters are counted; all of it where it is short."""
    if length <= most:
        return [(0, length)]
    starts = (number * length // PARTS for number in range(PARTS))
    return [(start, start + most // PARTS) for start in starts]


def ranked(corpus: Corpus, unit: Unit, counted: KeyCounts, share: float) -> FrequencyList:
    """Sort what was counted in `share` of a text by falling count."""
    keys, counts, firsts = counted.keys, counted.counts, counted.firsts
    order = np.argsort(-counts, kind="stable") if firsts is None else np.lexsort((firsts, -counts))
    firsts = None if firsts is None else firsts[order]
    return FrequencyList(corpus, unit, keys[order], counts[order], firsts, counted.total, share, counted.most_missed)


def _shortened(counted: KeyCounts, corpus: Corpus, order: int) -> KeyCounts:
    """Count n-grams by those of one character more: of these, all begin with one, but the text's last has none."""
    shorter = KeyCounts(places=False)
    prefixes = counted.keys >> np.uint64(BITS)
    borders = np.flatnonzero(np.diff(prefixes, prepend=np.uint64(0)))
    shorter.keys, shorter.counts = (
        prefixes[borders],
        np.add.reduceat(counted.counts, borders) if len(borders) else counted.counts,
    )
    shorter.total = counted.total
    last = max(0, len(corpus) - order)
    for tokens in CharacterNgrams(order).tokens(corpus, last, len(corpus)):
        shorter.add(tokens.keys, tokens.starts)
    return shorter.finish()
