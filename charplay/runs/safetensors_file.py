"""Reads and writes safetensors files with one JSON object in the metadata: checkpoints and resume files.

A file may come from a stranger: everything in it is validated before it is used, and nothing in it is run.
"""

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

KEY = "charplay"
DIGEST = "sha256"
"""Key of the digest of all tensors in the JSON object; a file without one is accepted."""
DESCRIPTION_DIGEST = "description_sha256"
"""Key of the digest of all the rest of that object, with the tensors' digest; older files lack it."""
MAX_HEADER_BYTES = 2**20
"""Longest header that is written or read: room for 250,000 different characters, and quick to parse."""

_ITEM_BYTES = {
    **dict.fromkeys(("BOOL", "U8", "I8"), 1),
    **dict.fromkeys(("U16", "I16", "F16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 8),
}


class InvalidFileError(ValueError):
    """A file cannot be read or written; the message is half a sentence, which callers complete with its path."""


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """One tensor as the header describes it."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header: the JSON object, the tensors' types and shapes, and the tensors' digest."""

    value: dict[str, Any]
    tensors: dict[str, TensorInfo]
    digest: object
    intact: bool
    """Whether the JSON object is the one that was written, as far as the file says."""

    def verify(self) -> None:
        """Raise InvalidFileError where the JSON object is not the one that was written."""
        if not self.intact:
            raise InvalidFileError("its description is not the one that was written; the file is damaged")


def pack(tensors: Mapping[str, np.ndarray], value: Mapping[str, Any]) -> bytes:
    """Serialize tensors of any memory layout. Raises InvalidFileError for numbers that are not finite."""
    # safetensors writes memory without looking at strides, so a transposed view would be read back scrambled.
    dense = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    for name, tensor in dense.items():
        if tensor.dtype.kind in "fc" and not np.isfinite(tensor).all():
            raise InvalidFileError(f"{name} holds numbers that are not finite")
    if taken := {DIGEST, DESCRIPTION_DIGEST} & value.keys():
        raise InvalidFileError(f"it cannot be written: {min(taken)} is the name of its digest")
    try:
        described = {**value, DIGEST: _digest(dense)}
        digests = {DESCRIPTION_DIGEST: _description_digest(json.loads(json.dumps(described)))}
        text = json.dumps(described | digests, ensure_ascii=False)
        data = save(dense, metadata={KEY: text})
    except (SafetensorError, TypeError, ValueError) as error:
        raise InvalidFileError(f"it cannot be written: {error}") from error
    if int.from_bytes(data[:8], "little") > MAX_HEADER_BYTES:
        raise InvalidFileError("its description is too long")
    return data


def read_header(file: BinaryIO) -> Header:
    """Read and validate the header of an open file, and no more of it. Raises InvalidFileError."""
    size = os.fstat(file.fileno()).st_size
    start = file.read(8)
    length = int.from_bytes(start, "little")
    if len(start) < 8 or not 2 <= length <= min(MAX_HEADER_BYTES, size - 8):
        raise InvalidFileError(_foreign(start))
    raw = file.read(length)
    if raw[:1] != b"{":
        raise InvalidFileError(_foreign(start))
    fields = _parse(raw, "its header")
    metadata = fields.pop("__metadata__", None)
    text = metadata.get(KEY) if isinstance(metadata, dict) else None
    if not isinstance(text, str):
        raise InvalidFileError("it is a safetensors file of another program")
    tensors = {name: _tensor_info(name, entry) for name, entry in fields.items()}
    claimed = sum(_bytes(tensor) for tensor in tensors.values())
    if claimed != size - 8 - length:
        raise InvalidFileError(f"its tensors need {claimed:,} bytes and it holds {max(size - 8 - length, 0):,}")
    value = _parse(text, "its description")
    described = value.pop(DESCRIPTION_DIGEST, None)
    intact = described is None or described == _description_digest(value)
    digest = value.pop(DIGEST, None)
    return Header(value, tensors, digest, intact)


def read_tensors(file: BinaryIO) -> dict[str, np.ndarray]:
    """Read the tensors of an open file whose header `read_header` has validated. Raises InvalidFileError."""
    file.seek(0)
    try:
        tensors: dict[str, np.ndarray] = load(file.read())
    except (SafetensorError, ValueError, KeyError) as error:
        raise InvalidFileError(_short(str(error))) from None
    return tensors


def verify_digest(header: Header, tensors: Mapping[str, np.ndarray]) -> None:
    """Raise InvalidFileError where the header or the tensors are not, bit for bit, those that were written."""
    header.verify()
    if header.digest is not None and header.digest != _digest(tensors):
        raise InvalidFileError("its numbers are not those that were written; the file is damaged")


def _digest(tensors: Mapping[str, np.ndarray]) -> str:
    whole = hashlib.sha256()
    for name in sorted(tensors):
        whole.update(name.encode("utf-8", "surrogatepass"))
        whole.update(np.ascontiguousarray(tensors[name]).reshape(-1).view(np.uint8).data)
    return whole.hexdigest()


def _description_digest(value: Mapping[str, Any]) -> str:
    """Hash an object as JSON gives it, so that two ways to write one value are the same."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _foreign(start: bytes) -> str:
    if start.startswith((b"PK", b"\x80")):
        return (
            "it is a pickle or a zip, as torch.save writes them, and may run code; charplay opens safetensors only "
            "(`charplay runs import` takes the tensors of a state dict)"
        )
    return "it is empty" if not start else "it is not a safetensors file"


def _parse(text: str | bytes, what: str) -> dict[str, Any]:
    try:
        text = text if isinstance(text, str) else text.decode()
        value = json.loads(text, object_pairs_hook=_distinct)
        if "\\u" in text:  # an escape can spell half a character, which nothing can show
            json.dumps(value, ensure_ascii=False).encode()
    except InvalidFileError as error:
        raise InvalidFileError(f"{what} {error}") from None
    except (ValueError, RecursionError):
        raise InvalidFileError(f"{what} is not JSON") from None
    if not isinstance(value, dict):
        raise InvalidFileError(f"{what} is not a JSON object")
    return value


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise InvalidFileError("names something twice")
    return value


def _tensor_info(name: str, entry: object) -> TensorInfo:
    match entry:
        case {"dtype": str(dtype), "shape": list(shape)} if dtype in _ITEM_BYTES and len(shape) <= 8:
            if all(type(n) is int and 0 <= n < 2**40 for n in shape):
                return TensorInfo(dtype, tuple(shape))
    raise InvalidFileError(f"its header says nothing sound of {_short(name)!r}")


def _bytes(tensor: TensorInfo) -> int:
    return math.prod(tensor.shape) * _ITEM_BYTES[tensor.dtype]


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
