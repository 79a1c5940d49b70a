"""Loading: what is refused, and that a model and its states are values."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sampling_models import make_model, network, random_tensors

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.errors import ModelError
from charplay.sampling.model import CharModel

VOCABULARY = Vocabulary("\nabc")


def load(**changes: Any) -> Any:
    recipe = network()
    return CharModel.load(random_tensors(recipe, 4) | changes, recipe, VOCABULARY)


@pytest.mark.parametrize("name", random_tensors(network(num_layers=2), 4))
def test_every_tensor_is_needed_in_its_shape_and_finite(name: str) -> None:
    recipe = network(num_layers=2)
    tensors = random_tensors(recipe, 4)
    rest = {other: tensor for other, tensor in tensors.items() if other != name}
    with pytest.raises(ModelError, match=f"lack {name}"):
        CharModel.load(rest, recipe, VOCABULARY)
    with pytest.raises(ModelError, match=f"{name} has the shape"):
        CharModel.load(tensors | {name: tensors[name][1:]}, recipe, VOCABULARY)
    for bad in (np.nan, np.inf):
        broken = tensors[name].copy()
        broken.flat[-1] = bad
        with pytest.raises(ModelError, match=f"{name} holds values that are not finite"):
            CharModel.load(tensors | {name: broken}, recipe, VOCABULARY)


def test_other_weights_are_refused() -> None:
    with pytest.raises(ModelError, match=r"rnn\.bias_hh_l0"):
        load(**{"rnn.bias_hh_l0": np.zeros(32)})
    with pytest.raises(ModelError, match="hidden_size"):
        CharModel.load({}, network(hidden_size="auto"), VOCABULARY)
    with pytest.raises(ModelError, match="'mamba'"):
        CharModel.load({}, network(cell="mamba"), VOCABULARY)
    with pytest.raises(ModelError, match="recipe makes it"):
        CharModel.load(random_tensors(network(), 5), network(), VOCABULARY)


def test_weights_are_copied_and_left_alone() -> None:
    recipe = network()
    tensors = random_tensors(recipe, 4)
    before = {name: tensor.copy() for name, tensor in tensors.items()}
    model = CharModel.load(tensors, recipe, VOCABULARY)
    _, logits = model.feed(model.zero_state(), [1, 2])
    assert all(np.array_equal(tensors[name], before[name]) for name in before)
    for tensor in tensors.values():
        tensor[...] = np.nan
    assert np.array_equal(model.feed(model.zero_state(), [1, 2, 3, 1, 2])[1], _again(before, [1, 2, 3, 1, 2]))
    assert np.array_equal(model.feed(model.zero_state(), [1, 2])[1], logits)


def _again(tensors: dict[str, NDArray[np.float32]], ids: list[int]) -> NDArray[np.float32]:
    model = CharModel.load(tensors, network(), VOCABULARY)
    return model.feed(model.zero_state(), ids)[1]


def test_a_transposed_view_loads_as_what_it_shows() -> None:
    recipe = network()
    tensors = random_tensors(recipe, 4)
    views = {name: np.asfortranarray(tensor) for name, tensor in tensors.items()}
    model = CharModel.load(views, recipe, VOCABULARY)
    assert np.array_equal(model.feed(model.zero_state(), [3, 1])[1], _again(tensors, [3, 1]))


@pytest.mark.parametrize("columns", [None, 3])
def test_a_state_is_never_changed(columns: int | None) -> None:
    model = make_model(num_layers=2)
    start = model.zero_state(columns)
    ids = 1 if columns is None else [1, 2, 3]
    state, _ = model.step(start, ids)
    kept = state.copy()
    model.step(state, ids)
    assert np.array_equal(state, kept)
    assert not start.any()
    for value in (start, state):
        with pytest.raises(ValueError, match="read-only"):
            value[0] = 1


def test_feeding_nothing_changes_nothing() -> None:
    model = make_model()
    state, logits = model.feed(model.zero_state(), [])
    assert state is model.zero_state()
    assert np.array_equal(logits, model.logits(state))


def test_rows_are_dropped_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = make_model().feed(make_model().zero_state(), range(17))[1]
    monkeypatch.setattr("charplay.sampling.model.KEPT_ROWS", 3)
    model = make_model.__wrapped__()
    assert np.array_equal(model.feed(model.zero_state(), range(17))[1], expected)
    assert len(model._rows) <= 3
