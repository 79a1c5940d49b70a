"""Characters <-> ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charplay.corpora.errors import CorpusError

CODE_POINTS = 0x110000
CHUNK = 1 << 18
"""Characters handled at once: the intermediate arrays stay in the processor's cache."""

Ids = NDArray[np.unsignedinteger[Any]]


def chunks(text: str, size: int = CHUNK) -> Iterator[str]:
    """The text in pieces of at most `size` characters."""
    return (text[start : start + size] for start in range(0, len(text), size))


def code_points(text: str) -> Ids:
    """(n,) code points of a text, in bytes where each fits one."""
    try:
        return np.frombuffer(text.encode("latin-1"), np.uint8)
    except UnicodeEncodeError:
        return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


@dataclass(frozen=True)
class Vocabulary:
    """The distinct characters of a text, sorted by code point; a character's id is its position.

    Raises CorpusError where the characters are not sorted and distinct.
    """

    characters: str

    def __post_init__(self) -> None:
        if any(left >= right for left, right in pairwise(self.characters)):
            raise CorpusError("A vocabulary's characters must be sorted and distinct; use Vocabulary.of(text).")

    @classmethod
    def of(cls, text: str) -> "Vocabulary":
        """The vocabulary of a text."""
        seen = np.zeros(CODE_POINTS, bool)
        for chunk in chunks(text):
            seen[code_points(chunk)] = True
        return cls("".join(map(chr, np.flatnonzero(seen))))

    def __len__(self) -> int:
        return len(self.characters)

    def __contains__(self, character: object) -> bool:
        return character in self._positions

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger[Any]]:
        """The smallest unsigned type that holds every id."""
        return np.min_scalar_type(max(len(self) - 1, 0))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {character: position for position, character in enumerate(self.characters)}

    @cached_property
    def _known(self) -> NDArray[np.bool_]:
        known = np.zeros(CODE_POINTS, bool)
        known[code_points(self.characters)] = True
        return known

    @cached_property
    def _ids(self) -> Ids:
        ids = np.zeros(CODE_POINTS, self.dtype)
        ids[code_points(self.characters)] = np.arange(len(self), dtype=self.dtype)
        return ids

    def encode(self, text: str) -> Ids:
        """(n,) ids of a text, in `dtype`. Raises CorpusError naming the first unknown characters."""
        ids = np.empty(len(text), self.dtype)
        for number, chunk in enumerate(chunks(text)):
            codes = code_points(chunk)
            if not self._known[codes].all():
                unknown = ", ".join(f"U+{ord(character):04X}" for character in self.split(text)[1][:5])
                raise CorpusError(f"The vocabulary has no {unknown}; leave out what split() calls unknown.")
            ids[number * CHUNK : number * CHUNK + len(chunk)] = self._ids[codes]
        return ids

    def decode(self, ids: ArrayLike) -> str:
        """The text of (n,) ids. Raises CorpusError where an id is none of this vocabulary's."""
        array = np.asarray(ids)
        if array.size == 0:
            return ""
        if array.min() < 0 or array.max() >= len(self):
            raise CorpusError(f"An id lies outside 0 to {len(self) - 1}; these ids belong to another vocabulary.")
        points = np.asarray(code_points(self.characters)[array], "<u4")
        return points.tobytes().decode("utf-32-le", "surrogatepass")

    def split(self, text: str) -> tuple[str, str]:
        """The text without unknown characters, and the unknown ones, each once, in order of appearance."""
        unknown = "".join(dict.fromkeys(character for character in text if character not in self))
        return "".join(character for character in text if character in self), unknown
