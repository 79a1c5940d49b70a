"""What a text may be compared with: the other texts that are here, and what the network writes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from charplay.corpora.progress import Progress, Watch
from charplay.playground.exploring.written_text import write_text

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.library import Library
    from charplay.playground.instrument import Instrument

CHARACTERS = 100_000
"""That the network writes to be compared."""
WRITTEN = "\0written"
"""The name of what the network writes: no text has it."""


class Reference(NamedTuple):
    """One text to compare with."""

    name: str
    title: str
    note: str


class References:
    """Lists what there is, and opens it in a job."""

    def __init__(self, library: "Library", instrument: "Instrument | None") -> None:
        self._library = library
        self._instrument = instrument

    @property
    def folder(self) -> Path:
        """The folder in which a person's texts lie."""
        return self._library.paths.corpora

    def choices(self, without: str) -> Sequence[Reference]:
        """List what there is: what the network writes first, where one does, then every text that is here but one."""
        generator = self._instrument.generator if self._instrument is not None else None
        written = []
        if generator is not None:
            note = f"{CHARACTERS:,} characters by {generator.source}, at temperature 1"
            written.append(Reference(WRITTEN, "what the network writes", note))
        return written + [
            Reference(entry.name, entry.title, entry.note)
            for entry in self._library.entries()
            if entry.ready and entry.name != without
        ]

    def open(self, name: str) -> "Callable[[Progress], Corpus]":
        """Return what opens one of them; that raises CorpusError, Cancelled."""
        generator = self._instrument.generator if self._instrument is not None else None
        if name == WRITTEN and generator is not None:
            model, source = generator.model, generator.source
            return lambda progress: write_text(model, source, CHARACTERS, progress)
        library = self._library
        return lambda progress: library.open(library.find(name), watch=_watch(progress))


def _watch(progress: Progress) -> Watch:
    """Return a watch that reports to a part of a task."""

    def watch(share: float) -> bool:
        progress.at(share)
        return True

    return watch
