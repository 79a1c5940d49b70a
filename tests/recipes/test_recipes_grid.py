"""A grid of settings: what is split at commas, and every combination once."""

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.recipes.errors import RecipeError
from charplay.recipes.grid import grid, split_settings

values = st.lists(st.integers().map(str), min_size=1, max_size=4, unique=True).map(tuple)


@given(st.dictionaries(st.sampled_from(["hidden_size", "seed", "cell", "dropout"]), values))
def test_every_combination_is_there_once(axes: dict[str, tuple[str, ...]]) -> None:
    found = grid(axes)
    assert len(found) == prod(map(len, axes.values()))
    assert len({tuple(point.items()) for point in found}) == len(found)
    assert all(point[field] in axes[field] for point in found for field in axes)


def test_the_last_field_changes_fastest() -> None:
    found = grid({"cell": ("lstm", "gru"), "seed": ("1", "2")})
    assert [(point["cell"], point["seed"]) for point in found] == [
        ("lstm", "1"), ("lstm", "2"), ("gru", "1"), ("gru", "2"),
    ]  # fmt: skip


def test_several_values_are_told_from_one() -> None:
    single, several = split_settings(["hidden-size=128, 256,128", "dropout=0.1", "seed=7,"])
    assert several == {"hidden_size": ("128", "256")}
    assert single == {"dropout": "0.1", "seed": "7,"}


def test_a_list_or_a_text_is_one_value() -> None:
    single, several = split_settings(["cleaning=nfc,lowercase", "corpus=a,b.txt", "sample_temperatures=0.5,1"])
    assert not several
    assert single["cleaning"] == "nfc,lowercase"


def test_what_sets_nothing_is_refused() -> None:
    with pytest.raises(RecipeError, match="sets nothing"):
        split_settings(["hidden_size"])
