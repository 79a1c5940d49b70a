"""Networks of Keras compute here what Keras's equations say, out of every kind of file."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras_models import FORMS, Layer, dense, dropout, gru, keras_logits, lstm, stacked, write_archive, write_whole
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.from_parent import SHAPE_FIELDS
from charplay.recipes.network import parameter_count, tensor_shapes
from charplay.recipes.presets import read_preset
from charplay.recipes.recipe import Recipe
from charplay.recipes.resolve import resolve
from charplay.runs.keras_file import read_keras_file
from charplay.runs.plain_layers import PlainNetwork, read_plain_layers
from charplay.sampling.model import CharModel

RNG = np.random.default_rng(3)


def imported(path: Path) -> PlainNetwork:
    return read_plain_layers(read_keras_file(path))


def recipe_of(network: PlainNetwork, scale: str) -> Recipe:
    fields = {
        "cell": network.cell, "input": network.input, "embedding_size": network.embedding_size,
        "num_layers": network.num_layers, "hidden_size": network.hidden_size,
        "scalar_scale": scale if network.input == "scalar" else "vocabulary",
    }  # fmt: skip
    return Recipe.model_validate(fields)


def logits_here(network: PlainNetwork, ids: Sequence[int], scale: str = "vocabulary") -> NDArray[np.float32]:
    vocabulary = Vocabulary("".join(map(chr, range(97, 97 + network.vocabulary_size))))
    model = CharModel.load(network.tensors, recipe_of(network, scale), vocabulary)
    return model.read(model.zero_state(), ids)[1]


def entering(layers: Sequence[Layer], ids: Sequence[int], scale: float) -> NDArray[Any]:
    """What a program with Keras gives its model for ids."""
    first, size = layers[0], len(layers[-1].arrays["bias"])
    if first.kind == "Embedding":
        return np.array(ids)
    if len(first.arrays["kernel"]) == 1:
        return np.array(ids)[:, None] / scale
    return np.eye(size)[ids]


@settings(max_examples=60, deadline=None)
@given(
    form=st.sampled_from(sorted(FORMS)), cell=st.sampled_from(["lstm", "gru"]), depth=st.integers(1, 4),
    hidden=st.integers(1, 12), size=st.integers(2, 20), what=st.sampled_from(["embedding", "one-hot", "scalar"]),
    seed=st.integers(0, 2**16),
)  # fmt: skip
def test_every_file_gives_the_logits_of_keras_equations(
    form: str, cell: str, depth: int, hidden: int, size: int, what: str, seed: int
) -> None:
    width = {"embedding": 3, "one-hot": size, "scalar": 1}[what]
    layers = stacked(cell, depth, size=size, hidden=hidden, width=width, embedded=what == "embedding", seed=seed)
    with TemporaryDirectory() as folder:
        FORMS[form](Path(folder) / form, layers)
        network = imported(Path(folder) / form)
    assert (network.cell, network.input, network.num_layers, network.hidden_size) == (cell, what, depth, hidden)
    ids = np.random.default_rng(seed).integers(0, size, 30).tolist()
    there = keras_logits(layers, entering(layers, ids, size))
    assert np.abs(logits_here(network, ids) - there).max() < 1e-5


def test_a_raw_number_may_enter_too(tmp_path: Path) -> None:
    layers = stacked("lstm", 2, width=1, embedded=False)
    write_whole(tmp_path / "raw.h5", layers)
    ids = [0, 6, 3, 3, 1, 5]
    there = keras_logits(layers, entering(layers, ids, 1))
    network = imported(tmp_path / "raw.h5")
    assert np.abs(logits_here(network, ids, "none") - there).max() < 1e-5
    assert np.abs(logits_here(network, ids, "vocabulary") - there).max() > 1e-2


@pytest.mark.parametrize("form", FORMS)
def test_more_than_ten_layers_come_in_their_order(tmp_path: Path, form: str) -> None:
    layers = stacked("lstm", 12)
    FORMS[form](tmp_path / form, layers)
    tensors = imported(tmp_path / form).tensors
    recurrent = [layer.arrays["recurrent_kernel"] for layer in layers if layer.kind == "LSTM"]
    for number, kernel in enumerate(recurrent):
        assert np.array_equal(tensors[f"rnn.weight_hh_l{number}"], kernel.T), number


WITHOUT_BIAS = [lstm(RNG, 6, 4, use_bias=False), dense(RNG, 4, 6, use_bias=False)]
for each in WITHOUT_BIAS:
    del each.arrays["bias"]
GRU_WITHOUT_BIAS = [gru(RNG, 6, 4, use_bias=False), dense(RNG, 4, 6)]
del GRU_WITHOUT_BIAS[0].arrays["bias"]
INNER = {"layer": {"class_name": "Dense", "config": {"name": "dense_9", "activation": "softmax"}}}


@pytest.mark.parametrize(
    "layers",
    [
        [lstm(RNG, 6, 4), dense(RNG, 4, 6, activation="linear"), Layer("Activation", {"activation": "softmax"})],
        [lstm(RNG, 6, 4), dense(RNG, 4, 6, activation=None), Layer("Softmax")],
        [lstm(RNG, 6, 4), dense(RNG, 4, 6, activation="linear")],
        [lstm(RNG, 6, 4), Layer("TimeDistributed", INNER, dense(RNG, 4, 6).arrays)],
        [Layer("InputLayer"), dropout(), lstm(RNG, 6, 4), Layer("SpatialDropout1D"), dense(RNG, 4, 6)],
        WITHOUT_BIAS,
        GRU_WITHOUT_BIAS,
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["Sequential", "Functional"])
@pytest.mark.parametrize("write", [write_whole, write_archive])
def test_what_computes_the_same_is_taken(tmp_path: Path, write: Any, kind: str, layers: list[Layer]) -> None:
    write(tmp_path / "model.keras", layers, kind=kind)  # HDF5 under this name was TensorFlow's before 2.12
    ids = [5, 0, 2, 2, 4]
    there = keras_logits(layers, np.eye(6)[ids])
    assert np.abs(logits_here(imported(tmp_path / "model.keras"), ids) - there).max() < 1e-5


CLASSICS = {
    "alice-2x350": (60, 1, 1_495_260),
    "alice-256": (45, 1, 275_757),
    "shakespeare-16": (36, 36, 89_124),
    "nietzsche-lstm": (57, 57, 102_585),
    "nietzsche-gru": (57, 57, 78_777),
    "sonnets-many-to-one": (27, 64, 36_507),
    "sonnets-many-to-many": (27, 64, 337_371),
}
"""Each classic's vocabulary, how many numbers enter for a character, and its parameters."""


@pytest.mark.parametrize("preset", CLASSICS)
def test_a_file_of_a_classic_recipe_is_its_preset(tmp_path: Path, preset: str) -> None:
    size, width, parameters = CLASSICS[preset]
    recipe = resolve(Recipe.model_validate(read_preset(preset).layer.values), 100_000, size).recipe
    assert isinstance(recipe.hidden_size, int)
    assert isinstance(recipe.num_layers, int)
    layers = stacked(
        recipe.cell, recipe.num_layers, size=size, hidden=recipe.hidden_size, width=width,
        embedded=recipe.input == "embedding",
    )  # fmt: skip
    write_whole(tmp_path / "model.hdf5", layers)
    network = imported(tmp_path / "model.hdf5")
    found = recipe_of(network, recipe.scalar_scale)
    for field in SHAPE_FIELDS:
        assert getattr(found, field) == getattr(recipe, field), field
    assert {name: tensor.shape for name, tensor in network.tensors.items()} == tensor_shapes(recipe, size)
    assert sum(tensor.size for tensor in network.tensors.values()) == parameter_count(recipe, size) == parameters
