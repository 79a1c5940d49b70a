"""torch learns, numpy plays: the same numbers from the same weights, for every cell, depth and input."""

from typing import Any

import numpy as np
import pytest
import torch

from charplay.corpora.vocabulary import Vocabulary
from charplay.fs.registry import entry_names
from charplay.recipes.recipe import Recipe
from charplay.sampling.model import CharModel
from charplay.training.network import CharNet

VOCABULARY = Vocabulary("abcdefghijkl")
INPUTS = [{}, {"input": "one-hot", "embedding_size": None}, {"input": "scalar", "embedding_size": None},
          {"input": "scalar", "embedding_size": None, "scalar_scale": "none"}]  # fmt: skip


@pytest.mark.parametrize("cell", entry_names("training/cells"))
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("inputs", INPUTS, ids=str)
def test_one_step_from_the_same_state(cell: str, depth: int, scale: float, inputs: dict[str, str | None]) -> None:
    torch.manual_seed(depth)
    settings: dict[str, Any] = {"embedding_size": 5, **inputs}
    recipe = Recipe(cell=cell, hidden_size=16, num_layers=depth, output_dropout=0.0, steps=1, **settings)
    network = CharNet(recipe, len(VOCABULARY)).eval()
    with torch.no_grad():
        for weight in network.named_weights().values():
            weight.mul_(scale)
    weights = network.export_weights()
    ids = np.random.default_rng(0).integers(0, len(VOCABULARY), 12)
    for torch_type, numpy_type, within in ((torch.float32, np.float32, 1e-5), (torch.float64, np.float64, 1e-10)):
        model = CharModel.load(weights, recipe, VOCABULARY, dtype=numpy_type)
        network.to(torch_type).load_weights(weights)
        state = model.zero_state()
        for one in ids:
            parts = [[torch.from_numpy(part.copy()).view(1, 1, -1) for part in layer] for layer in state]
            with torch.no_grad():
                logits, _ = network(torch.tensor([[one]]), tuple(map(tuple, parts)), last_only=True)
            state, ours = model.step(state, int(one))
            theirs = logits[0].numpy()
            assert np.abs(ours - theirs).max() <= within * max(1.0, np.abs(theirs).max())


@pytest.mark.parametrize("cell", entry_names("training/cells"))
def test_the_comparison_sees_a_swapped_gate(cell: str) -> None:
    recipe = Recipe(cell=cell, hidden_size=16, num_layers=1, embedding_size=5, output_dropout=0.0, steps=1)
    network = CharNet(recipe, len(VOCABULARY)).eval()
    weights = network.export_weights()
    weights["rnn.weight_ih_l0"] = np.roll(weights["rnn.weight_ih_l0"], 16, axis=0)
    model = CharModel.load(weights, recipe, VOCABULARY)
    with torch.no_grad():
        logits, _ = network(torch.tensor([[3]]), network.zero_state(1), last_only=True)
    _, ours = model.step(model.zero_state(), 3)
    assert np.abs(ours - logits[0].numpy()).max() > 1e-3
