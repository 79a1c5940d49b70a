"""Numbers as a person reads them."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.formatting.units import (
    age,
    count,
    decimals,
    duration,
    format_bits,
    format_bytes,
    format_loss,
    format_nats,
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


@pytest.mark.parametrize(
    ("nats", "text"), [(0.0, "0.000"), (1.6124, "1.612"), (999.9, "999.900"), (12_345.6, "1.23e+04")]
)
def test_losses_have_three_decimals_until_they_run_away(nats: float, text: str) -> None:
    assert format_nats(nats) == text


def test_bits_are_nats_over_the_logarithm_of_two() -> None:
    assert format_bits(math.log(2)) == "1.000"


@pytest.mark.parametrize("written", [format_bytes, format_nats, format_bits])
def test_what_is_not_known_stays_blank(written: Callable[..., Any]) -> None:
    assert written(None) is None


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "written",
    [age, count, lambda x: decimals(x, 2), duration, format_bits, format_bytes, format_loss, format_nats,
     format_perplexity, format_share, rate],
)  # fmt: skip
def test_a_number_that_is_none_is_said_in_words(written: Callable[..., str], number: float) -> None:
    assert written(number) in (
        {"no number", "infinite", "0.00"} if written is format_perplexity else {"no number", "infinite"}
    )


def test_a_loss_is_written_in_both_units() -> None:
    assert format_loss(1.6124) == "1.612 nats, 2.326 bits"
    assert format_loss(1.6124, 4) == "1.6124 nats, 2.3262 bits"


@pytest.mark.parametrize(
    ("nats", "text"), [(1.6, "4.95"), (7.0932, "1,204"), (20.0, "485 M"), (100.0, "2.69e+43"), (701.0, "infinite")]
)
def test_a_perplexity_is_short(nats: float, text: str) -> None:
    assert format_perplexity(nats) == text
