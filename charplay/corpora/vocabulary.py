"""Vocabulary: characters to ids and back."""

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
"""Characters encoded at once, so that the intermediate arrays fit the processor's cache."""

Ids = NDArray[np.unsignedinteger[Any]]


def chunks(text: str, size: int = CHUNK) -> Iterator[str]:
    """Split a text into pieces of at most `size` characters."""
    return (text[start : start + size] for start in range(0, len(text), size))


def narrow(text: str) -> bytes | None:
    """Return a text's code points as bytes, or None where one is above 255: `bytes.translate` beats a numpy table."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return None


def code_points(text: str) -> Ids:
    """Return the code points of a text: (n,)."""
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
        """Make the vocabulary of a text."""
        seen, wide = b"", np.zeros(CODE_POINTS, bool)
        for chunk in chunks(text):
            if (raw := narrow(chunk)) is None:
                wide[code_points(chunk)] = True
            else:
                for part in (raw[:4096], raw):  # the head has nearly all characters; a set of the rest is then cheap
                    seen += bytes(set(part.translate(None, seen)))
        return cls("".join(map(chr, sorted({*seen, *np.flatnonzero(wide)}))))

    def __len__(self) -> int:
        return len(self.characters)

    def __contains__(self, character: object) -> bool:
        return character in self._positions

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger[Any]]:
        """Smallest unsigned type that holds every id."""
        return np.min_scalar_type(max(len(self) - 1, 0))

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {character: position for position, character in enumerate(self.characters)}

    @cached_property
    def _narrow(self) -> bytes:
        """Characters up to U+00FF as bytes; they sort first, so their ids fit a byte too."""
        return bytes(ord(character) for character in self.characters[:256] if character < "\u0100")

    @cached_property
    def _narrow_ids(self) -> bytes:
        return bytes(max(self._narrow.find(code), 0) for code in range(256))

    @cached_property
    def _wide_ids(self) -> NDArray[np.int32]:
        """Id of each code point, -1 where it is not in the vocabulary: (CODE_POINTS,)."""
        ids = np.full(CODE_POINTS, -1, np.int32)
        ids[code_points(self.characters)] = np.arange(len(self))
        return ids

    def encode(self, text: str) -> Ids:
        """Encode a text as ids (n,) of type `dtype`. Raises CorpusError naming the first unknown characters."""
        ids = np.empty(len(text), self.dtype)
        for number, chunk in enumerate(chunks(text)):
            found = self._found(chunk)
            if found is None:
                unknown = ", ".join(f"U+{ord(character):04X}" for character in self.split(chunk)[1][:5])
                raise CorpusError(f"The vocabulary has no {unknown}; leave out what split() calls unknown.")
            ids[number * CHUNK : number * CHUNK + len(chunk)] = found
        return ids

    def _found(self, chunk: str) -> NDArray[Any] | None:
        """Encode a piece of text: (n,); None where a character is unknown."""
        if (raw := narrow(chunk)) is None:
            ids = self._wide_ids[code_points(chunk)]
            return None if ids.min() < 0 else ids
        if raw.translate(None, self._narrow):
            return None
        return np.frombuffer(raw.translate(self._narrow_ids), np.uint8)

    def decode(self, ids: ArrayLike) -> str:
        """Decode ids (n,). Raises CorpusError where an id is outside the vocabulary."""
        array = np.asarray(ids)
        if array.size == 0:
            return ""
        if array.min() < 0 or array.max() >= len(self):
            raise CorpusError(f"An id lies outside 0 to {len(self) - 1}; these ids belong to another vocabulary.")
        if (raw := narrow(self.characters)) is not None:
            narrow_ids: bytes = array.astype(np.uint8).tobytes()
            return narrow_ids.translate(raw.ljust(256)).decode("latin-1")
        points: bytes = code_points(self.characters)[array].tobytes()
        return points.decode("utf-32-le", "surrogatepass")

    def split(self, text: str) -> tuple[str, str]:
        """Return the text without unknown characters, and the unknown ones, each once, in order of appearance."""
        unknown = "".join(dict.fromkeys(character for character in text if character not in self))
        return "".join(character for character in text if character in self), unknown
