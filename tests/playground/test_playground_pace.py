"""How many characters are due, how tracks map to values, and how parameters are remembered."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.playground.pace import MAX_SPEED, Pace
from charplay.playground.preferences import Preferences
from charplay.playground.saved_params import TOP_K_OFF, params_of, remember_params
from charplay.playground.scales import SPEEDS, TEMPERATURES, Linear, Log, Scale
from charplay.sampling.params import MAX_TEMPERATURE, SamplingParams

SPANS = st.lists(st.floats(0.0, 0.2), min_size=1, max_size=100)


@given(SPANS, st.floats(1.0, MAX_SPEED))
def test_no_more_is_due_than_time_has_passed(spans: list[float], speed: float) -> None:
    pace, due, passed = Pace(), 0, 0.0
    for seconds in spans:
        whole = pace.due(seconds, speed)
        assert whole is not None
        due, passed = due + whole, passed + seconds
        assert due <= passed * speed + 1e-6


@given(st.floats(0.5, 1e6), st.floats(1.0, MAX_SPEED))
def test_what_could_not_be_written_in_time_is_not_made_up_for(seconds: float, speed: float) -> None:
    pace = Pace()
    first = pace.due(seconds, speed)
    assert first is not None
    assert first <= max(1.0, speed / 4)
    assert pace.due(0.0, speed) == 0


@pytest.mark.parametrize("speed", [1.0, 4.0, 30.0, 100.0, MAX_SPEED])
def test_in_the_long_run_it_is_as_fast_as_asked(speed: float) -> None:
    pace = Pace()
    assert sum(pace.due(1 / 30, speed) or 0 for _ in range(3000)) == pytest.approx(100 * speed, rel=0.07, abs=1)


def test_beyond_the_fastest_it_is_as_many_as_there_is_time_for() -> None:
    assert Pace().due(0.1, math.nextafter(MAX_SPEED, 1000)) is None
    assert Pace().due(0.1, MAX_SPEED) == 20


SCALES = (TEMPERATURES, SPEEDS, Log(4.0, 400.0), Linear.between(0.01, 1.0, 0.01))


@pytest.mark.parametrize("scale", SCALES)
@given(at=st.floats(0, 1), steps=st.integers(-50, 50))
def test_a_track_leads_to_values_and_back(scale: Scale, at: float, steps: int) -> None:
    value = scale.value(at)
    assert scale.low <= value <= scale.high
    assert scale.value(scale.position(value)) == pytest.approx(value)
    moved = scale.moved(value, steps)
    assert scale.low <= moved <= scale.high
    assert (moved - value) * steps >= 0
    assert scale.moved(moved, 0) == pytest.approx(moved)


def test_temperatures_are_fine_around_one_and_can_all_be_drawn_with() -> None:
    assert (TEMPERATURES.low, TEMPERATURES.high) == (0.0, 5.0)
    assert TEMPERATURES.high <= MAX_TEMPERATURE
    assert [round(TEMPERATURES.value(at), 2) for at in (0.0, 0.2, 0.46, 0.72, 0.84, 1.0)] == [0, 0.5, 1, 1.5, 2, 5]
    assert [round(TEMPERATURES.moved(0.8, steps), 2) for steps in (-1, 1, 2)] == [0.75, 0.85, 0.9]
    assert TEMPERATURES.position(1.5) - TEMPERATURES.position(0.5) > 0.5
    assert (TEMPERATURES.moved(0.0, -1), TEMPERATURES.moved(5.0, 1)) == (0.0, 5.0)


def test_speeds_reach_beyond_the_fastest_that_is_counted() -> None:
    assert (SPEEDS.low, SPEEDS.high) == (1.0, 250.0)
    assert SPEEDS.high > MAX_SPEED > SPEEDS.moved(SPEEDS.high, -4)
    assert SPEEDS.moved(30.0, 4) == pytest.approx(48, abs=1)
    assert SPEEDS.moved(SPEEDS.moved(30.0, 4), -4) == pytest.approx(30, abs=1)


PARAMS = st.builds(
    SamplingParams,
    temperature=st.floats(0, 5),
    repetition_penalty=st.floats(0.5, 4),
    repetition_window=st.integers(1, 1000),
    top_k=st.none() | st.integers(1, int(TOP_K_OFF) - 1),
    top_p=st.none() | st.floats(0.01, 1, exclude_max=True),
    min_p=st.none() | st.floats(0.01, 1),
)


@given(PARAMS)
def test_parameters_are_found_again_as_they_were_remembered(params: SamplingParams) -> None:
    preferences = Preferences()
    remember_params(preferences, params)
    assert params_of(preferences) == params


def test_the_bias_is_taken_as_it_was_typed_or_not_at_all() -> None:
    found = params_of(Preferences(bias=r"q=-inf \n=1.5", temperature=0.3))
    assert found.bias == (("q", -math.inf), ("\n", 1.5))
    assert found.temperature == 0.3
    assert params_of(Preferences(bias="what?", top_k=3)) == SamplingParams(top_k=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", 1e31), ("repetition_penalty", 0.0), ("repetition_penalty", 1e6), ("top_k", 0.0), ("top_p", 0.0),
     ("min_p", 1.5), ("bias", "e=1e9")],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_left_at_its_first_value(name: str, value: object) -> None:
    preferences = Preferences(temperature=0.3, repetition_window=7.0)
    setattr(preferences, name, value)
    found = params_of(preferences)
    assert getattr(found, name) == getattr(SamplingParams(), name)
    assert found.repetition_window == 7
    assert name == "temperature" or found.temperature == 0.3


def test_what_is_off_is_off_again_however_far_beyond() -> None:
    preferences = Preferences(top_k=5000.0, top_p=1.0, min_p=0.0, repetition_window=0.2)
    found = params_of(preferences)
    assert (found.top_k, found.top_p, found.min_p, found.repetition_window) == (None, None, None, 1)
    assert found.active == ()
