"""The numpy cells against torch's own layers: one step from the same state gives the same logits."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn.modules.container import ModuleDict

from charplay.corpora.vocabulary import Vocabulary
from charplay.fs.registry import entry_names
from charplay.recipes.recipe import Recipe
from charplay.sampling.model import CharModel

TORCH = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
VOCABULARY = Vocabulary("".join(map(chr, range(32, 97))))
HIDDEN, EMBEDDING = 48, 20


def network(cell: str, layers: int, scale: float, dtype: torch.dtype) -> ModuleDict:
    """torch's embedding, recurrent layers and output, its second biases zero, and all weights scaled."""
    torch.manual_seed(layers)
    modules = torch.nn.ModuleDict(
        {
            "embedding": torch.nn.Embedding(len(VOCABULARY), EMBEDDING),
            "rnn": TORCH[cell](EMBEDDING, HIDDEN, layers),
            "output": torch.nn.Linear(HIDDEN, len(VOCABULARY)),
        }
    ).to(dtype)
    with torch.no_grad():
        for name, parameter in modules.named_parameters():
            parameter.mul_(0 if "bias_hh" in name else scale)
    return modules.eval()


def tensors_of(modules: ModuleDict) -> dict[str, Any]:
    return {
        name.replace("bias_ih", "bias"): parameter.detach().numpy()
        for name, parameter in modules.named_parameters()
        if "bias_hh" not in name
    }


@pytest.mark.parametrize("cell", entry_names("sampling/cells"))
@pytest.mark.parametrize("layers", [1, 2, 3, 4])
@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_one_step_from_the_same_state_gives_the_same_logits(
    cell: str, layers: int, scale: float, dtype: torch.dtype, tolerance: float
) -> None:
    modules = network(cell, layers, scale, dtype)
    recipe = Recipe().model_copy(
        update={"cell": cell, "num_layers": layers, "hidden_size": HIDDEN, "embedding_size": EMBEDDING}
    )
    tensors = tensors_of(modules)
    model = CharModel.load(tensors, recipe, VOCABULARY, dtype=tensors["output.bias"].dtype)
    state = model.zero_state()
    for one in np.random.default_rng(0).integers(0, len(VOCABULARY), 10).tolist():
        parts = [torch.tensor(np.ascontiguousarray(state[:, part])) for part in range(state.shape[1])]
        with torch.no_grad():
            output, after = modules["rnn"](
                modules["embedding"](torch.tensor([one])), tuple(parts) if len(parts) > 1 else parts[0]
            )
            expected = modules["output"](output)[0].numpy()
        state, logits = model.step(state, one)
        expected_state = (
            np.stack([part.numpy() for part in after], axis=1) if len(parts) > 1 else after.numpy()[:, None]
        )
        assert np.abs(logits - expected).max() <= tolerance * max(1, np.abs(expected).max())
        assert np.abs(state - expected_state).max() <= tolerance * max(1, np.abs(expected_state).max())
