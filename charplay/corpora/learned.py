"""The text that a run or a checkpoint learned, found again: the one rule for training, sampling and the screen."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from charplay.corpora.corpus import Corpus
from charplay.corpora.entries import Entry
from charplay.corpora.errors import CorpusError
from charplay.corpora.library import Library
from charplay.corpora.progress import Watch


class Origin(Protocol):
    """Where a text that was learned came from."""

    @property
    def name(self) -> str:
        """In the library."""

    @property
    def path(self) -> str:
        """Of its file or folder; empty for a built-in text."""

    @property
    def sha256(self) -> str:
        """Of the file's bytes."""

    @property
    def encoding(self) -> str:
        """As it was named; empty where it was found out."""


class NotFound(CorpusError):  # noqa: N818 - named for what it says about the text
    """Nothing here is the text that was learned."""

    def __init__(self, title: str, changed: Entry | None, unreadable: CorpusError | None) -> None:
        """`changed`: what has its path or name, and is another text by now; `unreadable`: why what has it is none."""
        super().__init__(f"{title} is not here.")
        self.title = title
        self.changed = changed
        self.unreadable = unreadable


def candidates(library: Library, origin: Origin) -> Iterator[Entry]:
    """Yield the texts that may be the one that was learned, the likeliest first.

    That is what stands at its path; then, since it may have been moved, the text that has its very name, not a classic
    that is called alike.
    """
    for place in dict.fromkeys(filter(None, (origin.path, origin.name))):
        with suppress(CorpusError):
            entry = library.find(place)
            if place == origin.path or not origin.path or entry.name == place:
                yield entry


def open_learned(
    library: Library,
    origin: Origin,
    *,
    cleaning: Sequence[str],
    limit: int | None,
    near: str = "",
    watch: Watch | None = None,
) -> Corpus:
    """Open the text that was learned, cleaned as it was then; another text is never taken for it.

    `near`: the path of a text that may be it under another name, such as the one that is chosen.

    Raises:
        NotFound: it is not here, or is not the same any more.
        Cancelled: the watch returned False.
    """

    def opened(entry: Entry) -> Corpus:
        encoding = origin.encoding or None
        return library.open(entry, cleaning=cleaning, limit=limit, encoding=encoding, watch=watch)

    own = list(candidates(library, origin))
    changed: Entry | None = None
    unreadable: CorpusError | None = None
    for entry in own:
        try:
            corpus = opened(entry)
        except CorpusError as fault:
            unreadable = unreadable or fault
        else:
            if corpus.sha256 == origin.sha256:
                return corpus
            changed = changed or entry
    with suppress(CorpusError):
        if near and (corpus := opened(library.find(near))).sha256 == origin.sha256:
            return corpus
    raise NotFound(own[-1].title if own else origin.name, changed, unreadable)
