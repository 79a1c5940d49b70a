"""A text that is ready to be learnt: its characters as ids, its vocabulary, and what is worth saying about it."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.errors import CorpusError
from charplay.corpora.vocabulary import CHUNK, Ids, Vocabulary

MINIMUM = 200
"""Characters that a text needs to be trained on."""


@dataclass(frozen=True, eq=False)
class Corpus:
    """A cleaned text. `ids` (n,) is read-only, memory-mapped where the text is large; `len()` is in characters."""

    name: str
    title: str
    path: str
    """Absolute path of the file or folder; empty for a built-in text."""
    sha256: str
    """Of the file's bytes before any cleaning; of a folder's files one after the other."""
    vocabulary: Vocabulary
    ids: Ids
    encoding: str
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def text(self, start: int = 0, stop: int | None = None) -> str:
        """The characters from `start` up to `stop`."""
        return self.vocabulary.decode(self.ids[start:stop])

    def counts(self) -> NDArray[np.int64]:
        """(V,) how often each character occurs."""
        return self._counts

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        counts = np.zeros(len(self.vocabulary), np.int64)
        for start in range(0, len(self), CHUNK):
            counts += np.bincount(self.ids[start : start + CHUNK], minlength=len(counts))
        counts.flags.writeable = False
        return counts

    def unigram_entropy(self) -> float:
        """Nats per character for one who knows the characters' frequencies and nothing else."""
        counts = self.counts()
        shares = counts[counts > 0] / len(self)
        return float(abs(np.sum(shares * np.log(shares))))

    def find(self, needle: str, start: int = 0) -> int | None:
        """Position of the next `needle` at or after `start`, None where there is none.

        A needle without capital letters matches capitals too.
        """
        if not needle:
            return None
        pattern = re.compile(re.escape(needle), re.IGNORECASE if needle == needle.lower() else 0)
        for begin in range(max(start, 0), len(self), CHUNK):
            # A match may begin in one piece and end in the next.
            if match := pattern.search(self.text(begin, begin + CHUNK + len(needle) - 1)):
                return begin + match.start()
        return None

    def reencoded(self, vocabulary: Vocabulary) -> "Corpus":
        """The same text with the ids of another vocabulary. CorpusError where that lacks a character."""
        if vocabulary.characters == self.vocabulary.characters:
            return self
        ids = vocabulary.encode(self.vocabulary.characters)[self.ids]
        ids.flags.writeable = False
        return replace(self, vocabulary=vocabulary, ids=ids)

    def require_trainable(self) -> None:
        """Raises CorpusError where there is too little to learn from."""
        if len(self) < MINIMUM:
            raise CorpusError(f"{self.title} has {len(self):,} of the {MINIMUM} characters that training needs.")
        if len(self.vocabulary) < 2:
            raise CorpusError(
                f"{self.title} is one character over and over; training needs at least two different ones."
            )


def from_text(title: str, text: str) -> Corpus:
    """A text that was never in a file, such as one that a network wrote."""
    vocabulary = Vocabulary.of(text)
    ids = vocabulary.encode(text)
    ids.flags.writeable = False
    return Corpus(title, title, "", "", vocabulary, ids, "", ())
