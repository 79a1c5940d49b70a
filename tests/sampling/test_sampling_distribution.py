"""What is drawn is what the probabilities say, by chi-square with controls that must be caught; edges are defined."""

import math
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from charplay.sampling.distribution import distribution, draw, draw_tempered, temper
from charplay.sampling.params import MAX_TEMPERATURE, SamplingParams
from charplay.sampling.random_stream import BLOCK, uniform

DRAWS = 100_000
STRANGE = st.floats(allow_nan=True, allow_infinity=True, width=32)
LOGITS = arrays(np.float32, st.integers(1, 40), elements=STRANGE)
TEMPERATURES = st.sampled_from([0.0, 5e-324, 1e-300, 1e-30, 0.1, 1.0, 5.0, 1e30])


def chi_square(
    counts: NDArray[np.int64] | NDArray[np.float64], probabilities: NDArray[np.float64]
) -> tuple[float, float]:
    """(statistic, its largest value in all but 1 of 10,000 fair samples); symbols expected under 5 times are one."""
    expected = probabilities * counts.sum()
    common = expected >= 5
    seen = np.append(counts[common], counts[~common].sum())
    fair = np.append(expected[common], expected[~common].sum())
    if fair[-1] < 5 and len(fair) > 2:
        seen, fair = np.append(seen[:-2], seen[-2:].sum()), np.append(fair[:-2], fair[-2:].sum())
    freedom = len(fair) - 1
    spread = 2 / (9 * freedom)  # Wilson and Hilferty's cube
    return float(((seen - fair) ** 2 / fair).sum()), freedom * (1 - spread + 3.719 * math.sqrt(spread)) ** 3


def logits_of(size: int, temperature: float) -> NDArray[np.float32]:
    """Logits that leave more than one symbol likely at a temperature."""
    return np.random.default_rng(size).normal(scale=min(1, 3 * temperature), size=size).astype(np.float32)


@cache
def luck() -> NDArray[np.float64]:
    return np.array([uniform(11, t) for t in range(DRAWS)])


def draws(probabilities: NDArray[np.float64], luck: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) ids that `draw` gives for each of (n,) numbers, at once: a law below holds the two together."""
    cumulative = probabilities.cumsum()
    last = cumulative.searchsorted(cumulative[-1])
    found: NDArray[np.int64] = np.minimum(cumulative.searchsorted(luck * cumulative[-1], side="right"), last)
    return found


def counts_of(probabilities: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.bincount(draws(probabilities, luck()), minlength=len(probabilities))


def softmax(logits: NDArray[np.float32] | NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    exact = np.array(logits, np.longdouble) / temperature
    weights = np.exp(exact - exact.max())
    shares: NDArray[np.float64] = (weights / weights.sum()).astype(np.float64)
    return shares


@pytest.mark.parametrize(("size", "temperature"), [*product((2, 65, 5000), (0.1, 0.7, 2.0))])
def test_symbols_come_as_often_as_softmax_says(size: int, temperature: float) -> None:
    logits = logits_of(size, temperature)
    counts = counts_of(distribution(logits, SamplingParams(temperature=temperature)).filtered)
    fair = softmax(logits, temperature)
    statistic, limit = chi_square(counts, fair)
    assert statistic <= limit

    off_by_one, limit = chi_square(np.roll(counts, 1), fair)
    assert off_by_one > limit
    applied_twice, limit = chi_square(counts, softmax(logits, temperature**2))
    assert applied_twice > limit


@given(LOGITS, TEMPERATURES)
@pytest.mark.fault("24")
def test_any_logits_at_any_temperature_make_a_distribution(logits: NDArray[np.float32], temperature: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = distribution(logits, SamplingParams(temperature=temperature))
        rating = found.rating(0)
    assert np.isfinite(rating).all()
    assert np.isfinite(found.logs).all()
    for probabilities in (found.raw, found.filtered):
        assert (probabilities >= 0).all()
        assert probabilities.sum() == pytest.approx(1, abs=1e-12)


@given(LOGITS, TEMPERATURES, st.floats(0, 1))
def test_a_draw_alone_is_that_of_the_whole_distribution(
    logits: NDArray[np.float32], temperature: float, u: float
) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = distribution(logits, SamplingParams(temperature=temperature))
        assert draw_tempered(logits, temperature, u) == draw(found.cumulative[1], u)


@given(LOGITS)
@pytest.mark.fault("24")
def test_nan_is_impossible_and_infinity_takes_all(logits: NDArray[np.float32]) -> None:
    found = distribution(logits, SamplingParams(temperature=1.0)).raw
    possible = np.where(np.isnan(logits), -np.inf, logits)
    if math.isinf(possible.max()):
        favourites = possible == possible.max()
        assert np.array_equal(found, favourites / np.count_nonzero(favourites))
    else:
        assert not found[possible == -math.inf].any()


@given(arrays(np.float16, st.integers(1, 40), elements=st.floats(width=16, allow_nan=True, allow_infinity=True)))
def test_towards_zero_it_is_the_first_maximum(logits: NDArray[np.float16]) -> None:
    greedy = distribution(logits, SamplingParams(temperature=0)).filtered
    possible = np.where(np.isnan(logits), -np.inf, logits)
    assert greedy.tolist() == np.eye(len(logits))[possible.argmax()].tolist()
    cold = distribution(logits, SamplingParams(temperature=1e-30)).filtered
    favourites = possible == possible.max()
    assert cold == pytest.approx(favourites / np.count_nonzero(favourites))


def test_towards_infinity_all_finite_logits_are_equal() -> None:
    assert distribution(logits_of(65, 1), SamplingParams(temperature=MAX_TEMPERATURE)).filtered == pytest.approx(
        np.full(65, 1 / 65)
    )


def test_a_single_symbol_is_certain() -> None:
    for logit in (0, -1e30, math.nan, math.inf, -math.inf):
        found = distribution(np.array([logit], np.float32), SamplingParams(temperature=0.5))
        assert found.filtered.tolist() == [1]
        assert found.rating(0) == (1, 1, 0, 0)


@given(
    arrays(np.float64, st.integers(1, 30), elements=st.sampled_from([0.0, 1e-300, 1e-9, 0.1, 1.0, 3.0])),
    st.floats(0, 1),
)
def test_nothing_of_probability_zero_is_drawn(weights: NDArray[np.float64], u: float) -> None:
    if weights.any():
        luck_of_the_draw = [u, 0.0, math.nextafter(1, 0), 1.0]
        drawn = [draw((weights / weights.sum()).cumsum(), one) for one in luck_of_the_draw]
        assert (weights[drawn] > 0).all()
        assert draws(weights / weights.sum(), np.array(luck_of_the_draw)).tolist() == drawn


def test_the_draw_inverts_the_cumulative_distribution_in_id_order() -> None:
    probabilities = np.array([0.25, 0.0, 0.5, 0.25])
    assert [draw(probabilities.cumsum(), u) for u in (0, 0.2499, 0.25, 0.7499, 0.75, 0.999)] == [0, 0, 2, 2, 3, 3]


@pytest.mark.parametrize("size", [2, 65, 5000])
@pytest.mark.parametrize("temperature", [0.05, 0.8, 1.0, 3.0])
def test_probabilities_and_logarithms_are_exact_to_twelve_digits(size: int, temperature: float) -> None:
    logits = np.random.default_rng(size).normal(scale=3, size=size)
    found, raw = distribution(logits, SamplingParams(temperature=temperature)), softmax(logits, 1)
    np.testing.assert_allclose(found.raw, raw, rtol=1e-12)
    np.testing.assert_allclose(found.filtered, softmax(logits, temperature), rtol=1e-12)
    np.testing.assert_allclose(found.logs, np.log(raw), rtol=1e-12)
    probability, rank, surprise, entropy = found.rating(1)
    assert probability == found.filtered[1]
    assert rank == 1 + (raw > raw[1]).sum()
    assert surprise == pytest.approx(-np.log2(raw[1]), rel=1e-12)
    assert entropy == pytest.approx(-(raw * np.log2(raw)).sum(), rel=1e-12)


def test_rank_surprise_and_entropy_are_those_of_the_raw_distribution() -> None:
    found = distribution(np.log([0.5, 0.125, 0.25, 0.125]), SamplingParams(temperature=3, seed=5))
    probabilities, ranks, surprises, entropies = zip(*map(found.rating, range(4)), strict=True)
    assert probabilities == tuple(found.filtered.tolist())
    assert ranks == (1, 3, 2, 3)
    assert surprises == pytest.approx([1, 3, 2, 3])
    assert entropies == pytest.approx([1.75] * 4)


@given(arrays(np.float64, st.integers(2, 30), elements=st.floats(-50, 50)), st.floats(0.05, 5))
def test_temperature_divides_logits_once(logits: NDArray[np.float64], temperature: float) -> None:
    assert temper(logits - logits.max(), temperature) == pytest.approx(softmax(logits, temperature), abs=1e-12)


@given(st.integers(0, 2**63 - 1), st.integers(0, 10**9))
def test_luck_is_a_number_of_seed_and_position(seed: int, t: int) -> None:
    assert 0 <= uniform(seed, t) < 1
    assert uniform(seed, t) == uniform(seed, t)
    bits = np.random.Philox(key=seed, counter=t // 4).random_raw(4)
    assert uniform(seed, t) == (int(bits[t % 4]) >> 11) / 2**53


def test_luck_is_even_and_does_not_repeat() -> None:
    values = luck()
    statistic, limit = chi_square(
        np.bincount((values * 100).astype(int), minlength=100).astype(float), np.full(100, 0.01)
    )
    assert statistic <= limit
    assert len(set(values)) == DRAWS
    assert abs(np.corrcoef(values[:-BLOCK], values[BLOCK:])[0, 1]) < 0.02
    assert abs(np.corrcoef(values, [uniform(12, t) for t in range(DRAWS)])[0, 1]) < 0.02
