"""Another text of the library that a run keeps for its test: read once when the run begins, to see that it can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from charplay.corpora.errors import CorpusError
from charplay.corpora.rules import rules_for_another_text

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.entries import Entry
    from charplay.corpora.library import Library
    from charplay.corpora.progress import Watch


@dataclass(frozen=True, eq=False)
class HeldOutCorpus:
    """A text that is kept for a test, beside the vocabulary of the one that is learned."""

    corpus: "Corpus"
    unknown: int
    """Characters of it that are outside that vocabulary; scores leave them out, and count them."""
    distinct: int
    """Different ones among these."""

    @property
    def note(self) -> str:
        """Say which text it is, and how much of it cannot be scored."""
        kept = f"{self.corpus.title} is kept for a test: {len(self.corpus):,} characters"
        if not self.unknown:
            return f"{kept}, each in the vocabulary"
        share = self.unknown / len(self.corpus)
        return (
            f"{kept}, of which {self.unknown:,} ({share:.2%}, {self.distinct:,} different) are outside the vocabulary; "
            "scores leave those out"
        )


def find_held_out_corpus(library: "Library", name: str) -> "Entry":
    """Find the text that a recipe names as `held_out_corpus`. Raises CorpusError, which names the field."""
    try:
        return library.find(name)
    except CorpusError as fault:
        raise CorpusError(f"held_out_corpus: {fault}") from None


def open_held_out_corpus(
    library: "Library", name: str, cleaning: Sequence[str], learned: "Corpus", watch: "Watch | None" = None
) -> HeldOutCorpus:
    """Open the text that is kept for a test, cleaned as the one that is learned.

    It is never cut to the recipe's `limit`, which is the learned text's, and its encoding is always detected.

    Raises:
        CorpusError: it is missing, is the learned text itself, or has not two characters of its vocabulary.
        Cancelled: the watch returned False.
    """
    entry = find_held_out_corpus(library, name)
    try:
        corpus = library.open(entry, cleaning=rules_for_another_text(cleaning), watch=watch)
    except CorpusError as fault:
        raise CorpusError(f"held_out_corpus: {fault}") from None
    if corpus.sha256 == learned.sha256:
        raise CorpusError(
            f"held_out_corpus is {corpus.title}, the very text that is learned; name another, or keep a part of it "
            "with test_fraction."
        )
    counts = zip(corpus.vocabulary.characters, corpus.counts().tolist(), strict=True)
    unknown = [count for character, count in counts if character not in learned.vocabulary]
    if len(corpus) - sum(unknown) < 2:
        raise CorpusError(
            f"held_out_corpus is {corpus.title}, and nothing of it is in the vocabulary of {learned.title}; name a "
            "text in the same script."
        )
    return HeldOutCorpus(corpus, sum(unknown), len(unknown))
