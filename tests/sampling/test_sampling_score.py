"""The score of a text is that of foretelling it character by character."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sampling_models import TEXT, make_model

from charplay.corpora.rules import clean_input
from charplay.fs.registry import entry_names, load_entry
from charplay.sampling.distribution import distribution
from charplay.sampling.params import SamplingParams
from charplay.sampling.score import BLOCK, Score, compare, score


def text(length: int, seed: int = 0) -> str:
    return "".join(np.random.default_rng(seed).choice(list(TEXT), length))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("length", [2, BLOCK, BLOCK + 1, BLOCK + 2, 3 * BLOCK - 5])
def test_it_is_one_pass_from_the_zero_state(cell: str, length: int) -> None:
    model = make_model(cell=cell, num_layers=2, dtype=np.float64)
    ids = model.vocabulary.encode(text(length)).tolist()
    state, expected = model.zero_state(), []
    for one, following in pairwise(ids):
        state, logits = model.step(state, one)
        expected.append(-distribution(logits, SamplingParams()).logs[following])
    found = score(model, text(length))
    assert (found.characters, found.skipped) == (length, 0)
    np.testing.assert_allclose(found.surprises, expected, atol=1e-10)
    assert found.nats == pytest.approx(np.mean(expected))
    assert found.bits == pytest.approx(np.mean(expected) / math.log(2))


def test_unknown_characters_are_skipped_and_counted() -> None:
    model = make_model()
    plain, spoilt = score(model, "abcabc"), score(model, "?abX?caébc")
    assert (spoilt.characters, spoilt.skipped) == (6, 4)
    assert np.array_equal(plain.surprises, spoilt.surprises)


@pytest.mark.parametrize("short", ["", "a", "?"])
def test_nothing_foretold_is_no_number(short: str) -> None:
    found = score(make_model(), short)
    assert len(found.surprises) == 0
    assert math.isnan(found.nats)
    assert math.isnan(found.bits)


def test_an_untrained_model_without_weights_knows_nothing() -> None:
    found = score(make_model(scale=0.0), text(500))
    assert found.nats == pytest.approx(math.log(len(TEXT)), abs=1e-6)


def test_the_watch_sees_it_advance_and_may_stop_it() -> None:
    model, shares = make_model(), []
    whole = score(model, text(1000), lambda share: shares.append(share) or True)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    part = score(model, text(1000), lambda share: share < 0.5)
    assert part.characters == 2 * BLOCK + 1
    assert np.array_equal(part.surprises, whole.surprises[: 2 * BLOCK])


@given(st.text("ab?cX", max_size=40))
def test_every_surprise_has_its_place_in_the_text(spoilt: str) -> None:
    model = make_model()
    found = score(model, spoilt)
    known = [at for at, character in enumerate(spoilt) if character not in "?X"]
    assert found.places.tolist() == known[1:]
    bits = found.along(len(spoilt))
    assert np.flatnonzero(~np.isnan(bits)).tolist() == known[1:]
    assert bits[known[1:]] == pytest.approx(found.surprises / math.log(2))


def scored(surprises: list[float] | NDArray[np.float64], places: NDArray[np.int64] | None = None) -> Score:
    found = np.array(surprises, float)
    return Score(len(found) + 1, 0, found, np.arange(1, len(found) + 1) if places is None else places)


@given(st.lists(st.floats(0, 20), max_size=40), st.integers(1, 5), st.integers(1, 12))
def test_the_hardest_passages_are_those_of_the_largest_mean(surprises: list[float], count: int, length: int) -> None:
    found = scored(surprises).hardest(count, length)
    bits = np.array(surprises) / math.log(2)
    free = set(range(len(bits)))
    length = min(length, len(bits))
    for start, stop, mean in found:
        assert stop - start == length
        assert mean == pytest.approx(bits[start - 1 : stop - 1].mean(), abs=1e-9)
        windows = [range(at, at + length) for at in range(len(bits) - length + 1)]
        others = [bits[list(one)].mean() for one in windows if free.issuperset(one)]
        assert mean == pytest.approx(max(others), abs=1e-9)
        assert free.issuperset(range(start - 1, stop - 1))
        free -= set(range(start - 1, stop - 1))
    if len(found) < count:
        assert not length or not any(free.issuperset(range(at, at + length)) for at in range(len(bits)))


def test_a_passage_begins_and_ends_in_the_text_with_its_unknown_characters() -> None:
    found = scored([0, 8, 8, 0], np.array([1, 3, 6, 7])).hardest(1, 2)
    ((start, stop, mean),) = found
    assert (start, stop) == (3, 7)
    assert mean == pytest.approx(8 / math.log(2))


def test_models_are_compared_by_what_all_of_them_foretold() -> None:
    two = math.log(2)
    one, other = scored(np.array([1, 1, 4, 4]) * two), scored(np.array([2, 1, 9]) * two, np.array([1, 2, 9]))
    assert compare({"other": other, "one": one}) == [("one", 1.0, 1.0), ("other", 1.5, 0.5)]
    assert compare({}) == []
    ((name, *numbers),) = compare({"nothing": scored([])})
    assert name == "nothing"
    assert np.isnan(numbers).all()
    read = {str(seed): score(make_model(seed=seed), text(300)) for seed in range(3)}
    assert [one.bits for one in compare(read)] == pytest.approx(sorted(one.bits for one in read.values()))
    assert sum(one.best for one in compare(read)) == pytest.approx(1)


# A text is cleaned as the training text was.


@pytest.mark.parametrize(
    "name", [name for name in entry_names("corpora/cleaning") if load_entry("corpora/cleaning", name).APPLIES_TO_INPUT]
)
@given(
    given=st.lists(
        st.sampled_from(["A", "b", "\u00df", "\u4e2d", "\u2014", "\u03a3", "\u0130", " ", "\n", "\ufb01"]), max_size=30
    )
)
def test_a_text_is_cleaned_first_and_its_places_are_those_of_the_text_given(name: str, given: list[str]) -> None:
    given_text = "".join(given)
    cleaned = clean_input(given_text, [name]).text
    model = make_model(text="ab\n \u03c3\u03c2sfi", cleaning=(name,))
    found, plain = score(model, given_text), score(model, cleaned, raw=True)
    assert (found.characters, found.skipped) == (plain.characters, plain.skipped)
    assert np.array_equal(found.surprises, plain.surprises)
    known = [
        at
        for at, character in enumerate(given_text)
        for each in clean_input(character, [name]).text.replace("\u03c2", "\u03c3")
        if each in model.vocabulary
    ]
    assert found.places.tolist() == known[1:]
    assert np.nansum(found.along(len(given_text))) == pytest.approx(np.nansum(plain.along(len(cleaned))))


def test_a_capital_counts_where_it_stands_and_raw_leaves_that_out() -> None:
    model = make_model(cleaning=("lowercase",))
    found, plain, raw = score(model, "ABCa?b"), score(model, "abcab"), score(model, "ABCa?b", raw=True)
    assert (found.characters, found.skipped, found.note) == (5, 1, "lowercased as in training")
    assert (plain.note, raw.note) == ("", "")
    assert np.array_equal(found.surprises, plain.surprises)
    assert found.places.tolist() == [1, 2, 3, 5]
    assert (raw.characters, raw.skipped) == (2, 4)


def test_a_character_that_became_several_has_the_surprise_of_all_of_them() -> None:
    model = make_model(text="as", cleaning=("ascii",))
    found, plain = score(model, "a\u00dfa"), score(model, "assa")
    first, second, last = plain.along(4)[1:]
    np.testing.assert_allclose(found.along(3)[1:], [first + second, last])
    (hardest,) = found.hardest(1, 9)
    assert (hardest.start, hardest.stop) == (1, 3)


@given(
    given=st.lists(
        st.sampled_from(["e", "\u0301", "\u0323", "\u00e9", "a", "\u1112", "\u1161", "\u11ab", "?"]), max_size=20
    )
)
def test_what_was_composed_has_its_place_at_the_beginning_of_its_cluster(given: list[str]) -> None:
    text = "".join(given)
    cleaned = clean_input(text, ["nfc"]).text
    model = make_model(text="ae\u00e9\u1eb9\ud55c\ud558\u1112", cleaning=("nfc",))
    found, plain = score(model, text), score(model, cleaned, raw=True)
    assert np.array_equal(found.surprises, plain.surprises)
    assert np.all(np.diff(found.places) >= 0)
    for place, at in zip(found.places.tolist(), plain.places.tolist(), strict=True):
        assert cleaned[at] in clean_input(text[place : place + 4], ["nfc"]).text


def test_a_composed_letter_counts_where_its_letter_stands() -> None:
    model = make_model(text="abce\u00e9", cleaning=("nfc",))
    found = score(model, "abe\u0301c")
    assert (found.characters, found.skipped, found.note) == (4, 0, "composed (NFC) as in training")
    assert found.places.tolist() == [1, 2, 4]
