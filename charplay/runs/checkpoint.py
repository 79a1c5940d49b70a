"""Checkpoints: self-contained files with the weights, the recipe, the vocabulary and how far training was."""

import math
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import numpy as np
import safetensors
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charplay import __version__
from charplay.errors import CharplayError
from charplay.fs import atomic
from charplay.fs.regular_files import IrregularError, open_regular
from charplay.recipes.errors import UnresolvedError
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs import safetensors_file
from charplay.runs.safetensors_file import InvalidFileError, TensorInfo

FORMAT = 1


class CheckpointError(CharplayError):
    """A file is not a checkpoint, or the weights cannot be saved; the message is a sentence with the reason."""


@dataclass(frozen=True, slots=True)
class CorpusOrigin:
    """The text of a run. `sha256` is of the file's bytes; `characters` counts those left after cleaning."""

    name: str
    path: str
    sha256: str
    characters: int
    encoding: str = ""
    """As the user gave it; empty where it was detected."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checkpoint:
    """Weights and all that sampling needs. Losses are nats per character, None where unknown."""

    tensors: Mapping[str, np.ndarray]
    """float32, with the names and shapes of `tensor_shapes`; empty where only the header was read."""
    recipe: Recipe
    """The resolved recipe."""
    vocabulary: str
    """The characters in the order of their ids, distinct and sorted."""
    corpus: CorpusOrigin
    held_out_corpus: CorpusOrigin | None = None
    """Another text, which is kept for a test."""
    step: int
    epoch: float
    seconds: float
    train_loss: float | None = None
    val_loss: float | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    """Package -> version; those of charplay, numpy, safetensors and python are added at the first write."""
    digest: str = ""
    """sha256 of the tensors as they were written; empty where they cannot be verified, since the file carries none."""


class _Metadata(BaseModel):
    """The JSON in a checkpoint's header.

    `recipe` is a plain dict and validated separately: pydantic would build Recipe's validator again for a nested model,
    which every start would wait for.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    format: int
    versions: dict[str, str]
    recipe: dict[str, Any]
    vocabulary: str
    corpus: CorpusOrigin
    held_out_corpus: CorpusOrigin | None = None
    step: Annotated[int, Field(ge=0, lt=2**63)]
    epoch: Annotated[float, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0)]
    train_loss: float | None
    val_loss: float | None


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint atomically and durably.

    Raises:
        CheckpointError: weights are not finite, not float32 or not of the recipe's shapes; the old file stays.
        OSError: the disk is full, the folder was deleted and the like; the old file stays.
    """
    atomic.replace_bytes(path, _packed(path, checkpoint))


def write_passing_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint that only this user may read, and that need not outlive a power cut: by rename, unsynced.

    Raises what `write_checkpoint` raises.
    """
    atomic.replace_private_bytes(path, _packed(path, checkpoint))


def _packed(path: Path, checkpoint: Checkpoint) -> bytes:
    """Return the bytes of a checkpoint's file; `path` is named in the CheckpointError of one that cannot be saved."""
    try:
        _check(checkpoint, {name: _tensor_info(tensor) for name, tensor in checkpoint.tensors.items()})
        return safetensors_file.pack(checkpoint.tensors, _described(checkpoint).model_dump(mode="json"))
    except InvalidFileError as error:
        raise CheckpointError(f"{path.name} was not saved: {error}") from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Read and validate a checkpoint. Raises CheckpointError with the reason where it is invalid."""
    with _opened(path) as file:
        header = safetensors_file.read_header(file)
        described = _described_by(path, header)
        tensors = safetensors_file.read_tensors(file)
        for name, tensor in tensors.items():
            if not np.isfinite(tensor).all():
                raise InvalidFileError(f"{name} holds numbers that are not finite")
        safetensors_file.verify_digest(header, tensors)
        return replace(described, tensors=tensors)


def read_header(path: Path) -> Checkpoint:
    """Read and validate a checkpoint's header, the file's first few kilobytes. Raises CheckpointError."""
    with _opened(path) as file:
        return _described_by(path, safetensors_file.read_header(file))


def read_numbers(path: Path | None) -> dict[str, object]:
    """Read a checkpoint's JSON quickly, without validating it; empty where there is no readable checkpoint."""
    if path is None:
        return {}
    try:
        with _opened(path) as file:
            return safetensors_file.read_header(file).value
    except CheckpointError:
        return {}


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open the file; an error here or in the block is raised as a CheckpointError."""
    try:
        with open_regular(path) as file:
            yield file
    except FileNotFoundError:
        raise CheckpointError(f"{path} does not exist") from None
    except IrregularError as error:
        raise CheckpointError(f"{path} is {error.strerror}") from None
    except InvalidFileError as error:
        raise CheckpointError(f"{path} is not a charplay checkpoint: {error}") from None
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _described_by(path: Path, header: safetensors_file.Header) -> Checkpoint:
    number = header.value.get("format")
    if type(number) is not int or not FORMAT <= number < 10**6:
        raise InvalidFileError("its format has no sound number")
    if number > FORMAT:
        raise CheckpointError(f"{path} needs a newer charplay (format {number}; this one reads {FORMAT})")
    try:
        metadata = _Metadata.model_validate(header.value)
        recipe = Recipe.model_validate(metadata.recipe)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidFileError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:200]) from None
    rest = {name: getattr(metadata, name) for name in _Metadata.model_fields if name not in {"format", "recipe"}}
    digest = header.digest if isinstance(header.digest, str) else ""
    checkpoint = Checkpoint(tensors={}, recipe=recipe, digest=digest, **rest)
    _check(checkpoint, header.tensors)
    header.verify()  # last, as what is wrong with a value says more
    return checkpoint


def in_order(vocabulary: str) -> bool:
    """Whether a vocabulary's characters are sorted and distinct."""
    return all(a < b for a, b in pairwise(vocabulary))


def _check(checkpoint: Checkpoint, tensors: Mapping[str, TensorInfo]) -> None:
    """Raise InvalidFileError where the vocabulary or the tensors do not fit the recipe."""
    characters, recipe = checkpoint.vocabulary, checkpoint.recipe
    if not characters or not in_order(characters):
        raise InvalidFileError("its vocabulary is not a sorted list of distinct characters")
    try:
        expected = tensor_shapes(recipe, len(characters))
    except UnresolvedError as error:
        raise InvalidFileError(f"its recipe leaves {error.field} open") from None
    if unknown := sorted(tensors.keys() - expected.keys()):
        raise InvalidFileError(f"it holds a tensor that its recipe does not know: {unknown[0][:80]!r}")
    for name, shape in expected.items():
        if name not in tensors:
            raise InvalidFileError(f"{name} is missing")
        if tensors[name] != TensorInfo("F32", shape):
            found = tensors[name]
            raise InvalidFileError(f"{name} is {found.dtype} {found.shape} and its recipe says F32 {shape}")


def _tensor_info(tensor: np.ndarray) -> TensorInfo:
    return TensorInfo("F32" if tensor.dtype == np.float32 else str(tensor.dtype), tensor.shape)


def _described(checkpoint: Checkpoint) -> _Metadata:
    return _Metadata(
        format=FORMAT,
        versions=own_versions() | dict(checkpoint.versions),
        recipe=checkpoint.recipe.model_dump(mode="json"),
        vocabulary=checkpoint.vocabulary,
        corpus=checkpoint.corpus,
        held_out_corpus=checkpoint.held_out_corpus,
        step=checkpoint.step,
        epoch=checkpoint.epoch,
        seconds=checkpoint.seconds,
        train_loss=_finite(checkpoint.train_loss),
        val_loss=_finite(checkpoint.val_loss),
    )


def _finite(loss: float | None) -> float | None:
    return loss if loss is not None and math.isfinite(loss) else None


def own_versions() -> dict[str, str]:
    """Return the versions of what writes and reads checkpoints."""
    return {
        "charplay": __version__,
        "numpy": np.__version__,
        "safetensors": safetensors.__version__,
        "python": platform.python_version(),
    }
