"""Frequency lists count what naive Python counts, in any text."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora.corpus import from_text
from charplay.corpora.errors import Cancelled
from charplay.corpora.exploring import character_ngrams, frequency_list, key_counts, words
from charplay.corpora.exploring.case_folding import fold_text
from charplay.corpora.exploring.character_ngrams import CharacterNgrams
from charplay.corpora.exploring.frequency_list import count_short_ngrams, count_tokens
from charplay.corpora.exploring.words import WORD, Words
from charplay.corpora.progress import Progress

LETTERS = "abA'-\u2019 \n.1_éE\u0301字👩\U0010ffff\0"
TEXTS = st.one_of(
    st.text(st.sampled_from(LETTERS), max_size=80), st.text(st.characters(exclude_categories=()), max_size=80)
)


def ranked(found: list[str]) -> list[tuple[str, int]]:
    """By falling count, alike counts as they come first."""
    return Counter(found).most_common()


def listed(found: frequency_list.FrequencyList) -> list[tuple[str, int]]:
    assert [row.rank for row in found.rows()] == list(range(1, len(found) + 1))
    return [(row.text, row.count) for row in found.rows()]


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (words, character_ngrams):
        monkeypatch.setattr(module, "CHUNK", 5)
    monkeypatch.setattr(key_counts, "SORTED_AT_ONCE", 7)
    monkeypatch.setattr(key_counts, "MERGED_AT_ONCE", 7)


@given(TEXTS, st.booleans())
def test_words_are_those_of_the_expression(text: str, folds_case: bool) -> None:
    found = count_tokens(from_text("a text", text), Words(folds_case=folds_case))
    expected = WORD.findall(text)
    assert listed(found) == ranked(list(map(fold_text, expected)) if folds_case else expected)
    assert (found.total, found.most_missed, found.share_counted) == (len(expected), 0, 1 if text else 0)


@given(TEXTS, st.integers(2, 4), st.booleans())
def test_ngrams_of_words(text: str, order: int, folds_case: bool) -> None:
    found = count_tokens(from_text("a text", text), Words(order, folds_case))
    one = [fold_text(word) if folds_case else word for word in WORD.findall(text)]
    assert listed(found) == ranked([" ".join(one[i : i + order]) for i in range(len(one) - order + 1)])


@given(TEXTS, st.integers(1, 8), st.booleans())
def test_ngrams_of_characters(text: str, order: int, folds_case: bool) -> None:
    found = count_tokens(from_text("a text", text), CharacterNgrams(order, folds_case))
    folded = fold_text(text) if folds_case else text
    expected = Counter(folded[i : i + order] for i in range(len(text) - order + 1))
    assert dict(listed(found)) == expected
    if order > 3:
        assert listed(found) == expected.most_common()


@given(TEXTS)
def test_short_ngrams_in_one_go_are_those_counted_one_by_one(text: str) -> None:
    corpus = from_text("a text", text)
    for order, found in enumerate(count_short_ngrams(corpus), 1):
        alone = count_tokens(corpus, CharacterNgrams(order))
        assert listed(found) == listed(alone)
        assert found.total == alone.total


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_a_part_has_the_words_that_lie_wholly_in_it(text: str, start: int, stop: int) -> None:
    start, stop = sorted((min(start, len(text)), min(stop, len(text))))
    corpus = from_text("a text", text)
    found = [
        span for spans in Words().spans(corpus, start, stop) for span in zip(spans.starts, spans.stops, strict=True)
    ]
    expected = [match.span() for match in WORD.finditer(text) if start <= match.start() and match.end() <= stop]
    assert found == expected


def test_a_word_has_one_key_in_every_text() -> None:
    keys = []
    for text in ("ab cd ab", "xyz\u2019ab, ab 字"):
        found = count_tokens(from_text("a text", text), Words())
        keys.append(dict(zip([row.text for row in found.rows()], found.keys.tolist(), strict=True))["ab"])
    assert keys[0] == keys[1]


@given(st.text(st.sampled_from("abcd \n"), max_size=300))
def test_too_many_different_ones_drop_the_rarest_and_say_so(text: str) -> None:
    corpus = from_text("a text", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_counts, "MOST_KEYS", 9)
        lists = (count_tokens(corpus, Words()), *count_short_ngrams(corpus))
    grams = [[text[i : i + order] for i in range(len(text) - order + 1)] for order in (1, 2, 3)]
    for found, tokens in zip(lists, (WORD.findall(text), *grams), strict=True):
        true, counted = Counter(tokens), dict(listed(found))
        assert len(found) <= 9
        assert found.total == len(tokens)
        for token, count in true.items():
            assert count - found.most_missed <= counted.get(token, 0) <= count


def test_a_frequent_word_outlives_many_rare_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_counts, "MOST_KEYS", 20)
    text = " ".join(f"often w{number}" for number in range(200))
    found = count_tokens(from_text("a text", text), Words())
    assert (found.row(0).text, found.row(0).count) == ("often", 200)
    assert found.most_missed


def test_long_ngrams_of_a_large_text_are_counted_in_a_stated_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frequency_list, "SAMPLED", 640)
    corpus = from_text("a text", "abcdefgh" * 400)
    found = count_tokens(corpus, CharacterNgrams(4))
    assert found.share_counted == 0.2
    assert found.total == 64 * (10 - 3)
    assert count_tokens(corpus, CharacterNgrams(3)).share_counted == 1


def test_figures_of_types_and_tokens() -> None:
    found = count_tokens(from_text("a text", "a rose is a rose is a rose, too"), Words())
    assert (len(found), found.total, found.once) == (4, 9, 1)
    assert found.type_token_ratio == 4 / 9
    assert found.row(0) == frequency_list.Row(1, "a", 3, 1 / 3)


def test_counting_reports_progress_and_is_cancelled() -> None:
    shares: list[float] = []
    corpus = from_text("a text", "one two " * 10)
    count_tokens(corpus, Words(), Progress(lambda share: shares.append(share) is None))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 10
    with pytest.raises(Cancelled):
        count_tokens(corpus, Words(), Progress(lambda _: False))


def test_nothing_is_counted_in_a_text_of_nothing() -> None:
    corpus = from_text("empty", "")
    for unit in (Words(), Words(3), CharacterNgrams(2), CharacterNgrams(5)):
        found = count_tokens(corpus, unit)
        assert (len(found), found.total) == (0, 0)
        assert np.array_equal(found.counts, [])
