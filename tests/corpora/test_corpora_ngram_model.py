"""Laws of n-gram models: they are distributions, they equal a naive implementation, they approach a known entropy."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora.ruler.ngram_counts import count_ngrams
from charplay.corpora.ruler.ngram_model import FALLBACK_DISCOUNTS, NgramModel, discounts, losses

LETTERS = "abcdé😀"
TEXTS = st.text(LETTERS, min_size=1, max_size=120)


def ids_of(text: str) -> np.ndarray:
    return np.array([LETTERS.index(character) for character in text], np.uint8)


class Naive:
    """Kneser-Ney as it stands in the paper, on dictionaries of strings."""

    def __init__(self, text: str, order: int) -> None:
        grams = [text[i : i + n] for n in range(1, order + 1) for i in range(len(text) - n + 1)]
        raw = Counter(grams)
        before: defaultdict[str, set[str]] = defaultdict(set)
        for gram in raw:
            before[gram[1:]].add(gram[0])
        self.order = order
        self.counts = {
            n: {g: raw[g] if n == order else len(before[g]) for g in raw if len(g) == n} for n in range(1, order + 1)
        }
        self.discounts = {n: self._discounts(list(self.counts[n].values())) for n in self.counts}

    @staticmethod
    def _discounts(counts: list[int]) -> tuple[float, ...]:
        n1, n2, n3, n4 = (counts.count(times) for times in (1, 2, 3, 4))
        if 0 in {n1, n2, n3, n4}:
            return 0, *FALLBACK_DISCOUNTS
        y = n1 / (n1 + 2 * n2)
        found = (1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3)
        return (0, *found) if min(found) > 0 else (0, *FALLBACK_DISCOUNTS)

    def probability(self, context: str, character: str) -> float:
        return self._probability(context, character, self.order)

    def _probability(self, context: str, character: str, order: int) -> float:
        if order == 0:
            return 1 / len(LETTERS)
        lower = self._probability(context, character, order - 1)
        before = context[len(context) - order + 1 :] if order > 1 else ""
        after = {g: c for g, c in self.counts[order].items() if g[:-1] == before} if len(context) >= order - 1 else {}
        total = sum(after.values())
        if not total:
            return lower
        off = self.discounts[order]
        count = after.get(before + character, 0)
        left = sum(off[min(c, 3)] for c in after.values()) / total
        return (count - off[min(count, 3)]) / total + left * lower


@given(TEXTS, st.text(LETTERS, max_size=7))
def test_probabilities_sum_to_one_after_seen_and_unseen_contexts(text: str, unseen: str) -> None:
    model = NgramModel(ids_of(text), len(LETTERS))
    for context in (unseen, text[-7:], text[: len(text) // 2][-7:], text[-3:] + unseen[:4]):
        found = model.probabilities(ids_of(context).tolist())
        assert found.shape == (min(8, len(text)), len(LETTERS))
        assert found.min() > 0
        assert np.allclose(found.sum(axis=1), 1, rtol=0, atol=1e-9)


@given(TEXTS, st.text(LETTERS, max_size=7))
def test_they_equal_a_naive_implementation(text: str, unseen: str) -> None:
    model = NgramModel(ids_of(text), len(LETTERS), 5)
    for context in (unseen, text[-5:]):
        found = model.probabilities(ids_of(context).tolist())
        for order, of_order in enumerate(found, 1):
            naive = Naive(text, order)
            assert of_order == pytest.approx([naive.probability(context, each) for each in LETTERS], abs=1e-9)


def test_a_long_text_has_discounts_of_its_own_and_equals_the_naive_implementation() -> None:
    """Short random texts nearly always fall back; here every order but the lowest has its own discounts."""
    rng = np.random.default_rng(3)
    steps = rng.choice(6, 1500, p=(0.4, 0.25, 0.15, 0.1, 0.07, 0.03))
    ids = np.cumsum(steps) // 2 % 6
    text = "".join(LETTERS[i] for i in ids)
    counted = list(count_ngrams(ids.astype(np.uint8), 6, 4))
    assert discounts(counted[3].counts) != FALLBACK_DISCOUNTS
    assert counted[2].preceded is not None
    model = NgramModel(ids.astype(np.uint8), len(LETTERS), 4)
    for start in range(0, 1400, 200):
        context = text[start : start + 3]
        found = model.probabilities(ids_of(context).tolist())
        for order, of_order in enumerate(found, 1):
            naive = Naive(text, order)
            assert of_order == pytest.approx([naive.probability(context, each) for each in LETTERS], abs=1e-9)


@given(TEXTS, TEXTS)
def test_surprisals_follow_from_the_distributions(counted: str, read: str) -> None:
    model = NgramModel(ids_of(counted), len(LETTERS), 4)
    predicted = len(read) - len(read) // 3
    found = np.stack(list(model.surprisals(ids_of(read), predicted)))
    for offset in range(predicted):
        position = len(read) - predicted + offset
        after = model.probabilities(ids_of(read[:position]).tolist())
        assert np.exp(-found[:, offset]) == pytest.approx(after[:, LETTERS.index(read[position])], abs=1e-12)
    means = list(losses(ids_of(counted), len(LETTERS), ids_of(read), predicted, 4))
    assert means == pytest.approx(found.mean(axis=1).tolist())


@given(TEXTS, st.integers(1, 6))
def test_counts_are_those_of_slices(text: str, highest: int) -> None:
    for order, counted in enumerate(count_ngrams(ids_of(text), len(LETTERS), highest), 1):
        grams = Counter(text[i : i + order] for i in range(len(text) - order + 1))
        assert sorted(counted.counts.tolist()) == sorted(grams.values())
        longer = {text[i : i + order + 1] for i in range(len(text) - order)}
        if counted.preceded is not None:
            assert sorted(counted.preceded.tolist()) == sorted(sum(g == one[1:] for one in longer) for g in grams)


def test_the_keys_of_many_characters_fit() -> None:
    """A million different characters to the eighth power would not fit 64 bits."""
    ids = np.tile(np.arange(0, 1_000_000, 50_000, dtype=np.uint32), 3)
    (*_, highest) = losses(ids, 1_000_000, ids, 20)
    assert highest < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_it_approaches_the_entropy_of_a_markov_chain(seed: int) -> None:
    """A second-order chain: the 3-gram model comes within 2 % of its entropy, and no model below it."""
    rng = np.random.default_rng(seed)
    size = 4
    table = rng.dirichlet(np.full(size, 0.5), (size, size))
    draws, ids = rng.random(120_000), [0, 1]
    sums = table.cumsum(axis=2)
    for draw in draws:
        ids.append(min(int(np.searchsorted(sums[ids[-2], ids[-1]], draw)), size - 1))
    text = np.array(ids, np.uint8)
    train, held_out = text[:100_000], text[100_000 - 7 :]
    predicted = len(text) - 100_000
    found = list(losses(train, size, held_out, predicted))
    truth = np.log(table[text[-predicted - 2 : -2], text[-predicted - 1 : -1], text[-predicted:]])
    entropy = -truth.mean()
    assert entropy < found[2] < entropy * 1.01
    assert found[0] > found[1] > found[2] * 1.05
    assert min(found) > entropy
    assert found[7] < entropy * 1.05
