"""Arrays of Keras's layers become the weights of plain layers, by the names and in the layout of torch.

Keras multiplies from the left, so its matrices are turned. Its LSTM has the gates i, f, c, o, in torch's order; its GRU
has z, r, h where torch has r, z, n.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from charplay.recipes.network import GATES
from charplay.runs.keras_config import LETTERS, require_order
from charplay.runs.plain_layers import WeightsError

Arrays = Sequence[NDArray[Any]]


class KerasLayer(NamedTuple):
    """A layer with its arrays, in Keras's order: kernel, recurrent kernel, bias."""

    kind: str
    """Embedding, LSTM, GRU or Dense."""
    name: str
    arrays: Arrays


def guess_layers(found: Mapping[str, Arrays], *, ordered: bool) -> list[KerasLayer]:
    """Tell layers by the shapes of their arrays, where no description is kept; `found` has them by name.

    `ordered` says whether they come from the input to the output. Where not, recurrent ones come as they are numbered.
    """
    layers = [KerasLayer(_kind(name, arrays), name, arrays) for name, arrays in found.items()]
    if not ordered:
        layers.sort(key=lambda layer: "ERD".index(LETTERS[layer.kind]))
    require_order("".join(LETTERS[layer.kind] for layer in layers))
    if silent := [layer.name for layer in layers if layer.kind == "GRU" and len(layer.arrays) == 2]:
        raise WeightsError(
            f"its layer {silent[0][:80]!r} is a GRU without a bias, which does not tell whether it resets before the "
            "product or after it; save the whole model, as model.save('model.keras') does"
        )
    return layers


def _kind(name: str, arrays: Arrays) -> str:
    match [array.shape for array in arrays]:
        case [(_, _)]:
            return "Embedding"
        case [(_, wide), (many,)] if wide == many:
            return "Dense"
        case [(_, wide), (hidden, also), *_] if wide == also:
            for kind in ("LSTM", "GRU"):
                if wide == GATES[kind.lower()] * hidden:
                    return kind
    raise WeightsError(
        f"its layer {name[:80]!r} has arrays of the shapes {_shapes(arrays)}, as no layer of charplay's has; "
        "an Embedding, LSTM or GRU layers and a Dense can be read"
    )


def plain_state(layers: Sequence[KerasLayer]) -> dict[str, NDArray[Any]]:
    """Return the weights by the names of modules `embedding`, `rnn` and `output`.

    Raises WeightsError where arrays do not have a layer's shapes, or a GRU computes what charplay's does not.
    """
    plain: dict[str, NDArray[Any]] = {}
    depth = 0
    for layer in layers:
        match layer.kind:
            case "Embedding":
                if [array.ndim for array in layer.arrays] != [2]:
                    raise _odd(layer)
                plain["embedding.weight"] = layer.arrays[0]
            case "Dense":
                plain |= _output(layer)
            case _:
                plain |= {f"rnn.{name}_l{depth}": array for name, array in _recurrent(layer).items()}
                depth += 1
    return plain


def _output(layer: KerasLayer) -> dict[str, NDArray[Any]]:
    match layer.arrays:
        case [kernel, *bias] if kernel.ndim == 2 and [each.shape for each in bias] in ([], [kernel.shape[1:]]):
            return {"output.weight": kernel.T, "output.bias": bias[0] if bias else np.zeros(len(kernel.T), np.float32)}
    raise _odd(layer)


def _recurrent(layer: KerasLayer) -> dict[str, NDArray[Any]]:
    """Return a recurrent layer's weights by torch's names, without the layer's number."""
    if [each.ndim for each in layer.arrays[:2]] != [2, 2]:
        raise _odd(layer)
    kernel, recurrent, *bias = layer.arrays
    hidden = len(recurrent)
    rows = GATES[layer.kind.lower()] * hidden
    biases = [each.shape for each in bias]
    if layer.kind == "GRU" and biases == [(rows,)]:
        raise WeightsError(
            f"its layer {layer.name[:80]!r} resets before the product (reset_after=False), U (r * h), and "
            "charplay's GRU after it, r * (U h), as torch's: train it with reset_after=True, use_bias=False, or an LSTM"
        )
    allowed = [(rows,) if layer.kind == "LSTM" else (2, rows)]
    if {kernel.shape[1], recurrent.shape[1]} != {rows} or biases not in ([], allowed):
        raise _odd(layer)
    weights = {"weight_ih": kernel.T, "weight_hh": recurrent.T}
    if bias:
        weights |= dict(zip(("bias_ih", "bias_hh"), np.atleast_2d(bias[0]), strict=False))
    if layer.kind == "GRU":
        weights = {name: _in_order_of_torch(array, hidden) for name, array in weights.items()}
        if np.any(weights.get("bias_hh", np.zeros(rows))[2 * hidden :]):
            raise WeightsError(
                f"its layer {layer.name[:80]!r} has a bias inside the reset gate, r * (U h + b), which charplay's GRU "
                "does not have, r * (U h): train it with use_bias=False, or an LSTM"
            )
    return weights


def _in_order_of_torch(gates: NDArray[Any], hidden: int) -> NDArray[Any]:
    """Turn z, r, h, which lie one under another, into r, z, h."""
    return np.concatenate([gates[hidden : 2 * hidden], gates[:hidden], gates[2 * hidden :]])


def _odd(layer: KerasLayer) -> WeightsError:
    return WeightsError(
        f"its layer {layer.name[:80]!r} has arrays of the shapes {_shapes(layer.arrays)}, as no {layer.kind} has; "
        "save the model once more"
    )


def _shapes(arrays: Arrays) -> str:
    return ", ".join(str(array.shape) for array in arrays)[:200] or "none"
