"""Arrays, names and texts out of an HDF5 file that may come from a stranger.

Only what lies in the file itself is read, and only as much as the file has bytes: links to elsewhere are refused, so is
what is packed, and shapes are looked at before memory is taken. Nothing in such a file is run.
"""

import math
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from charplay.runs.plain_layers import WeightsError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NAMES = 200
"""Of a group's entries, and of a list's names."""
MAX_TEXT_BYTES = 2**32
"""Of all texts in one list: those of varying length may all point at a single one, as long as the file."""

FAULTS = (OSError, RuntimeError, ValueError, TypeError, LookupError, AttributeError, MemoryError, OverflowError)
"""What h5py raises on damaged files."""


@contextmanager
def open_hdf5(file: BinaryIO) -> "Iterator[Hdf5Reader]":
    """Open an HDF5 file. Raises WeightsError, in the block too, where it is none, or damaged, or h5py is missing."""
    try:
        import h5py
    except ImportError:
        raise WeightsError(
            "files of Keras need the package h5py; `pip install 'charplay[keras]'` installs it"
        ) from None
    try:
        size = file.seek(0, os.SEEK_END)
        with h5py.File(file, "r") as opened:
            yield Hdf5Reader(opened, size)
    except FAULTS as error:
        raise WeightsError(f"it is no sound HDF5 file ({str(error)[:120]}); save the model once more") from None


class Hdf5Reader:
    """Reads an open HDF5 file; a path is names with slashes between, from the root, which is the empty one."""

    def __init__(self, root: Any, size: int) -> None:
        """`root`: h5py's. `size`: the file's, in bytes."""
        self._root = root
        self._size = self._left = size

    def __contains__(self, path: str) -> bool:
        """Whether there is a group or an array."""
        return self._find(path) is not None

    def names(self, path: str) -> list[str]:
        """Return what a group holds, or nothing where there is no such group."""
        import h5py

        found = self._find(path)
        if not isinstance(found, h5py.Group):
            return []
        if len(found) > MAX_NAMES:
            raise WeightsError(f"its group {_short(path)!r} holds {len(found):,} things, too many for a network")
        return list(found)

    def texts(self, path: str, attribute: str) -> list[str]:
        """Return the texts of an attribute: of a single one, a list of one; none where there is no such attribute."""
        import h5py

        found = self._find(path)
        if found is None or attribute not in found.attrs:
            return []
        described = found.attrs.get_id(attribute)
        count = math.prod(described.shape or ()) if described.shape is not None else 0
        if not count:
            return []
        kind = h5py.check_string_dtype(described.dtype)
        if kind is None:
            raise WeightsError(f"its {attribute} holds something else than texts")
        if count > MAX_NAMES or (kind.length is None and count * self._size > MAX_TEXT_BYTES):
            raise WeightsError(f"its {attribute} holds {count:,} names, too many for a network")
        texts = np.ravel(np.asarray(found.attrs[attribute], dtype=object))
        return [each.decode(errors="replace") if isinstance(each, bytes) else str(each) for each in texts]

    def tensor(self, path: str) -> NDArray[np.float32]:
        """Read an array of one or two dimensions, as float32."""
        import h5py

        found, name = self._find(path), _short(path)
        if not isinstance(found, h5py.Dataset):
            raise WeightsError(f"its array {name!r} is missing")
        if found.dtype.kind != "f" or found.dtype.itemsize > 8:
            raise WeightsError(f"its array {name!r} holds {found.dtype} instead of floating-point numbers")
        if found.shape is None or not 1 <= len(found.shape) <= 2 or not all(found.shape):
            raise WeightsError(f"its array {name!r} has the shape {found.shape}; weights have one or two dimensions")
        laid_out = found.id.get_create_plist()
        if laid_out.get_layout() not in {h5py.h5d.CONTIGUOUS, h5py.h5d.COMPACT} or laid_out.get_external_count():
            raise WeightsError(f"its array {name!r} is packed, or lies elsewhere; save the model once more with Keras")
        if found.nbytes > self._left:
            raise WeightsError(f"its array {name!r} has the shape {found.shape}, for which the file has no room")
        self._left -= found.nbytes
        with np.errstate(over="ignore"):  # what does not fit becomes infinite, which is refused where it is used
            return np.asarray(found[()], np.float32)

    def _find(self, path: str) -> Any:
        """Walk a path by hard links alone; None where it leads nowhere."""
        import h5py

        here = self._root
        for name in path.split("/") if path else ():
            if name in {"", ".", ".."} or not isinstance(here, h5py.Group):
                return None
            link = here.get(name, getlink=True)
            if link is None:
                return None
            if not isinstance(link, h5py.HardLink):
                raise WeightsError(f"its {_short(path)!r} is a link to another place, and links are not followed")
            here = here[name]
        return here


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
