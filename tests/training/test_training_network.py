"""The network: its cells against explicit gates, its weights' names and number, what dropout does to it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.parameter import Parameter

from charplay.fs.registry import entry_names
from charplay.recipes.network import parameter_count
from charplay.recipes.recipe import Recipe
from charplay.training.dropout import drop
from charplay.training.network import CharNet


def network_of(size: int = 9, **settings: Any) -> CharNet:
    torch.manual_seed(3)
    return CharNet(
        Recipe.model_validate(
            {"hidden_size": 7, "embedding_size": 5, "num_layers": 2, "output_dropout": 0.0, "steps": 1, **settings}
        ),
        size,
    )


def lstm(
    x: torch.Tensor, h: torch.Tensor, c: torch.Tensor, w_ih: Parameter, w_hh: Parameter, bias: Parameter
) -> tuple[torch.Tensor, torch.Tensor]:
    i, f, g, o = (w_ih @ x + w_hh @ h + bias).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def gru(x: torch.Tensor, h: torch.Tensor, w_ih: Parameter, w_hh: Parameter, bias: Parameter) -> tuple[torch.Tensor]:
    (r, z, n), (hr, hz, hn) = (w_ih @ x + bias).chunk(3), (w_hh @ h).chunk(3)
    r, z = torch.sigmoid(r + hr), torch.sigmoid(z + hz)
    return ((1 - z) * torch.tanh(n + r * hn) + z * h,)


NAIVE: dict[str, Callable[..., tuple[torch.Tensor, ...]]] = {"lstm": lstm, "gru": gru}


@pytest.mark.parametrize("cell", entry_names("training/cells"))
def test_fused_layers_and_their_gradients_are_the_explicit_gates(cell: str) -> None:
    network = network_of(cell=cell).double()
    ids = torch.randint(0, 9, (11, 1))
    state = network.zero_state(1)
    logits, _ = network(ids, state)
    loss = torch.nn.functional.cross_entropy(logits[:-1, 0], ids[1:, 0])
    weights = network.named_weights()
    fused = torch.autograd.grad(loss, list(weights.values()))
    states = [tuple(part.view(-1) for part in layer) for layer in state]
    rows = []
    for one in ids[:, 0]:
        x = weights["embedding.weight"][one]
        for k in range(2):
            arguments = (weights[f"rnn.{name}_l{k}"] for name in ("weight_ih", "weight_hh", "bias"))
            states[k] = NAIVE[cell](x, *states[k], *arguments)
            x = states[k][0]
        rows.append(weights["output.weight"] @ x + weights["output.bias"])
    naive_logits = torch.stack(rows)
    assert torch.allclose(naive_logits, logits[:, 0], atol=1e-12)
    naive = torch.autograd.grad(
        torch.nn.functional.cross_entropy(naive_logits[:-1], ids[1:, 0]), list(weights.values())
    )
    for one, other in zip(fused, naive, strict=True):
        assert torch.allclose(one, other, atol=1e-12)


@pytest.mark.parametrize("cell", entry_names("training/cells"))
@pytest.mark.parametrize("inputs", ["embedding", "one-hot", "scalar"])
def test_parameters_are_the_literatures(cell: str, inputs: str) -> None:
    settings: dict[str, Any] = {"cell": cell, "input": inputs, "sequence_length": 3, "batch_size": 2}
    network = network_of(**settings)
    recipe = Recipe(hidden_size=7, embedding_size=5, num_layers=2, output_dropout=0.0, steps=1, **settings)
    trainable = sum(p.numel() for p in network.parameters() if p.requires_grad)
    assert trainable == network.parameter_count() == parameter_count(recipe, 9)


@pytest.mark.parametrize("cell", entry_names("training/cells"))
def test_reading_in_pieces_is_reading_at_once(cell: str) -> None:
    network = network_of(cell=cell).double()
    ids = torch.randint(0, 9, (12, 3))
    whole, end = network(ids, network.zero_state(3))
    first, state = network(ids[:5], network.zero_state(3))
    second, state = network(ids[5:], state)
    assert torch.allclose(torch.cat((first, second)), whole, atol=1e-12)
    assert all(
        torch.allclose(a, b, atol=1e-12)
        for one, other in zip(state, end, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    last, _ = network(ids, network.zero_state(3), last_only=True)
    assert torch.allclose(last, whole[-1], atol=1e-12)


@given(st.sampled_from(["lstm", "gru"]), st.integers(1, 4))
@settings(max_examples=10, deadline=None)
def test_weights_come_back(cell: str, depth: int) -> None:
    one, other = network_of(cell=cell, num_layers=depth), network_of(cell=cell, num_layers=depth)
    with torch.no_grad():
        for weight in other.parameters():
            weight.add_(1)
    other.load_weights(one.export_weights())
    for name, array in one.export_weights().items():
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert np.array_equal(array, other.export_weights()[name])


def test_exported_weights_do_not_follow_training() -> None:
    network = network_of()
    weights = network.export_weights()
    before = {name: array.copy() for name, array in weights.items()}
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(1)
    assert all(np.array_equal(weights[name], before[name]) for name in weights)


@pytest.mark.parametrize("cell", entry_names("training/cells"))
def test_initialization(cell: str) -> None:
    network = network_of(cell=cell, num_layers=1, hidden_size=16)
    (layer,) = network.layers
    for gate in layer.weight_hh_l0.detach().chunk(network.gates):
        assert torch.allclose(gate @ gate.T, torch.eye(16), atol=1e-5)
    limit = (6 / (5 + network.gates * 16)) ** 0.5
    assert 0.9 * limit < layer.weight_ih_l0.abs().max() <= limit
    biases = layer.bias_ih_l0.detach().view(network.gates, 16)
    assert biases.sum() == (16 if cell == "lstm" else 0)
    assert cell != "lstm" or (biases[1] == 1).all(), "the forget gate is torch's second"
    assert not layer.bias_hh_l0.any()
    assert not layer.bias_hh_l0.requires_grad


@pytest.mark.parametrize("cell", entry_names("training/cells"))
def test_weight_drop_is_one_mask_for_a_sequence_and_off_when_evaluating(cell: str) -> None:
    ids = torch.randint(0, 9, (8, 2))
    dropped, plain = network_of(cell=cell, weight_drop=0.5), network_of(cell=cell)
    dropped.load_weights(plain.export_weights())
    state = plain.zero_state(2)
    assert torch.equal(dropped.eval()(ids, state)[0], plain.eval()(ids, state)[0])
    dropped.train()
    assert not torch.allclose(dropped(ids, state)[0], dropped(ids, state)[0])
    mask_seed = torch.get_rng_state()
    noisy, _ = dropped(ids, state)
    torch.set_rng_state(mask_seed)
    with torch.no_grad():
        for layer in plain.layers:
            layer.weight_hh_l0.copy_(drop(layer.weight_hh_l0, 0.5))
    assert torch.allclose(plain(ids, state)[0], noisy, atol=1e-6)


def test_a_recipe_that_is_not_resolved_is_refused() -> None:
    with pytest.raises(TypeError, match="not resolved"):
        network_of(hidden_size="auto")
