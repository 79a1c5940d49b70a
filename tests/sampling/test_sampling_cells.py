"""Every cell against its equations, written out gate by gate in float64; and the ways one model can be read."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sampling_models import make_model, network, random_tensors

from charplay.corpora.vocabulary import Vocabulary
from charplay.fs.registry import entry_names
from charplay.recipes.network import GATES
from charplay.recipes.recipe import Recipe
from charplay.sampling.cell import load_cell
from charplay.sampling.model import CharModel

CELLS = entry_names("sampling/cells")
SIZE = 17
VOCABULARY = Vocabulary("abcdefghijklmnopq")


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(x, -700, 700)))


def naive_lstm(
    x: NDArray[np.float64],
    state: NDArray[np.float64],
    weight_ih: NDArray[np.float64],
    weight_hh: NDArray[np.float64],
    bias: NDArray[np.float64],
) -> NDArray[np.float64]:
    h, c = state
    i, f, g, o = np.split(weight_ih @ x + weight_hh @ h + bias, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return np.stack([sigmoid(o) * np.tanh(c), c])


def naive_gru(
    x: NDArray[np.float64],
    state: NDArray[np.float64],
    weight_ih: NDArray[np.float64],
    weight_hh: NDArray[np.float64],
    bias: NDArray[np.float64],
) -> NDArray[np.float64]:
    (h,) = state
    r_x, z_x, n_x = np.split(weight_ih @ x + bias, 3)
    r_h, z_h, n_h = np.split(weight_hh @ h, 3)
    z = sigmoid(z_x + z_h)
    n = np.tanh(n_x + sigmoid(r_x + r_h) * n_h)
    return np.stack([(1 - z) * n + z * h])


NAIVE = {"lstm": naive_lstm, "gru": naive_gru}


def naive_input(recipe: Recipe, tensors: dict[str, NDArray[np.float64]], one: int) -> Any:
    if recipe.input == "embedding":
        return tensors["embedding.weight"][one]
    if recipe.input == "one-hot":
        return np.eye(SIZE)[one]
    return np.array([one / SIZE if recipe.scalar_scale == "vocabulary" else one], float)


def naive_step(
    recipe: Recipe, tensors: dict[str, NDArray[np.float32]], state: NDArray[np.float32] | NDArray[np.float64], one: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(new state, logits) in float64."""
    exact = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    x, new = naive_input(recipe, exact, one), []
    assert isinstance(recipe.num_layers, int)
    for layer in range(recipe.num_layers):
        weights = [exact[f"rnn.{name}_l{layer}"] for name in ("weight_ih", "weight_hh", "bias")]
        new.append(NAIVE[recipe.cell](x, state[layer].astype(np.float64), *weights))
        x = new[-1][0]
    return np.stack(new), exact["output.weight"] @ x + exact["output.bias"]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
@pytest.mark.parametrize("scale", [0.1, 1, 10])
@pytest.mark.parametrize(
    "entrance", [("embedding", "none"), ("one-hot", "none"), ("scalar", "none"), ("scalar", "vocabulary")]
)
def test_a_step_is_what_the_equations_say(cell: str, layers: int, scale: float, entrance: tuple[str, str]) -> None:
    recipe = network(cell=cell, num_layers=layers, hidden_size=24, input=entrance[0], scalar_scale=entrance[1])
    tensors = random_tensors(recipe, SIZE, seed=layers, scale=scale / np.sqrt(24 * 3))
    for dtype, tolerance in ((np.float32, 1e-5), (np.float64, 1e-10)):
        model = CharModel.load(tensors, recipe, VOCABULARY, dtype=dtype)
        state = model.zero_state()
        for one in (0, 16, 3, 3, 9):
            expected_state, expected = naive_step(recipe, tensors, state, one)
            state, logits = model.step(state, one)
            assert logits.dtype == state.dtype == dtype
            assert np.abs(logits - expected).max() <= tolerance * max(1, np.abs(expected).max())
            assert np.abs(state - expected_state).max() <= tolerance * max(1, np.abs(expected_state).max())


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_has_the_gates_that_recipes_count(cell: str) -> None:
    assert GATES[cell] == load_cell(cell).GATES


@pytest.mark.parametrize("cell", CELLS)
def test_saturated_gates_stay_finite_without_a_warning(cell: str) -> None:
    model = make_model(cell=cell, scale=1e6)
    with np.errstate(all="raise", under="ignore"):
        state, logits = model.feed(model.zero_state(), [1, 2, 3])
    assert np.isfinite(state).all()
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_columns_are_texts_side_by_side(cell: str, layers: int) -> None:
    model = make_model(cell=cell, num_layers=layers)
    texts = np.random.default_rng(1).integers(0, 17, (30, 5))
    columns, logits = model.zero_state(5), np.empty((0, 0), np.float32)
    for ids in texts:
        columns, logits = model.step(columns, ids)
    for column in range(5):
        state, alone = model.feed(model.zero_state(), texts[:, column])
        np.testing.assert_allclose(columns[..., column, :], state, atol=1e-5)
        np.testing.assert_allclose(logits[column], alone, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 3])
def test_reading_at_once_is_stepping(cell: str, layers: int) -> None:
    model = make_model(cell=cell, num_layers=layers, dtype=np.float64)
    ids = np.random.default_rng(2).integers(0, 17, 50).tolist()
    start, _ = model.feed(model.zero_state(), [4, 5])
    state, logits = model.read(start, ids)
    stepped = start
    for t, one in enumerate(ids):
        stepped, expected = model.step(stepped, one)
        np.testing.assert_allclose(logits[t], expected, atol=1e-12)
    np.testing.assert_allclose(state, stepped, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_does_not_depend_on_where_its_arrays_lie(cell: str) -> None:
    """Recomputed states must be the same to the bit, and the allocator puts them where it likes."""
    model = make_model(cell=cell, hidden_size=77, num_layers=2)
    state, logits = model.feed(model.zero_state(), [1, 2, 3])
    for offset in range(1, 17):
        room = np.empty(state.size + offset, state.dtype)
        moved = room[offset:].reshape(state.shape)
        moved[...] = state
        for one in (5, 6):
            new, logits = model.step(state, one)
            again, same = model.step(moved, one)
            assert np.array_equal(new, again)
            assert np.array_equal(logits, same)
