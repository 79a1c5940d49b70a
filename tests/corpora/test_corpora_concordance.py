"""Concordances, dispersions, keywords, collocates and tables are what naive Python makes of any text."""

import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.corpora.corpus import from_text
from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.exploring import character_table, words
from charplay.corpora.exploring.association import SIGNIFICANT, keyness, log_likelihood
from charplay.corpora.exploring.case_folding import fold_text
from charplay.corpora.exploring.character_ngrams import CharacterNgrams
from charplay.corpora.exploring.character_table import count_characters
from charplay.corpora.exploring.collocates import collocates
from charplay.corpora.exploring.concordance import ORDERS, Concordance, Order
from charplay.corpora.exploring.dispersion import disperse
from charplay.corpora.exploring.frequency_list import count_tokens
from charplay.corpora.exploring.invented_words import invented_words
from charplay.corpora.exploring.keywords import compare, overused, underused
from charplay.corpora.exploring.search import Query, search
from charplay.corpora.exploring.words import WORD, Words
from charplay.corpora.exploring.writing_system import words_or_characters
from charplay.corpora.progress import Progress

TEXTS = st.one_of(
    st.text(st.sampled_from("abA'- \n.éE\u0301字👩\U0010ffff\0"), max_size=80),
    st.text(st.characters(exclude_categories=()), max_size=80),
)
SENTENCES = st.lists(st.sampled_from(["a", "b", "B", "it's", "字👩", "e\u0301", "-", "\n"]), max_size=60).map(" ".join)


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (words, character_table):
        monkeypatch.setattr(module, "CHUNK", 7)


@given(st.text(st.sampled_from("ab. \n👩e\u0301"), max_size=150), st.sampled_from(ORDERS), st.integers(0, 9))
def test_a_concordance_is_sorted_as_naive_python_sorts(text: str, order: Order, context: int) -> None:
    corpus = from_text("a text", text)
    lines = Concordance(corpus, search(corpus, Query("a")), context).sorted_by(order)
    found = [lines.line(number) for number in range(len(lines))]
    keys = {
        "position": lambda place: place,
        "left": lambda place: text[max(0, place - 64) : place][::-1],
        "right": lambda place: text[place + 1 : place + 65],
    }
    expected = sorted((place for place, character in enumerate(text) if character == "a"), key=keys[order])
    assert [line.position for line in found] == expected
    for line in found:
        assert (
            text[max(0, line.position - context) : line.position + 1 + context] == line.left + line.match + line.right
        )
        assert line.match == "a"


@given(TEXTS, st.booleans())
def test_next_words_are_counted(text: str, folds_case: bool) -> None:
    corpus = from_text("a text", text)
    found = Concordance(corpus, search(corpus, Query("a"))).next_words(folds_case=folds_case)
    spans = [(match.start(), match[0]) for match in WORD.finditer(text)]
    after = [
        next((word for start, word in spans if start > place), "") for place, letter in enumerate(text) if letter == "a"
    ]
    assert dict(found) == Counter(fold_text(word) if folds_case else word for word in after if word)


@given(SENTENCES, st.integers(1, 9), st.sampled_from([Words(), Words(2), CharacterNgrams(2), CharacterNgrams(4)]))
def test_a_dispersion_counts_each_slice(text: str, slices: int, unit: Words | CharacterNgrams) -> None:
    corpus = from_text("a text", text)
    found = count_tokens(corpus, unit)
    spread = disperse(corpus, unit, found.keys, slices)
    starts = [
        (int(first), int(key))
        for tokens in unit.tokens(corpus, 0, len(text))
        for key, first in zip(tokens.keys, tokens.starts, strict=True)
    ]
    for key, row in zip(found.keys.tolist(), spread.counts.tolist(), strict=True):
        assert row == [sum(k == key and first * slices // len(text) == i for first, k in starts) for i in range(slices)]
    assert spread.counts.sum(1).tolist() == found.counts.tolist()
    assert spread.sizes.sum() == found.total
    assert np.all((spread.deviations >= 0) & (spread.deviations <= 1))


@given(SENTENCES, SENTENCES)
def test_keywords_are_what_naive_python_compares(text: str, other: str) -> None:
    here, there = Counter(WORD.findall(text)), Counter(WORD.findall(other))
    one, two = from_text("one", text), from_text("two", other)
    if not here or not there:
        with pytest.raises(CorpusError, match="too short"):
            compare(one, two, Words())
        return
    lists = compare(one, two, Words())
    over: dict[str, tuple[object, ...]] = {}
    under: dict[str, tuple[object, ...]] = {}
    for word in here | there:
        expected = there[word] * here.total() / there.total()
        likelihood = float(keyness(here[word], there[word], here.total(), there.total()))
        if likelihood >= SIGNIFICANT:
            (over if here[word] > expected else under)[word] = (
                here[word],
                there[word],
                pytest.approx(expected),
                likelihood,
            )
    for found, expected_rows in ((overused(*lists), over), (underused(*lists), under)):
        rows = {row.text: (row.count, row.other_count, row.expected, row.log_likelihood) for row in found}
        assert rows == expected_rows
        assert [row.log_likelihood for row in found] == sorted((row.log_likelihood for row in found), reverse=True)


def test_what_never_comes_is_said() -> None:
    lists = compare(from_text("here", "a b " * 50), from_text("there", "a b c " * 50), Words())
    assert [(row.text, row.count, row.is_never) for row in underused(*lists)] == [("c", 0, True)]
    assert [row.text for row in overused(*lists)] == ["a", "b"]
    few = compare(from_text("here", "a b " * 6), from_text("there", "a b c " * 50), Words())
    assert not any(row.is_never for row in underused(*few))


@given(SENTENCES)
def test_collocates_are_what_naive_python_counts(text: str) -> None:
    corpus, tokens = from_text("a text", text), WORD.findall(text)
    found = count_tokens(corpus, Words())
    if "a" not in tokens:
        with pytest.raises(CorpusError, match="no word 'a'"):
            collocates("a", found)
        return
    near = [word for place, word in enumerate(tokens) if word != "a" and "a" in tokens[max(0, place - 5) : place + 6]]
    counts, places = Counter(near), len(tokens) - tokens.count("a")
    expected = {
        word: (
            count,
            tokens.count(word),
            pytest.approx(float(log_likelihood(count, len(near), tokens.count(word), places))),
        )
        for word, count in counts.items()
        if count >= 3 and count >= len(near) * tokens.count(word) / places * (1 - 1e-12)
    }
    rows = {
        row.text: (row.count, row.total, row.log_likelihood) for row in collocates("a", found, least=3, floor=-1e-11)
    }
    assert dict[str, tuple[object, ...]](rows) == expected


def test_a_collocate_belongs_to_one_word() -> None:
    with pytest.raises(CorpusError, match="'two words' is none"):
        collocates("two words", count_tokens(from_text("a text", "two words"), Words()))
    folded = count_tokens(from_text("a text", "Queen of hearts, " * 9), Words(folds_case=True))
    assert [(row.text, row.count) for row in collocates("QUEEN", folded, floor=-1)] == [("of", 9), ("hearts", 9)]


@given(SENTENCES, SENTENCES, st.booleans())
def test_invented_words_are_in_no_place_of_the_training_text(written: str, learned: str, folds_case: bool) -> None:
    fold = fold_text if folds_case else str
    known = set(map(fold, WORD.findall(learned)))
    expected: dict[str, list[int]] = {}
    for match in WORD.finditer(written):
        if (word := fold(match[0])) not in known:
            expected.setdefault(word, []).append(match.start())
    found = invented_words(written, from_text("learned", learned), folds_case=folds_case)
    assert list(found.items()) == list(expected.items())


@given(TEXTS)
def test_the_table_of_characters(text: str) -> None:
    found = count_characters(from_text("a text", text))
    expected = sorted(Counter(text).items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [found.row(number) for number in range(len(found))]
    assert [(row.character, row.count) for row in rows] == expected
    for row in rows:
        assert row.first == text.index(row.character)
        assert row.category == unicodedata.category(row.character)
        assert row.code_point == f"U+{ord(row.character):04X}"
    if rows:
        assert rows[-1].cumulative_share == 1


def test_few_characters_cover_nearly_all() -> None:
    found = count_characters(from_text("a text", "a" * 9000 + "b" * 998 + "cd"))
    assert found.coverage() == (2, 0.9998)
    assert found.coverage_sentence() == "2 of 4 cover 99.98 %"
    assert found.coverage_sentence(1) == "4 of 4 cover 100.00 %"
    assert found.row(0).shown == "a"
    assert count_characters(from_text("empty", "")).coverage() == (0, 0.0)


def test_a_script_without_spaces_gets_ngrams_of_characters_and_that_is_said() -> None:
    unit, said = words_or_characters(from_text("Genji", "いづれの御時にか、女御、更衣あまたさぶらひたまひける中に"))
    assert unit == CharacterNgrams(2)
    assert said == "Genji is written without spaces, so 2-grams of characters are counted instead of words."
    assert words_or_characters(from_text("a text", "words, and 御"), 2) == (Words(2), "")


def test_a_context_has_bounds() -> None:
    corpus = from_text("a text", "abc")
    with pytest.raises(CorpusError, match="0 to 1,000"):
        Concordance(corpus, search(corpus, Query("a")), -1)


def test_long_work_is_cancelled() -> None:
    corpus, no = from_text("a text", "a b " * 20), Progress(lambda _: False)
    lines = Concordance(corpus, search(corpus, Query("a")))
    for work in (
        lambda: lines.sorted_by("right", no),
        lambda: lines.next_words(progress=no),
        lambda: disperse(corpus, Words(), [], progress=no),
        lambda: count_characters(corpus, no),
        lambda: compare(corpus, corpus, Words(), no),
        lambda: invented_words("c", corpus, progress=no),
        lambda: collocates("a", count_tokens(corpus, Words()), progress=no),
    ):
        with pytest.raises(Cancelled):
            work()
