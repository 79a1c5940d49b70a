"""A text of the list on its way from the network."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from charplay.tui.download import Download, Fetched, Fetching, Unfetched
from charplay.tui.panes.corpus_list import CorpusList

if TYPE_CHECKING:
    from charplay.corpora.library import Entry


class FetchingList(CorpusList):
    """Fetches the chosen text, one at a time. Messages: those of a `Download`, or `Cancelled`."""

    class Cancelled(Message, namespace="corpus_pane"):
        """A download was given up."""

        def __init__(self, entry: "Entry") -> None:
            super().__init__()
            self.entry = entry

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.download: Download | None = None
        """The text on its way."""
        self._troubles: dict[str, str] = {}
        """Why texts could not be fetched, by name."""

    def fetch(self, *, to_train: bool = False) -> bool:
        """Download the chosen text; `Fetched` or `Unfetched` follows. False where another one is on its way."""
        entry = self.chosen
        if entry is None or entry.ready:
            return True
        if self.download is not None:
            if self.download.entry.name != entry.name:
                return False
            self.download.to_train |= to_train
            return True
        self.download = Download(self._library, entry, self.post_message, to_train=to_train)
        self.download.begin()
        self._arriving = entry.name
        self.repaint()
        return True

    def cancel(self) -> None:
        """Give the download up."""
        if self.download is not None:
            self.download.give_up()
            self.post_message(self.Cancelled(self.download.entry))
            self._end_fetch()

    @on(Fetching)
    def _fetching(self, message: Fetching) -> None:
        if self._late(message):
            return
        self.set_title("Corpus", f"fetching {message.percent}%, esc cancels")

    @on(Fetched)
    def _fetched(self, message: Fetched) -> None:
        """What has arrived is read where it is still the one that is chosen."""
        if self._late(message):
            return
        self._end_fetch()
        if self.chosen is not None and self.chosen.name == message.entry.name:
            self.choose(message.entry.name)
        else:
            self.refill()

    @on(Unfetched)
    def _unfetched(self, message: Unfetched) -> None:
        if self._late(message):
            return
        self._troubles[message.download.entry.name] = message.sentence
        self._end_fetch()

    def _late(self, message: Fetching | Fetched | Unfetched) -> bool:
        """Whether it comes of a download that was given up; then nobody else hears it."""
        late = message.download is not self.download
        if late:
            message.stop()
        return late

    def _end_fetch(self) -> None:
        self.download, self._arriving = None, ""
        self.set_title("Corpus")
        self.repaint()
