"""One text on its way from the network."""

from typing import TYPE_CHECKING

from charplay.playground.jobs import BackgroundJob

if TYPE_CHECKING:
    from charplay.corpora.entries import Entry
    from charplay.corpora.library import Library


class DownloadJob(BackgroundJob["Entry"]):
    """A job that fetches a text of the catalog. Its result is the entry that is ready, its fault a CorpusError."""

    def __init__(self, library: "Library", entry: "Entry") -> None:
        super().__init__(lambda watch: library.fetch(entry, watch))
        self.entry = entry
