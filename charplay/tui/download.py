"""One text on its way from the network."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from charplay.tui.jobs import BackgroundJob

if TYPE_CHECKING:
    from charplay.corpora.library import Entry, Library


class Download(BackgroundJob):
    """Fetches a text off the screen's thread. Tells `Fetching` now and then, at last `Fetched` or `Unfetched`."""

    def __init__(
        self, library: "Library", entry: "Entry", tell: Callable[[Message], object], *, to_train: bool
    ) -> None:
        super().__init__(tell)
        self._library = library
        self.entry = entry
        self.to_train = to_train
        """Whether training waits for it."""

    def _so_far(self, percent: int) -> Message:
        return Fetching(self, percent)

    def _work(self) -> None:
        from charplay.corpora.errors import Cancelled, CorpusError

        try:
            arrived = self._library.fetch(self.entry, self._watch)
        except Cancelled:
            return
        except CorpusError as fault:
            self._tell(Unfetched(self, str(fault)))
        else:
            self._tell(Fetched(self, arrived))


class Fetching(Message):
    """So many percent of a text have arrived."""

    def __init__(self, download: Download, percent: int) -> None:
        super().__init__()
        self.download = download
        self.percent = percent


class Fetched(Message):
    """A text has arrived."""

    def __init__(self, download: Download, entry: "Entry") -> None:
        super().__init__()
        self.download = download
        self.entry = entry


class Unfetched(Message):
    """A text could not be fetched."""

    def __init__(self, download: Download, sentence: str) -> None:
        super().__init__()
        self.download = download
        self.sentence = sentence
