"""Models of Keras as their files hold them, made with h5py; and what they compute, by Keras's own equations."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import h5py
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass
class Layer:
    """A layer: its class, what it was told, its arrays by Keras's names."""

    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, Any] = field(default_factory=dict)


def numbers(rng: np.random.Generator, *shape: int) -> Floats:
    return rng.normal(scale=0.4, size=shape).astype(np.float32)


def embedding(rng: np.random.Generator, size: int, width: int) -> Layer:
    options = {"input_dim": size, "output_dim": width, "mask_zero": False}
    return Layer("Embedding", options, {"embeddings": numbers(rng, size, width)})


def lstm(rng: np.random.Generator, width: int, hidden: int, **options: Any) -> Layer:
    arrays = {
        "kernel": numbers(rng, width, 4 * hidden),
        "recurrent_kernel": numbers(rng, hidden, 4 * hidden),
        "bias": numbers(rng, 4 * hidden),
    }
    told = {"units": hidden, "activation": "tanh", "recurrent_activation": "sigmoid", "return_sequences": True}
    return Layer("LSTM", told | options, arrays)


def gru(rng: np.random.Generator, width: int, hidden: int, **options: Any) -> Layer:
    """A GRU that resets after the product, without a bias there."""
    bias = numbers(rng, 2, 3 * hidden)
    bias[1, 2 * hidden :] = 0
    arrays = {
        "kernel": numbers(rng, width, 3 * hidden), "recurrent_kernel": numbers(rng, hidden, 3 * hidden), "bias": bias,
    }  # fmt: skip
    told = {"units": hidden, "activation": "tanh", "recurrent_activation": "sigmoid", "reset_after": True}
    return Layer("GRU", told | options, arrays)


def dense(rng: np.random.Generator, hidden: int, size: int, **options: Any) -> Layer:
    arrays = {"kernel": numbers(rng, hidden, size), "bias": numbers(rng, size)}
    return Layer("Dense", {"units": size, "activation": "softmax"} | options, arrays)


def dropout() -> Layer:
    return Layer("Dropout", {"rate": 0.2})


RECURRENT: dict[str, Callable[..., Layer]] = {"lstm": lstm, "gru": gru}


def stacked(
    cell: str = "lstm",
    depth: int = 1,
    *,
    size: int = 7,
    hidden: int = 5,
    width: int = 3,
    embedded: bool = True,
    seed: int = 0,
) -> list[Layer]:
    """A network with dropout between and before the output; `width` numbers enter, from an embedding or as they are."""
    rng = np.random.default_rng(seed)
    layers = [embedding(rng, size, width)] if embedded else []
    for number in range(depth):
        layers += [RECURRENT[cell](rng, hidden if number else width, hidden), dropout()]
    return [*layers, dense(rng, hidden, size)]


def keras_logits(layers: Sequence[Layer], entering: NDArray[Any]) -> NDArray[np.float64]:
    """What comes out before the softmax, (T, V): of ids (T,) where there is an embedding, else of rows (T, width)."""
    flow: Any = entering
    for layer in layers:
        arrays = {name: np.asarray(array, np.float64) for name, array in layer.arrays.items()}
        match layer.kind:
            case "Embedding":
                flow = arrays["embeddings"][flow]
            case "LSTM":
                flow = _lstm(flow, **arrays)
            case "GRU":
                flow = _gru(flow, **arrays)
            case "Dense" | "TimeDistributed":
                flow = flow @ arrays["kernel"] + arrays.get("bias", 0)
    return np.asarray(flow)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _lstm(inputs: Any, kernel: Any, recurrent_kernel: Any, bias: Any = 0) -> Any:
    """keras.layers.LSTMCell.call, implementation 2."""
    outputs, h, c = [], np.zeros(len(recurrent_kernel)), np.zeros(len(recurrent_kernel))
    for x in inputs:
        z_i, z_f, z_c, z_o = np.split(x @ kernel + h @ recurrent_kernel + bias, 4)
        c = _sigmoid(z_f) * c + _sigmoid(z_i) * np.tanh(z_c)
        h = _sigmoid(z_o) * np.tanh(c)
        outputs.append(h)
    return np.array(outputs)


def _gru(inputs: Any, kernel: Any, recurrent_kernel: Any, bias: Any = (0, 0)) -> Any:
    """keras.layers.GRUCell.call, reset_after."""
    outputs, h = [], np.zeros(len(recurrent_kernel))
    for x in inputs:
        x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3)
        recurrent_z, recurrent_r, recurrent_h = np.split(h @ recurrent_kernel + bias[1], 3)
        z, r = _sigmoid(x_z + recurrent_z), _sigmoid(x_r + recurrent_r)
        h = z * h + (1 - z) * np.tanh(x_h + r * recurrent_h)
        outputs.append(h)
    return np.array(outputs)


def named(layers: Sequence[Layer], *, step: int = 1) -> list[tuple[str, Layer]]:
    """Call layers as Keras does: lstm, lstm_1, lstm_2; TensorFlow 2.12 counts by twos within files."""
    counted: dict[str, int] = {}
    found = []
    for layer in layers:
        name = {"TimeDistributed": "time_distributed"}.get(layer.kind, layer.kind.lower())
        count = counted[name] = counted.get(name, -1) + 1
        found.append((f"{name}_{count * step}" if count else name, layer))
    return found


def description(layers: Sequence[Layer], *, kind: str = "Sequential") -> dict[str, Any]:
    """What a file says of the layers; as `Functional`, with the layer that each one reads."""
    described: list[dict[str, Any]] = []
    for name, layer in named(layers):
        one: dict[str, Any] = {"class_name": layer.kind, "config": {"name": name, **layer.options}, "name": name}
        one["inbound_nodes"] = [[[described[-1]["name"], 0, 0, {}]]] if described else []
        described.append(one)
    return {"class_name": kind, "config": {"name": "model", "layers": described}}


def write_named(group: Any, layers: Sequence[Layer], version: str) -> None:
    """Keras 2's layout of weights."""
    group.attrs["layer_names"] = [name.encode() for name, _ in named(layers)]
    group.attrs["keras_version"] = version.encode()
    for name, layer in named(layers):
        below = group.create_group(name)
        paths = [f"{name}/{name}_cell/{array}:0" for array in layer.arrays]
        below.attrs["weight_names"] = [path.encode() for path in paths]
        for path, array in zip(paths, layer.arrays.values(), strict=True):
            below[path] = array


def write_numbered(group: Any, layers: Sequence[Layer], *, step: int = 1) -> None:
    """Keras 3's layout of weights."""
    inside = {"LSTM": "cell/vars", "GRU": "cell/vars", "TimeDistributed": "layer/vars"}
    for name, layer in named(layers, step=step):
        below = group.create_group(f"{name}/vars")
        below.attrs["name"] = name
        below = group.require_group(f"{name}/{inside.get(layer.kind, 'vars')}")
        for number, array in enumerate(layer.arrays.values()):
            below[str(number)] = array


def write_whole(path: Path, layers: Sequence[Layer], version: str = "2.15.0", **described: Any) -> None:
    """`model.save("model.h5")`."""
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(description(layers, **described))
        write_named(file.create_group("model_weights"), layers, version)
        file.create_group("optimizer_weights")


def write_weights(path: Path, layers: Sequence[Layer], version: str = "2.15.0") -> None:
    """`model.save_weights("weights.h5")` of Keras 2."""
    with h5py.File(path, "w") as file:
        write_named(file, layers, version)


def write_numbered_weights(path: Path, layers: Sequence[Layer]) -> None:
    """`model.save_weights("model.weights.h5")` of Keras 3."""
    with h5py.File(path, "w") as file:
        write_numbered(file.create_group("layers"), layers)
        file["optimizer/vars/0"] = np.int64(3)


def write_archive(path: Path, layers: Sequence[Layer], container: str = "layers", step: int = 1, **how: Any) -> None:
    """`model.save("model.keras")`."""
    file = io.BytesIO()
    with h5py.File(file, "w") as weights:
        write_numbered(weights.create_group(container), layers, step=step)
    with ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", json.dumps(description(layers, **how)))
        archive.writestr("model.weights.h5", file.getvalue())


def write_older_archive(path: Path, layers: Sequence[Layer]) -> None:
    """The same of TensorFlow 2.12 to 2.15, which counts every layer with weights twice."""
    write_archive(path, layers, "_layer_checkpoint_dependencies", 2)


FORMS: dict[str, Callable[[Path, Sequence[Layer]], None]] = {
    "model.h5": write_whole,
    "weights-improvement-19-1.9435.hdf5": write_whole,
    "weights.h5": write_weights,
    "model.weights.h5": write_numbered_weights,
    "model.keras": write_archive,
    "older.keras": write_older_archive,
}
"""What people have, by how it may be called."""
