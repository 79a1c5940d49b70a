"""The plain path writes what a plain loop writes: gate by gate, and one softmax after another."""

import math
from itertools import islice
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sampling_models import TEXT, network, random_tensors

from charplay.corpora.vocabulary import Vocabulary
from charplay.fs.registry import entry_names
from charplay.sampling.character_stream import character_stream
from charplay.sampling.generator import OPENING, TextGenerator
from charplay.sampling.model import CharModel
from charplay.sampling.params import SamplingParams
from charplay.sampling.random_stream import uniform

LENGTH = 1500
GATES = {"lstm": 4, "gru": 3}
Tensors = dict[str, NDArray[Any]]


def sigmoid(x: NDArray[Any]) -> NDArray[Any]:
    return np.tanh(x * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)


def step(cell: str, tensors: Tensors, layers: int, state: NDArray[Any], one: int) -> NDArray[Any]:
    """The state after a character, gate by gate in float32."""
    x, new = tensors["embedding.weight"][one], np.empty_like(state)
    for layer in range(layers):
        weight_ih, weight_hh, bias = (tensors[f"rnn.{name}_l{layer}"] for name in ("weight_ih", "weight_hh", "bias"))
        h = state[layer, 0]
        entering = np.split(weight_ih @ x + bias, GATES[cell])
        returning = (weight_hh.reshape(GATES[cell], -1, len(h)) @ h).reshape(GATES[cell], -1)
        if cell == "lstm":
            i, f, g, o = (a + b for a, b in zip(entering, returning, strict=True))
            new[layer, 1] = sigmoid(f) * state[layer, 1] + sigmoid(i) * np.tanh(g)
            new[layer, 0] = sigmoid(o) * np.tanh(new[layer, 1])
        else:
            r, z = (sigmoid(a + b) for a, b in zip(entering[:2], returning[:2], strict=True))
            n = np.tanh(entering[2] + r * returning[2])
            new[layer, 0] = (h - n) * z + n
        x = new[layer, 0]
    return new


def softmax(logits: NDArray[Any]) -> NDArray[Any]:
    weights: NDArray[Any] = np.exp(logits - logits.max())
    weights /= weights.sum()
    return weights


@pytest.mark.parametrize("cell", entry_names("sampling/cells"))
@pytest.mark.parametrize(("hidden_size", "layers"), [(64, 1), (33, 2), (520, 1)])
@pytest.mark.parametrize("temperature", [0.0, 0.3, 0.8, 1.0, 1.7])
def test_the_characters_and_what_is_said_of_them(cell: str, hidden_size: int, layers: int, temperature: float) -> None:
    recipe = network(cell=cell, hidden_size=hidden_size, num_layers=layers)
    vocabulary = Vocabulary.of(TEXT)
    tensors = random_tensors(recipe, len(vocabulary), scale=1.5 * hidden_size**-0.5)
    params = SamplingParams(temperature=temperature, seed=5)
    generator = TextGenerator(CharModel.load(tensors, recipe, vocabulary), params=params)
    length = LENGTH if hidden_size < 500 else LENGTH // 5
    streamed = "".join(islice(character_stream(generator), length))
    written = generator.advance(most=length)
    assert streamed == generator.text
    parts = 2 if cell == "lstm" else 1
    state = np.zeros((layers, parts, hidden_size), np.float32)
    state = step(cell, tensors, layers, state, vocabulary.encode(OPENING).item())
    for t, found in enumerate(written):
        logits = (tensors["output.weight"] @ state[-1, 0] + tensors["output.bias"]).astype(np.float64)
        raw = softmax(logits)
        filtered = softmax(logits / temperature) if temperature else np.eye(len(raw))[logits.argmax()]
        one = int(np.searchsorted(np.cumsum(filtered), uniform(5, t), side="right"))
        assert (found.id, found.character) == (one, vocabulary.characters[one])
        assert found.probability == pytest.approx(filtered[one], rel=1e-4, abs=1e-5)
        assert found.surprise == pytest.approx(-math.log2(raw[one]), rel=1e-4, abs=1e-5)
        assert found.entropy == pytest.approx(-(raw * np.log2(raw)).sum(), rel=1e-4, abs=1e-5)
        state = step(cell, tensors, layers, state, one)
