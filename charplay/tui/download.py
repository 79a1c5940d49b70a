"""One text on its way from the network."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from charplay.tui.worker import errand

if TYPE_CHECKING:
    from charplay.corpora.library import Entry, Library


class Download:
    """Fetches a text off the screen's thread. Tells `Fetching` now and then, at last `Fetched` or `Unfetched`.

    One that was given up tells nothing more.
    """

    def __init__(
        self, library: "Library", entry: "Entry", tell: Callable[[Message], object], *, to_train: bool
    ) -> None:
        self._library = library
        self._tell = tell
        self._given_up = False
        self._percent = -1
        self.entry = entry
        self.to_train = to_train
        """Whether training waits for it."""

    def begin(self) -> None:
        """Start; returns at once."""
        errand(self._work)

    def give_up(self) -> None:
        """Stop soon, and be silent from now on."""
        self._given_up = True

    def _watch(self, share: float) -> bool:
        percent = int(100 * share)
        if percent != self._percent and not self._given_up:
            self._percent = percent
            self._tell(Fetching(self, percent))
        return not self._given_up

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
