"""What the network sees is what is trained on."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.recipes.explain import examples
from charplay.recipes.network import examples_per_epoch, training_characters
from charplay.recipes.recipe import Recipe

VOCABULARY = " abcdefghij"


def recipe(**values: Any) -> Recipe:
    sizes = {"embedding_size": 8, "hidden_size": 32, "num_layers": 1, "sequence_length": 4, "batch_size": 2}
    return Recipe.model_validate(sizes | values)


TEXT = st.lists(st.integers(0, len(VOCABULARY) - 1), min_size=20, max_size=200)


@given(
    TEXT,
    st.sampled_from(["stream", "windows"]),
    st.integers(1, 3),
    st.none() | st.integers(1, 5),
    st.sampled_from(["every", "last"]),
)
def test_examples_are_pieces_of_the_text_that_trains(
    ids: list[int], batching: str, stride: int, limit: int | None, target: str
) -> None:
    given_recipe = recipe(batching=batching, stride=stride, window_limit=limit, target=target)
    text = "".join(VOCABULARY[i] for i in ids)
    shown = examples(given_recipe, ids, VOCABULARY)
    assert 1 <= len(shown) <= min(3, examples_per_epoch(given_recipe, len(ids)))
    for example in shown:
        end = example.start + 4
        assert end < training_characters(given_recipe, len(ids))
        assert example.characters == text[example.start : end]
        assert [VOCABULARY[i] for i in example.ids] == list(example.characters)
        assert example.targets == (text[example.start + 1 : end + 1] if target == "every" else text[end])
        assert len(example.inputs) == 4


def test_streams_start_apart_and_windows_a_stride_apart() -> None:
    ids = [1] * 101
    assert [e.start for e in examples(recipe(validation_fraction=0), ids, VOCABULARY)] == [0, 50]
    windows = recipe(batching="windows", stride=3, validation_fraction=0)
    assert [e.start for e in examples(windows, ids, VOCABULARY)] == [0, 3, 6]


@pytest.mark.parametrize(
    ("values", "entering"),
    [
        ({}, "row 3 of the embedding, 8 numbers"),
        ({"input": "one-hot"}, "1 at place 3, 0 at the other 10"),
        ({"input": "scalar"}, "0.2727"),
        ({"input": "scalar", "scalar_scale": "none"}, "3"),
    ],
)
def test_each_input_is_written_as_a_person_reads_it(values: dict[str, str], entering: str) -> None:
    assert examples(recipe(**values), [3] * 40, VOCABULARY)[0].inputs == (entering,) * 4
