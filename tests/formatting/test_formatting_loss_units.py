"""Losses in every unit: kept in nats a character, written as a person wants them."""

import math
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.formatting.loss_units import BITS, NATS, PERPLEXITY, UNITS, LossUnit, format_loss
from charplay.playground.settings import Settings

BYTES = UNITS["bits-per-byte"]
ALL = st.sampled_from([*UNITS.values(), BYTES.on(1.7)])


def test_every_unit_can_be_set_and_nothing_else() -> None:
    assert get_args(get_type_hints(Settings)["unit"]) == tuple(UNITS)


@pytest.mark.parametrize(
    ("nats", "text"), [(0.0, "0.000"), (1.6124, "1.612"), (999.9, "999.900"), (12_345.6, "1.23e+04")]
)
def test_losses_have_three_decimals_until_they_run_away(nats: float, text: str) -> None:
    assert NATS.number(nats) == text


@pytest.mark.parametrize(
    ("unit", "written"),
    [(NATS, "1.612 nats"), (BITS, "2.326 bits"), (BYTES.on(2.0), "1.163 bits/byte"), (PERPLEXITY, "perplexity 5.01")],
)
def test_a_loss_is_written_with_its_unit(unit: LossUnit, written: str) -> None:
    assert unit.write(1.6124) == written


def test_a_loss_is_written_in_two_units() -> None:
    assert format_loss(1.6124) == "1.612 nats, 2.326 bits"
    assert format_loss(1.6124, places=4) == "1.6124 nats, 2.3262 bits"
    assert format_loss(1.6124, BITS) == "2.326 bits, 1.612 nats"
    assert format_loss(1.6124, PERPLEXITY) == "perplexity 5.01, 2.326 bits"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_none_is_said_in_words(number: float) -> None:
    for unit in UNITS.values():
        assert unit.write(number) in {"no number", "infinite"}
        assert format_loss(number, unit) in {"no number", "infinite"}


@given(st.floats(0, 20), st.floats(1, 4))
def test_bits_a_byte_are_the_bits_over_the_bytes(nats: float, size: float) -> None:
    assert float(BYTES.on(size).number(nats, 6)) == pytest.approx(nats / math.log(2) / size, abs=1e-6)


def test_bytes_that_nobody_knows_leave_bits_a_character_and_a_blank_cell() -> None:
    assert BYTES.on(None) == BITS
    assert BYTES.cell(1.0, None) is None
    assert BYTES.cell(1.0, 1.0) == BITS.cell(1.0)
    assert BYTES.cell(None, 1.0) is None


@given(ALL)
def test_going_through_the_units_comes_around(unit: LossUnit) -> None:
    seen = [unit.name]
    while unit.following.name != seen[0]:
        unit = unit.following
        seen.append(unit.name)
    assert sorted(seen) == sorted(UNITS)


@given(ALL)
def test_what_stands_beside_a_unit_is_another(unit: LossUnit) -> None:
    assert unit.beside.name != unit.name
    assert unit.beside in unit.others
    assert unit.name not in {other.name for other in unit.others}
