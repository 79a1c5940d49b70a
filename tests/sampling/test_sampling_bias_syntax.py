"""A bias is read as it is written."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.sampling.bias_syntax import NAMED, parse_bias, write_bias
from charplay.sampling.errors import SettingError

CHARACTERS = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=4).filter(
    lambda t: t not in NAMED
)
NATS = st.floats(-1e6, 1e6) | st.just(-math.inf)


@given(st.lists(st.tuples(CHARACTERS, NATS), max_size=5))
def test_every_character_gets_the_nats_of_the_last_setting_that_names_it(params: list[tuple[str, float]]) -> None:
    expected: dict[str, float] = {}
    for characters, nats in params:
        expected |= dict.fromkeys(characters, nats)
    assert parse_bias(f"{characters}={nats!r}" for characters, nats in params) == tuple(expected.items())


@pytest.mark.parametrize(("name", "character"), NAMED.items())
def test_what_is_awkward_to_type_has_a_name(name: str, character: str) -> None:
    assert parse_bias([f"{name}=-1"]) == ((character, -1.0),)


@pytest.mark.parametrize("wrong", ["e", "=1", "e=", "e=x", "e=nan", "1"])
def test_what_says_nothing_is_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(SettingError, match=r"e=1\.5"):
        parse_bias(["a=1", wrong])


@given(st.dictionaries(st.characters(blacklist_categories=["Cs"]) | st.sampled_from(" \n\t=\\"), NATS, max_size=5))
def test_a_bias_is_read_as_it_was_written(bias: dict[str, float]) -> None:
    written = write_bias(tuple(bias.items()))
    if not any(character.isspace() and character not in NAMED.values() for character in bias):
        assert parse_bias(written.split()) == tuple(bias.items())
