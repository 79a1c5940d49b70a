"""Numbers as a person reads them."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.formatting.units import (
    age,
    count,
    decimals,
    duration,
    format_bytes,
    format_perplexity,
    format_share,
    rate,
)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (999, "999 B"), (1_204, "1.2 kB"), (99_400, "99.4 kB"), (99_940, "100 kB"),
     (1_115_394, "1.1 MB"), (8.1e9, "8.1 GB"), (2e13, "20000 GB")],
)  # fmt: skip
def test_bytes_have_the_unit_that_reads_best(number: float, text: str) -> None:
    assert format_bytes(number) == text


@given(st.floats(0, 999e9))
def test_bytes_below_a_terabyte_have_three_digits_at_most(number: float) -> None:
    shown = format_bytes(number)
    assert shown
    digits, unit = shown.split()
    assert len(digits.replace(".", "")) <= 3
    assert abs(float(digits) * {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}[unit] - number) <= max(0.5, 0.05 * number)


def test_what_is_not_known_stays_blank() -> None:
    assert format_bytes(None) is None


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "written",
    [age, count, lambda x: decimals(x, 2), duration, format_bytes, format_perplexity, format_share,
     rate],
)  # fmt: skip
def test_a_number_that_is_none_is_said_in_words(written: Callable[..., str], number: float) -> None:
    assert written(number) in (
        {"no number", "infinite", "0.00"} if written is format_perplexity else {"no number", "infinite"}
    )


@pytest.mark.parametrize(
    ("nats", "text"), [(1.6, "4.95"), (7.0932, "1,204"), (20.0, "485 M"), (100.0, "2.69e+43"), (701.0, "infinite")]
)
def test_a_perplexity_is_short(nats: float, text: str) -> None:
    assert format_perplexity(nats) == text
