"""Numbers as a person reads them."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.formatting.units import format_bits, format_bytes, format_nats


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
