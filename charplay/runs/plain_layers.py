"""Weights as plain layers have them: an embedding, stacked recurrent layers with torch's two biases, a linear output.

Every kind of input is an embedding there: the rows of a one-hot input are those of the identity, and a scalar input's
hold each character's number. So three plain layers compute what a checkpoint's network does, whatever its recipe.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.errors import CharplayError
from charplay.recipes.network import GATES
from charplay.runs.checkpoint import Checkpoint

Weights = Mapping[str, NDArray[Any]]

PLAIN_CELLS = ("lstm", "gru")
"""Cells that torch has a layer for."""


FIRST = "weight_ih_l0"
OF_LAYER = re.compile(r"_l\d+(_reverse)?$")
"""Ends the names of torch's recurrent weights."""


class WeightsError(CharplayError):
    """Weights of another program do not make a network of charplay's; the message is a sentence with the reason."""


class PlainNetwork(NamedTuple):
    """A network that came as plain layers."""

    cell: str
    input: str
    """`embedding`, `one-hot`, or `scalar`."""
    tensors: dict[str, NDArray[np.float32]]
    """By their names in a checkpoint; characters are in the order of the file's ids."""

    @property
    def num_layers(self) -> int:
        """How many recurrent layers there are."""
        return sum(name.startswith("rnn.bias_l") for name in self.tensors)

    @property
    def hidden_size(self) -> int:
        """Units in each of them."""
        return int(self.tensors["output.weight"].shape[1])

    @property
    def embedding_size(self) -> int | None:
        """Width of an embedding; None where there is none."""
        embedding = self.tensors.get("embedding.weight")
        return None if embedding is None else int(embedding.shape[1])

    @property
    def vocabulary_size(self) -> int:
        """How many characters it knows."""
        return int(self.tensors["output.weight"].shape[0])

    @property
    def input_size(self) -> int:
        """Width of what enters the first recurrent layer."""
        return self.embedding_size or (1 if self.input == "scalar" else self.vocabulary_size)

    def in_order_of(self, characters: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the tensors for sorted characters, where `characters` has them in the order of the file's ids.

        Raises WeightsError where they cannot be sorted, since a character's number is what enters the network.
        """
        order = sorted(range(len(characters)), key=characters.__getitem__)
        if self.input == "scalar" and order != list(range(len(characters))):
            raise WeightsError(
                "the network reads a character as its number, and charplay numbers sorted characters; "
                "train it anew with a sorted vocabulary"
            )
        rows = {"embedding.weight", "output.weight", "output.bias"}
        ordered = {name: tensor[order] if name in rows else tensor for name, tensor in self.tensors.items()}
        if self.input == "one-hot":
            ordered["rnn.weight_ih_l0"] = ordered["rnn.weight_ih_l0"][:, order]
        return ordered


def plain_layers(checkpoint: Checkpoint) -> dict[str, NDArray[np.float32]]:
    """Return a checkpoint's weights by the names of modules `embedding`, `rnn` and `output`.

    Raises WeightsError for a cell that plain layers do not have.
    """
    recipe, size = checkpoint.recipe, len(checkpoint.vocabulary)
    if recipe.cell not in PLAIN_CELLS:
        raise WeightsError(
            f"torch has no plain layer for the cell {recipe.cell}; only {' and '.join(PLAIN_CELLS)} can be exported so"
        )
    plain = {"embedding.weight": _embedding(checkpoint, size)}
    for name, tensor in checkpoint.tensors.items():
        if name.startswith("rnn.bias_l"):
            layer = name.removeprefix("rnn.bias_l")
            plain |= {f"rnn.bias_ih_l{layer}": tensor, f"rnn.bias_hh_l{layer}": np.zeros_like(tensor)}
        else:
            plain[name] = tensor
    return plain


def _embedding(checkpoint: Checkpoint, size: int) -> NDArray[np.float32]:
    """Return what enters the first layer for each character: (V, width)."""
    recipe = checkpoint.recipe
    if recipe.input == "embedding":
        return checkpoint.tensors["embedding.weight"]
    if recipe.input == "one-hot":
        return np.eye(size, dtype=np.float32)
    scale = size if recipe.scalar_scale == "vocabulary" else 1
    return (np.arange(size) / scale).astype(np.float32)[:, None]


def read_plain_layers(weights: Weights) -> PlainNetwork:
    """Recognize the layers of a state dict, whatever its modules are called. Raises WeightsError with what is odd."""
    first = [name.removesuffix(FIRST) for name in weights if name.rpartition(".")[2] == FIRST]
    recurrent = _only(first, "stack of recurrent layers")
    names = {name for name in weights if name.startswith(recurrent) and OF_LAYER.search(name)}
    layers = {name.removeprefix(recurrent): weights[name] for name in names}
    rest = {name: tensor for name, tensor in weights.items() if name not in names}
    modules = {name.rpartition(".")[0] for name in rest}
    linear = _only([each for each in modules if _key(each, "bias") in rest], "linear output")
    embeddings = sorted(modules - {linear})
    tensors = {"output.weight": _weight(rest, linear), "output.bias": rest[_key(linear, "bias")]}
    if embeddings:
        tensors["embedding.weight"] = _weight(rest, _only(embeddings, "embedding"))
    cell, found = _recurrent(layers)
    tensors |= found
    scalar = found["rnn.weight_ih_l0"].shape[1] == 1
    network = PlainNetwork(
        cell,
        "embedding" if embeddings else "scalar" if scalar else "one-hot",
        {name: np.array(tensor, np.float32, order="C") for name, tensor in tensors.items()},
    )
    _require_fit(network)
    return network


def _only(found: Sequence[str], what: str) -> str:
    if len(found) != 1:
        raise WeightsError(f"the weights have {len(found) or 'no'} {what}{'s' * (len(found) > 1)}; one is needed")
    return found[0]


def _key(module: str, name: str) -> str:
    return f"{module}.{name}" if module else name


def _weight(weights: Weights, module: str) -> NDArray[Any]:
    weight = weights.get(_key(module, "weight"))
    if weight is None or weight.ndim != 2:
        raise WeightsError(f"its module {module!r} has no matrix of weights, as an embedding and a linear output have")
    return weight


def _recurrent(layers: Weights) -> tuple[str, dict[str, NDArray[Any]]]:
    """Return the cell, and the layers' tensors by their names in a checkpoint."""
    depth = 1 + max(int(name.rpartition("_l")[2]) for name in layers if name.rpartition("_l")[2].isdecimal())
    known = {f"{name}_l{layer}" for layer in range(depth) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    if odd := sorted(layers.keys() - known):
        raise WeightsError(
            f"its recurrent layers have {odd[0]!r}, as bidirectional or projected ones do; charplay has none of these"
        )
    if missing := sorted({name for name in known if name.startswith("weight")} - layers.keys()):
        raise WeightsError(f"its recurrent layers lack {missing[0]}; save the whole state dict")
    if flat := sorted(name for name in known if name.startswith("weight") and layers[name].ndim != 2):
        raise WeightsError(f"its {flat[0]} is no matrix; save the whole state dict")
    rows, hidden = layers["weight_hh_l0"].shape
    cell = next((name for name in PLAIN_CELLS if rows == GATES[name] * hidden), "")
    if not cell:
        raise WeightsError(
            f"its recurrent layer has {rows} rows for {hidden} units; an LSTM has four times as many, a GRU three"
        )
    tensors: dict[str, NDArray[Any]] = {}
    for layer in range(depth):
        zero = np.zeros(rows, np.float32)
        first, second = layers.get(f"bias_ih_l{layer}", zero), layers.get(f"bias_hh_l{layer}", zero)
        if {first.shape, second.shape, layers[f"weight_hh_l{layer}"].shape[:1]} != {(rows,)}:
            raise WeightsError(
                f"its recurrent layer {layer + 1} is of another cell or size than the first, which has {rows} rows; "
                "charplay's layers are of one cell and one size"
            )
        if cell == "gru" and np.any(second[2 * hidden :]):
            raise WeightsError(
                "its GRU has a bias inside the reset gate, which charplay's cell does not have; train it without, "
                "with bias_hh frozen at zero"
            )
        tensors[f"rnn.weight_ih_l{layer}"] = layers[f"weight_ih_l{layer}"]
        tensors[f"rnn.weight_hh_l{layer}"] = layers[f"weight_hh_l{layer}"]
        tensors[f"rnn.bias_l{layer}"] = first + second
    return cell, tensors


def _require_fit(network: PlainNetwork) -> None:
    """Raise WeightsError where one layer's width is not what the next one takes, or a number is none."""
    tensors, hidden, width = network.tensors, network.hidden_size, network.input_size
    rows = GATES[network.cell] * hidden
    needed: dict[str, tuple[int, ...]] = {"output.bias": (network.vocabulary_size,)}
    if network.input == "embedding":
        needed["embedding.weight"] = (network.vocabulary_size, width)
    for layer in range(network.num_layers):
        entering = tensors[f"rnn.weight_ih_l{layer}"].shape[1]
        if entering != (hidden if layer else width):
            raise WeightsError(
                f"its recurrent layer {layer + 1} takes {entering} numbers and is given {hidden if layer else width}; "
                "an embedding, one-hot or scalar input, stacked layers of one size and a linear output can be read"
            )
        needed |= {f"rnn.weight_ih_l{layer}": (rows, entering), f"rnn.weight_hh_l{layer}": (rows, hidden)}
        needed[f"rnn.bias_l{layer}"] = (rows,)
    for name, tensor in tensors.items():
        if tensor.shape != needed.get(name, tensor.shape):
            raise WeightsError(f"its {name} has the shape {tensor.shape}, where the other layers need {needed[name]}")
        if not np.isfinite(tensor).all():
            raise WeightsError(f"its {name} holds numbers that are not finite; import an earlier checkpoint")
