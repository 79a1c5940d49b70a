"""Files of Keras: whole models and weights alone, in HDF5, and `.keras` archives. Only their arrays are taken.

Two layouts are known. Keras 2 has a group for each layer, and lists of names (`layer_names`, `weight_names`). Keras 3
numbers the arrays (`layers/lstm/cell/vars/0`), under names that it makes of the layers' classes. A `.keras` file is a
zip of that, with the description beside it.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from numpy.typing import NDArray

from charplay.fs.regular_files import open_regular
from charplay.runs.hdf5_file import Hdf5Reader, open_hdf5
from charplay.runs.keras_config import LayerConfig, read_config
from charplay.runs.keras_layers import KerasLayer, guess_layers, plain_state
from charplay.runs.plain_layers import WeightsError

SUFFIXES = {".h5", ".hdf5", ".keras"}
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
ZIP_SIGNATURE = b"PK"

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
"""Of a `.keras` archive."""
MAX_CONFIG_BYTES = 2**22
MAX_WEIGHTS_BYTES = 2**30

CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
"""Groups with the layers: Keras 3's, and TensorFlow's of 2.12 to 2.15. A class of one's own has them at the root."""
HOLDERS = ("vars", "cell/vars", "layer/vars")
"""Where a layer has its arrays: itself, in its cell, in the layer that it wraps."""
NO_LAYERS = {"vars", "optimizer"}

HARD_SIGMOID_UNTIL = (2, 3)
"""The version of Keras from which gates are sigmoids by default."""


def is_keras_file(path: Path) -> bool:
    """Whether a file is one of Keras's, by its name or by what is in it; False for one that cannot be read."""
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        with open_regular(path) as file:
            start = file.read(len(HDF5_SIGNATURE))
            return start == HDF5_SIGNATURE or (start.startswith(ZIP_SIGNATURE) and WEIGHTS in ZipFile(file).namelist())
    except (OSError, BadZipFile, ValueError, NotImplementedError):
        return False


def read_keras_file(path: Path) -> dict[str, NDArray[Any]]:
    """Read a Keras model's weights as those of plain layers, by torch's names. Raises WeightsError with the reason.

    The description, where there is one, is read for what the layers compute; without one their arrays must tell.
    """
    try:
        with open_regular(path) as file, _opened(file) as (description, weights):
            layers = _layers(description, weights)
        return plain_state(layers)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror or error})") from None
    except WeightsError as error:
        raise WeightsError(f"{path}: {error}") from None


@contextmanager
def _opened(file: BinaryIO) -> Iterator[tuple[str | None, Hdf5Reader]]:
    """Open a file of either kind: its description, where it has one, and its arrays."""
    start = file.read(len(HDF5_SIGNATURE))
    if start == HDF5_SIGNATURE:
        with open_hdf5(file) as weights:
            yield next(iter(weights.texts("", "model_config")), None), weights
    elif start.startswith(ZIP_SIGNATURE):
        description, inner = _unzipped(file)
        with open_hdf5(inner) as weights:
            yield description, weights
    else:
        raise WeightsError(
            f"it is {'empty' if not start else 'neither HDF5 nor a .keras archive'}; "
            "save one with model.save('model.keras')"
        )


def _unzipped(file: BinaryIO) -> tuple[str, BinaryIO]:
    """Return the description and the weights' file of an archive; no name in it becomes a path."""
    try:
        with ZipFile(file) as archive:
            description = _entry(archive, CONFIG, MAX_CONFIG_BYTES).decode()
            return description, io.BytesIO(_entry(archive, WEIGHTS, MAX_WEIGHTS_BYTES))
    except (BadZipFile, RuntimeError, EOFError, ValueError, NotImplementedError) as error:
        raise WeightsError(f"it is no sound .keras archive ({str(error)[:120]}); save the model once more") from None


def _entry(archive: ZipFile, name: str, limit: int) -> bytes:
    entries = [entry for entry in archive.infolist() if entry.filename == name]
    if len(entries) != 1:
        raise WeightsError(
            f"it is a zip with {len(entries) or 'no'} {name}, not a model as model.save('model.keras') writes it"
        )
    if entries[0].file_size > limit:
        raise WeightsError(f"its {name} has {entries[0].file_size:,} bytes, and {limit:,} are read at most")
    return archive.read(entries[0])


def _layers(description: str | None, weights: Hdf5Reader) -> list[KerasLayer]:
    """Return the layers with weights, from the input to the output."""
    root = "model_weights" if "model_weights" in weights else ""
    names = weights.texts(root, "layer_names")
    if description is not None:
        layers = read_config(description)
        arrays = _named(weights, root, [each.name for each in layers]) if names else _numbered_as(weights, layers)
        return [KerasLayer(each.kind, each.name, found) for each, found in zip(layers, arrays, strict=True)]
    if names:
        _require_version(weights.texts(root, "keras_version"))
        found = dict(zip(names, _named(weights, root, names), strict=True))
    else:
        container = _container(weights)
        groups = sorted(set(weights.names(container)) - NO_LAYERS, key=_natural)
        found = {name: _numbered(weights, _joined(container, name)) for name in groups}
    return guess_layers({name: arrays for name, arrays in found.items() if arrays}, ordered=bool(names))


def _named(weights: Hdf5Reader, root: str, layers: list[str]) -> list[list[NDArray[Any]]]:
    """Return the arrays of each layer as Keras 2 names them."""
    groups = [_joined(root, layer) for layer in layers]
    return [[weights.tensor(f"{group}/{name}") for name in weights.texts(group, "weight_names")] for group in groups]


def _numbered_as(weights: Hdf5Reader, layers: list[LayerConfig]) -> list[list[NDArray[Any]]]:
    """Return the arrays of each layer as Keras 3 numbers them: the second LSTM's are in the second group of LSTMs.

    Groups are called lstm, lstm_1, lstm_2; TensorFlow leaves every other number out.
    """
    container = _container(weights)
    groups: dict[str, list[str]] = {}
    for name in sorted(weights.names(container), key=_natural):
        groups.setdefault(re.sub(r"_\d+$", "", name), []).append(name)
    arrays = []
    for layer in layers:
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", layer.outer).lower()
        if not groups.get(kind):
            raise WeightsError(f"its layer {layer.name[:80]!r} has no weights; save the whole model")
        arrays.append(_numbered(weights, _joined(container, groups[kind].pop(0))))
    return arrays


def _numbered(weights: Hdf5Reader, group: str) -> list[NDArray[Any]]:
    for holder in HOLDERS:
        if count := len(weights.names(f"{group}/{holder}")):
            return [weights.tensor(f"{group}/{holder}/{number}") for number in range(count)]
    return []


def _container(weights: Hdf5Reader) -> str:
    return next((name for name in CONTAINERS if name in weights), "")


def _joined(root: str, name: str) -> str:
    return f"{root}/{name}" if root else name


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort lstm_2 before lstm_10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _require_version(found: list[str]) -> None:
    """Raise WeightsError for weights whose gates may be hard sigmoids, which weights alone do not tell."""
    numbers = re.match(r"(\d+)\.(\d+)", found[0]) if found else None
    if numbers is None or tuple(map(int, numbers.groups())) < HARD_SIGMOID_UNTIL:
        raise WeightsError(
            f"it holds the weights alone, of Keras {found[0][:20] if found else '1'}, whose gates were hard sigmoids "
            "by default, which charplay's are not; save the whole model with model.save(), which says what it computes"
        )
