"""What a recipe builds, counted by hand and by brute force."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.fs.registry import entry_names
from charplay.recipes.errors import UnresolvedError
from charplay.recipes.network import (
    GATES,
    examples_per_epoch,
    layer_table,
    memory_bytes,
    parameter_count,
    share_count,
    steps_per_epoch,
    tensor_shapes,
    training_characters,
    whole,
)
from charplay.recipes.recipe import Recipe

SIZES = {
    "embedding_size": 64,
    "hidden_size": 256,
    "num_layers": 1,
    "sequence_length": 64,
    "batch_size": 32,
    "output_dropout": 0.0,
}


def recipe(**values: Any) -> Recipe:
    return Recipe.model_validate(SIZES | values)


def test_the_table_shows_shapes_and_the_numbers_in_the_formulas() -> None:
    table = layer_table(recipe(num_layers=2, dropout=0.2, output_dropout=0.25), 65)
    assert [(row.name, row.output_shape, row.parameters, row.formula) for row in table] == [
        ("embedding", "64 x 32 x 64", 4160, "65 x 64 = 4,160"),
        ("lstm 1", "64 x 32 x 256", 328_704, "4 x 256 x (64 + 256 + 1) = 328,704"),
        ("dropout", "64 x 32 x 256", 0, "each value is 0 with probability 0.2 in training"),
        ("lstm 2", "64 x 32 x 256", 525_312, "4 x 256 x (256 + 256 + 1) = 525,312"),
        ("dropout", "64 x 32 x 256", 0, "each value is 0 with probability 0.25 in training"),
        ("output", "64 x 32 x 65", 16_705, "(256 + 1) x 65 = 16,705"),
    ]


@pytest.mark.parametrize(
    ("values", "name", "shape", "formula"),
    [
        ({"input": "one-hot"}, "one-hot", (64, 32, 65), "the character's place of 65 is 1, the others are 0"),
        ({"input": "scalar"}, "scalar", (64, 32, 1), "the character's id / 65"),
        ({"input": "scalar", "scalar_scale": "none"}, "scalar", (64, 32, 1), "the character's id"),
    ],
)
def test_inputs_without_parameters_say_what_enters(
    values: dict[str, str], name: str, shape: tuple[int, int, int], formula: str
) -> None:
    row = layer_table(recipe(**values), 65)[0]
    assert (row.name, row.shape, row.parameters, row.formula) == (name, shape, 0, formula)


def test_where_only_the_last_position_counts_the_output_has_no_length() -> None:
    assert layer_table(recipe(batching="windows", target="last"), 65)[-1].output_shape == "32 x 65"


@pytest.mark.parametrize("cell", entry_names("training/cells"))
def test_every_cell_can_be_counted(cell: str) -> None:
    hidden, gates = 256, GATES[cell]
    layers = [gates * hidden * (i + hidden + 1) for i in (64, hidden, hidden)]
    assert parameter_count(recipe(cell=cell, num_layers=3), 65) == 65 * 64 + sum(layers) + 65 * (hidden + 1)


@pytest.mark.parametrize(("cell", "gates"), [("gru", 3), ("lstm", 4)])
def test_shapes_count_the_parameters_of_the_literature(cell: str, gates: int) -> None:
    v, e, h = 9, 3, 5
    shapes = tensor_shapes(recipe(cell=cell, num_layers=2, hidden_size=h, embedding_size=e), v)
    counted = sum(int(np.prod(shape)) for shape in shapes.values())
    assert counted == v * e + gates * h * (e + h + 1) + gates * h * (h + h + 1) + (h + 1) * v


@pytest.mark.parametrize("cell", entry_names("training/cells"))
@pytest.mark.parametrize(("entry", "width"), [("embedding", 64), ("one-hot", 9), ("scalar", 1)])
def test_shapes_are_torchs_with_one_bias(cell: str, entry: str, width: int) -> None:
    rows = GATES[cell] * 256
    expected = {
        "rnn.weight_ih_l0": (rows, width), "rnn.weight_hh_l0": (rows, 256), "rnn.bias_l0": (rows,),
        "rnn.weight_ih_l1": (rows, 256), "rnn.weight_hh_l1": (rows, 256), "rnn.bias_l1": (rows,),
        "output.weight": (9, 256), "output.bias": (9,),
    }  # fmt: skip
    embedding = {"embedding.weight": (9, 64)} if entry == "embedding" else {}
    assert tensor_shapes(recipe(cell=cell, num_layers=2, input=entry), 9) == expected | embedding


@pytest.mark.parametrize("cell", entry_names("training/cells"))
def test_tensors_and_the_layer_table_count_the_same(cell: str) -> None:
    resolved = recipe(cell=cell, num_layers=3)
    shapes = tensor_shapes(resolved, 65)
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == parameter_count(resolved, 65)


def test_a_recipe_that_is_not_resolved_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="hidden_size is auto"):
        whole(Recipe(), "hidden_size")
    with pytest.raises(UnresolvedError, match="num_layers is auto") as caught:
        tensor_shapes(recipe(num_layers="auto"), 65)
    assert caught.value.field == "num_layers"


@given(
    st.integers(2, 400),
    st.integers(1, 50),
    st.integers(1, 60),
    st.none() | st.integers(1, 100),
    st.floats(0, 0.5),
    st.integers(1, 40),
)
def test_windows_are_those_that_fit_with_the_character_to_predict(
    characters: int, length: int, stride: int, limit: int | None, fraction: float, batch: int
) -> None:
    given_recipe = recipe(
        batching="windows",
        sequence_length=length,
        stride=stride,
        window_limit=limit,
        validation_fraction=fraction,
        batch_size=batch,
    )
    trained = training_characters(given_recipe, characters)
    starts = [start for start in range(0, characters, stride) if start + length < trained][:limit]
    assert examples_per_epoch(given_recipe, characters) == len(starts)
    assert steps_per_epoch(given_recipe, characters) == len([*range(0, len(starts), batch)])


@given(st.integers(2, 5000), st.integers(1, 50), st.integers(1, 50))
def test_streams_hold_sequences_that_do_not_overlap(characters: int, length: int, batch: int) -> None:
    given_recipe = recipe(sequence_length=length, batch_size=batch, validation_fraction=0)
    examples = examples_per_epoch(given_recipe, characters)
    assert examples % batch == 0
    assert steps_per_epoch(given_recipe, characters) == examples // batch
    assert examples * length < characters
    assert (examples + batch) * length > characters - 1 - batch


@given(st.integers(200, 10**7), st.floats(0, 0.5))
def test_training_and_held_out_characters_are_the_text(characters: int, fraction: float) -> None:
    trained = training_characters(recipe(validation_fraction=fraction), characters)
    assert 0 < trained <= characters
    assert abs(characters * fraction - (characters - trained)) <= 1


def test_memory_grows_with_what_is_kept() -> None:
    base = memory_bytes(recipe(), 65, 10**6)
    weights = 4 * parameter_count(recipe(), 65)
    assert memory_bytes(recipe(average=0.99), 65, 10**6) == base + weights
    assert memory_bytes(recipe(optimizer="sgd"), 65, 10**6) == base - weights
    assert memory_bytes(recipe(), 65, 2 * 10**6) == base + 10**6
    assert memory_bytes(recipe(), 65, 10**6, shares=3) == base + 2 * weights
    assert memory_bytes(recipe(batch_size=64), 65, 10**6) > base
    assert memory_bytes(recipe(batching="windows", target="last"), 65, 10**6) < base
    assert memory_bytes(recipe(), 300, 10**6) > memory_bytes(recipe(), 256, 10**6) + 10**6


@pytest.mark.parametrize(
    ("changes", "device", "threads", "shares"),
    [
        ({"batch_size": 64}, "cpu", 2, 2),
        ({"batch_size": 31}, "cpu", 2, 1),
        ({"batch_size": 512}, "cpu", 16, 8),
        ({"batch_size": 64, "threads": 3}, "cpu", 16, 3),
        ({"batch_size": 64, "threads": 3}, "cuda:0", 16, 1),
        ({"batch_size": 64}, "cuda:0", 16, 1),
    ],
)
def test_a_run_has_a_share_for_each_thread(changes: dict[str, Any], device: str, threads: int, shares: int) -> None:
    assert share_count(recipe(**changes), device, threads) == shares
