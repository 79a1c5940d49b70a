"""The table of a text's characters: what each is, how often it comes and where first."""

import unicodedata
from dataclasses import dataclass

import numpy as np

from charplay.corpora.corpus import Corpus
from charplay.corpora.exploring.units import Places
from charplay.corpora.progress import Progress
from charplay.corpora.vocabulary import CHUNK
from charplay.formatting.sanitize import sanitize_char

NEARLY_ALL = 0.9998
"""Share of a text that `coverage` asks for."""
KINDS = {
    "L": "letters", "M": "marks", "N": "digits", "P": "punctuation", "S": "symbols", "Z": "spaces", "C": "controls",
}  # fmt: skip
"""What the first letter of a Unicode general category means; line ends and tabs count as spaces."""


@dataclass(frozen=True, slots=True)
class CharacterRow:
    """A line of the table."""

    character: str
    shown: str
    """Safe for a terminal; a space and a line end can be seen."""
    code_point: str
    """As in "U+00E9"."""
    name: str
    """Its Unicode name; empty where it has none."""
    category: str
    """Its Unicode general category, as in "Ll"."""
    count: int
    share: float
    cumulative_share: float
    """Of this one and all that are more frequent."""
    first: int
    """Its first position."""


@dataclass(frozen=True, eq=False)
class CharacterTable:
    """The different characters of a text by falling count, then by code point, (U,) each."""

    characters: str
    counts: Places
    firsts: Places
    total: int

    def __len__(self) -> int:
        return len(self.characters)

    def row(self, number: int) -> CharacterRow:
        """Return a line, numbered from 0."""
        character, count = self.characters[number], int(self.counts[number])
        return CharacterRow(
            character,
            sanitize_char(character),
            f"U+{ord(character):04X}",
            unicodedata.name(character, ""),
            unicodedata.category(character),
            count,
            count / self.total,
            int(self.counts[: number + 1].sum()) / self.total,
            int(self.firsts[number]),
        )

    def entropy(self) -> float:
        """Return the entropy of single characters in nats: what knowing only their frequencies leaves open."""
        shares = self.counts / max(self.total, 1)
        return float(abs(np.sum(shares * np.log(shares))))

    def kinds(self) -> dict[str, float]:
        """Return the share of letters, spaces, punctuation and other kinds that the text has, the largest first."""
        shares = dict.fromkeys(KINDS.values(), 0)
        for character, count in zip(self.characters, self.counts.tolist(), strict=True):
            shares["spaces" if character.isspace() else KINDS[unicodedata.category(character)[0]]] += count
        found = {kind: count / self.total for kind, count in shares.items() if count}
        return dict(sorted(found.items(), key=lambda each: -each[1]))

    def kinds_sentence(self) -> str:
        """Say it, as in "letters 76.2 %, spaces 18.8 %, punctuation 5.0 %"."""
        return ", ".join(f"{kind} {share * 100:.1f} %" for kind, share in self.kinds().items())

    def coverage(self, share: float = NEARLY_ALL) -> tuple[int, float]:
        """Return how few of the characters cover at least `share` of the text, and the share that they do cover."""
        covered = np.cumsum(self.counts) / max(self.total, 1)
        number = min(int(np.searchsorted(covered, share)) + 1, len(self))
        return number, float(covered[number - 1]) if number else 0.0

    def coverage_sentence(self, share: float = NEARLY_ALL) -> str:
        """Say it, as in "97 of 1,977 cover 99.98 %"."""
        number, covered = self.coverage(share)
        percent = int(covered * 1e4) / 100  # rounded down: 100 % is all
        return f"{number:,} of {len(self):,} cover {percent:.2f} %"


def count_characters(corpus: Corpus, progress: Progress | None = None) -> CharacterTable:
    """Count the characters of a text, in one go. Raises Cancelled."""
    progress, size = progress or Progress(), len(corpus.vocabulary)
    counts, firsts = np.zeros(size, np.int64), np.full(size, -1, np.int64)
    for begin in range(0, len(corpus), CHUNK):
        progress.at(begin / len(corpus))
        chunk = corpus.ids[begin : begin + CHUNK]
        found = np.bincount(chunk, minlength=size)
        for identity in np.flatnonzero((found > 0) & (counts == 0)).tolist():
            firsts[identity] = begin + int(np.argmax(chunk == identity))
        counts += found
    progress.at(1)
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    characters = "".join(corpus.vocabulary.characters[identity] for identity in order.tolist())
    return CharacterTable(characters, counts[order], firsts[order], len(corpus))
