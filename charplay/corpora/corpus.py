"""A corpus: a cleaned text as ids, with its vocabulary and notes about it."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.errors import CorpusError
from charplay.corpora.vocabulary import CHUNK, Ids, Vocabulary

MINIMUM = 200
"""Characters of the shortest text that can be trained on."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """A cleaned text. `ids` (n,) is read-only, memory-mapped where the text is large; `len()` is in characters."""

    name: str
    title: str
    path: str
    """Absolute path of the file or folder; empty for a built-in text."""
    sha256: str
    """Digest of the file's bytes before any cleaning; of a folder, of its files' bytes one after the other."""
    vocabulary: Vocabulary
    ids: Ids
    encoding: str
    notes: tuple[str, ...]
    cleaning: tuple[str, ...] = ()
    """The rules that it went through."""
    limit: int | None = None
    """After how many characters it was cut."""

    def __len__(self) -> int:
        return len(self.ids)

    def first(self, characters: int) -> "Corpus":
        """Return the beginning of this text, of so many characters, with the vocabulary of the whole."""
        return self if characters >= len(self) else replace(self, ids=self.ids[:characters])

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """Decode the characters from `start` up to `stop`."""
        return self.vocabulary.decode(self.ids[start:stop])

    def counts(self) -> NDArray[np.int64]:
        """Count how often each character occurs: (V,)."""
        return self._counts

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        counts = np.zeros(len(self.vocabulary), np.int64)
        for start in range(0, len(self), CHUNK):
            counts += _count(self.ids[start : start + CHUNK], len(counts))
        counts.flags.writeable = False
        return counts

    def utf8_bytes(self, start: int = 0, stop: int | None = None) -> int:
        """Return how many bytes the characters from `start` up to `stop` take as UTF-8."""
        sizes = np.array([len(one.encode("utf-8", "surrogatepass")) for one in self.vocabulary.characters])
        if (start, stop) == (0, None):
            return int(self.counts() @ sizes)
        return int(np.bincount(self.ids[start:stop], minlength=len(sizes)) @ sizes)

    def unigram_entropy(self) -> float:
        """Return the entropy of single characters in nats: the loss of a model that knows only their frequencies."""
        counts = self.counts()
        shares = counts[counts > 0] / len(self)
        return float(abs(np.sum(shares * np.log(shares))))

    def find(self, needle: str, start: int = 0) -> int | None:
        """Find the next `needle` at or after `start` and return its position, or None.

        A needle without capital letters is searched case-insensitively.
        """
        if not needle:
            return None
        pattern = re.compile(re.escape(needle), re.IGNORECASE if needle == needle.lower() else 0)
        for begin in range(max(start, 0), len(self), CHUNK):
            # Chunks overlap by the needle's length, as a match may cross from one into the next.
            if match := pattern.search(self.text(begin, begin + CHUNK + len(needle) - 1)):
                return begin + match.start()
        return None

    def reencoded(self, vocabulary: Vocabulary) -> "Corpus":
        """Encode the text with another vocabulary. Raises CorpusError where that lacks a character."""
        if vocabulary.characters == self.vocabulary.characters:
            return self
        ids = vocabulary.encode(self.vocabulary.characters)[self.ids]
        ids.flags.writeable = False
        return replace(self, vocabulary=vocabulary, ids=ids)

    def require_trainable(self) -> None:
        """Raise CorpusError where the text is too short to train on, or is one character repeated."""
        if len(self) < MINIMUM:
            raise CorpusError(f"{self.title} has {len(self):,} of the {MINIMUM} characters that training needs.")
        if len(self.vocabulary) < 2:
            raise CorpusError(
                f"{self.title} is one character over and over; training needs at least two different ones."
            )


def _count(ids: Ids, size: int) -> NDArray[np.int64]:
    """Count each id below `size`; those of a byte in pairs, which takes half the time."""
    if ids.dtype != np.uint8 or len(ids) < CHUNK:
        return np.bincount(ids, minlength=size)
    pairs = np.bincount(ids.view(np.uint16), minlength=1 << 16).reshape(256, 256)
    counts: NDArray[np.int64] = (pairs.sum(0) + pairs.sum(1))[:size]
    return counts


def from_text(title: str, text: str) -> Corpus:
    """Make a corpus of a text that is in no file, such as generated text."""
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    ids.flags.writeable = False
    return Corpus(title, title, "", "", vocabulary, ids, "", ())
