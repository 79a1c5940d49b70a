"""Every filter keeps a distribution; each does what it says; their order is fixed and temperature is last."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.fs.registry import entry_names
from charplay.sampling.distribution import FILTERS, distribution
from charplay.sampling.errors import SettingError
from charplay.sampling.params import ORDER, FilterContext, SamplingParams

VOCABULARY = Vocabulary("abcdefgh")
ON: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "repetition-penalty": {"repetition_penalty": st.floats(0.01, 100), "repetition_window": st.integers(1, 20)},
    "bias": {
        "bias": st.lists(
            st.tuples(st.sampled_from("abcdefgh?"), st.just(-math.inf) | st.floats(-1e6, 1e6)), max_size=12
        ).map(tuple)
    },
    "top-k": {"top_k": st.integers(1, 12)},
    "top-p": {"top_p": st.floats(1e-9, 1)},
    "min-p": {"min_p": st.floats(0, 1)},
}
LOGITS = arrays(np.float64, 8, elements=st.floats(-1e3, 1e3) | st.just(-math.inf) | st.sampled_from([0.0, 1.0]))
HISTORIES = arrays(np.uint8, st.integers(0, 30), elements=st.integers(0, 7))
NONE = np.empty(0, np.uint8)


def filtered(
    probabilities: NDArray[np.float64], history: NDArray[np.uint8] | list[int] = NONE, **params: Any
) -> NDArray[np.float64]:
    context = FilterContext(np.asarray(history, np.uint8), VOCABULARY)
    with np.errstate(divide="ignore"):
        found = distribution(np.log(probabilities), SamplingParams(**{"temperature": 1.0} | params), context)
    return found.filtered


def share(*weights: float) -> NDArray[np.float64]:
    return np.array(weights) / sum(weights)


EIGHT = share(8, 7, 6, 5, 4, 3, 2, 1)


def test_every_filter_has_its_place_and_its_setting() -> None:
    assert sorted(ORDER) == sorted(entry_names("sampling/filters")) == sorted(FILTERS) == sorted(ON)


@pytest.mark.parametrize("name", entry_names("sampling/filters"))
@given(data=st.data())
def test_a_filter_keeps_a_distribution(name: str, data: st.DataObject) -> None:
    logits = data.draw(LOGITS.filter(lambda found: found.max() > -math.inf))
    params = SamplingParams(**{field: data.draw(values) for field, values in ON[name].items()})
    before = logits.copy()
    after = FILTERS[name](logits, params, FilterContext(data.draw(HISTORIES), VOCABULARY))
    assert np.array_equal(logits, before)
    assert after.shape == logits.shape
    assert not np.isnan(after).any()
    assert math.isfinite(after.max())
    assert (after[logits == -math.inf] == -math.inf).all()


@given(data=st.data())
def test_all_filters_together_keep_a_distribution(data: st.DataObject) -> None:
    logits = data.draw(LOGITS)
    values = {field: data.draw(values) for fields in ON.values() for field, values in fields.items()}
    params = SamplingParams(**values, temperature=data.draw(st.sampled_from([0, 1e-30, 0.3, 1, 5, 1e30])))
    found = distribution(logits, params, FilterContext(data.draw(HISTORIES), VOCABULARY))
    assert found.filtered.sum() == pytest.approx(1, abs=1e-12)
    assert (found.filtered >= 0).all()
    if logits.max() > -math.inf:
        assert not found.filtered[logits == -math.inf].any()
    assert np.array_equal(found.raw, distribution(logits, SamplingParams()).raw)


def test_every_filter_is_off_by_default() -> None:
    assert SamplingParams().active == ()
    assert filtered(EIGHT) == pytest.approx(EIGHT)
    on = SamplingParams(min_p=0.1, top_p=0.9, top_k=3, bias=(("a", 1.0),), repetition_penalty=1.1)
    assert on.active == ORDER


def test_top_k_keeps_exactly_k_and_the_lowest_ids_of_equals() -> None:
    assert filtered(EIGHT, top_k=2) == pytest.approx(share(8, 7, 0, 0, 0, 0, 0, 0))
    assert filtered(share(1, 2, 1, 2, 2, 1, 2, 1), top_k=3) == pytest.approx(share(0, 1, 0, 1, 1, 0, 0, 0))
    assert filtered(EIGHT, top_k=8) == pytest.approx(EIGHT)


def test_top_p_keeps_the_fewest_that_reach_it() -> None:
    quarters = share(1, 2, 4, 1e-30, 1, 0, 0, 0)
    assert filtered(quarters, top_p=0.5) == pytest.approx(share(0, 0, 1, 0, 0, 0, 0, 0))
    assert filtered(quarters, top_p=0.500001) == pytest.approx(share(0, 2, 4, 0, 0, 0, 0, 0))
    assert filtered(quarters, top_p=0.8) == pytest.approx(share(1, 2, 4, 0, 0, 0, 0, 0))
    assert filtered(quarters, top_p=1.0) == pytest.approx(quarters)


def test_min_p_is_measured_on_the_most_probable() -> None:
    assert filtered(EIGHT, min_p=0.5) == pytest.approx(share(8, 7, 6, 5, 4, 0, 0, 0))
    assert filtered(EIGHT, min_p=1.0) == pytest.approx(share(1, 0, 0, 0, 0, 0, 0, 0))
    assert filtered(EIGHT, min_p=0.0) == pytest.approx(EIGHT)


def test_the_repetition_penalty_is_a_power_within_its_window() -> None:
    params: dict[str, Any] = {"repetition_penalty": 2.0, "repetition_window": 5}
    expected = share(*EIGHT[:1] ** 2, *EIGHT[1:6], *EIGHT[6:] ** 2)
    assert filtered(EIGHT, [1, 2, 0, 6, 7, 0, 6], **params) == pytest.approx(expected)
    assert filtered(EIGHT, **params) == pytest.approx(EIGHT)
    likelier = filtered(EIGHT, [7], repetition_penalty=0.5)
    assert likelier[7] > EIGHT[7]


@given(LOGITS.filter(lambda found: found.max() > -math.inf), st.floats(-100, 100))
def test_filters_do_not_see_a_constant(logits: NDArray[np.float64], constant: float) -> None:
    params = SamplingParams(repetition_penalty=1.5, min_p=0.1, temperature=1)
    context = FilterContext(np.array([0, 3], np.uint8), VOCABULARY)
    plain, moved = (distribution(some, params, context).filtered for some in (logits, logits + constant))
    uncertain = np.abs(plain - moved) > 1e-9
    # Rounding may carry a symbol over min-p's edge, but never more than that.
    assert np.count_nonzero(uncertain) == 0 or (plain[uncertain] == 0).any() or (moved[uncertain] == 0).any()


def test_a_bias_adds_forbids_and_never_forbids_all() -> None:
    assert filtered(EIGHT, bias=(("a", math.log(2)), ("?", 9.0))) == pytest.approx(share(16, 7, 6, 5, 4, 3, 2, 1))
    assert filtered(EIGHT, bias=(("a", -math.inf),)) == pytest.approx(share(0, 7, 6, 5, 4, 3, 2, 1))
    assert filtered(EIGHT, bias=tuple((letter, -math.inf) for letter in "abcdefgh")) == pytest.approx(EIGHT)
    only_a = share(1, 0, 0, 0, 0, 0, 0, 0)
    assert filtered(only_a, bias=(("a", -math.inf), ("b", 5.0))) == pytest.approx(only_a)


def test_they_act_in_their_order_and_temperature_last() -> None:
    # The penalty takes the first two below the third before top-k counts.
    assert filtered(EIGHT, [0, 1], repetition_penalty=9.0, top_k=1).argmax() == 2
    # The bias comes before top-k too, and top-p sees only what top-k left.
    assert filtered(EIGHT, bias=(("h", 9.0),), top_k=1)[7] == 1
    assert filtered(share(5, 5, 5, 5, 5, 5, 5, 5), top_k=4, top_p=0.5).tolist() == [0.5, 0.5, 0, 0, 0, 0, 0, 0]
    # At a high temperature the nucleus is still that of temperature 1.
    assert np.count_nonzero(filtered(EIGHT, top_p=0.5, min_p=0.9, temperature=1e9)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -0.1},
        {"temperature": math.nan},
        {"temperature": math.inf},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"min_p": -0.1},
        {"min_p": math.nan},
        {"repetition_penalty": 0.0},
        {"repetition_window": 0},
        {"bias": (("ab", 1.0),)},
        {"bias": (("a", math.inf),)},
        {"bias": (("a", math.nan),)},
        {"seed": -1},
        {"seed": 2**63},
    ],
)
def test_settings_outside_their_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=r"not "):
        SamplingParams(**wrong)


def test_a_filter_without_its_context_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="context"):
        distribution(np.zeros(8), SamplingParams(top_k=2))
