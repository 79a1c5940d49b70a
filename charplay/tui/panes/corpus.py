"""The corpus pane: the texts there are, and the chosen one, read and ready to be trained on and looked at."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from charplay.formatting.sanitize import sanitize_line
from charplay.tui.commands import CORPUS
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.jobs import run_in_background
from charplay.tui.panes.corpus_fetching import FetchingList
from charplay.tui.panes.corpus_list import CorpusList

if TYPE_CHECKING:
    from charplay.corpora.entries import LibraryPaths
    from charplay.corpora.library import Corpus, Entry


AUTO = "auto"


def _encoding_fault(name: str) -> str:
    from charplay.corpora.decoding import encoding_fault

    return "" if name == AUTO else encoding_fault(name)


class CorpusPane(FetchingList):
    """A list of texts. Messages: `Chosen`, `Read` when a chosen text was opened, `Unread` when it could not be."""

    BINDINGS = CORPUS

    class Read(Message):
        """The chosen text was read and counted."""

        def __init__(self, corpus: "Corpus", reading: int) -> None:
            super().__init__()
            self.corpus = corpus
            self.reading = reading
            """Which reading it comes of."""

    class Open(Message):
        """A file is to be chosen from the disk."""

    class Preview(Message):
        """A text is to be looked at."""

        def __init__(self, corpus: "Corpus") -> None:
            super().__init__()
            self.corpus = corpus

    class About(Message):
        """What there is to know of a text that is not here yet, with what went wrong when it was to be fetched."""

        def __init__(self, entry: "Entry", place: "LibraryPaths", trouble: str) -> None:
            super().__init__()
            self.entry = entry
            self.place = place
            self.trouble = trouble

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._current = 0
        """Number of the newest reading; older ones are let go."""
        self.corpus: Corpus | None = None
        self.trouble = ""
        """Why the chosen text could not be read."""

    def _take(self, entry: "Entry", encoding: str) -> None:
        self._current += 1
        self.corpus, self.trouble = None, ""
        super()._take(entry, encoding)

    def read(self, cleaning: tuple[str, ...], limit: int | None) -> None:
        """Open the chosen text, off the screen's thread; `Read` or `Unread` follows."""
        entry = self.chosen
        if entry is None or not entry.ready:
            return
        self._current += 1
        self.trouble = ""
        mine, encoding = self._current, self.encoding or None

        def watch(_share: float) -> bool:
            return mine == self._current

        def work() -> None:
            from charplay.corpora.errors import Cancelled, CorpusError

            try:
                corpus = self._library.open(entry, cleaning=cleaning, limit=limit, encoding=encoding, watch=watch)
            except Cancelled:
                return
            except CorpusError as fault:
                if mine == self._current:
                    self.post_message(self.Unread(str(fault), entry))
                return
            if mine == self._current:
                corpus.counts()  # what the screen will ask for
                self.post_message(self.Read(corpus, mine))

        run_in_background(work)

    @on(Read)
    def _read(self, message: Read) -> None:
        if message.reading != self._current:  # another text was taken since it was sent
            message.stop()
            return
        self.corpus = message.corpus
        if self.chosen is not None:
            self._sizes[self.chosen.name] = (len(message.corpus), len(message.corpus.vocabulary))
        self.refresh()

    @on(CorpusList.Unread)
    def _unread(self, message: CorpusList.Unread) -> None:
        if message.entry is not None and message.entry is self.chosen:
            self.corpus, self.trouble = None, message.sentence

    def action_choose(self) -> None:
        """Choose the text under the cursor, and fetch it where it must be."""
        if self._entries:
            self.choose(self._entries[self.cursor].name)
            if not self.fetch() and self.download is not None:
                self.notify(
                    f"{sanitize_line(self.download.entry.title)} is fetched first; esc cancels that", markup=False
                )

    def action_preview(self) -> None:
        """Look at the text under the cursor; one that is not here yet has a page about it."""
        if not self._entries:
            return
        entry = self._entries[self.cursor]
        if not entry.ready:
            self.post_message(self.About(entry, self._library.paths, self._troubles.get(entry.name, "")))
        elif self.corpus is not None and self.chosen is not None and entry.name == self.chosen.name:
            self.post_message(self.Preview(self.corpus))
        else:
            run_in_background(lambda: self.post_message(self._opened(entry)))

    def _opened(self, entry: "Entry") -> Message:
        """A text that was not chosen, to be looked at."""
        from charplay.corpora.errors import CorpusError

        try:
            return self.Preview(self._library.open(entry, encoding=self.encoding_of(entry) or None))
        except CorpusError as fault:
            return self.Unread(str(fault), entry)

    def action_open(self) -> None:
        """Choose a file from the disk."""
        self.post_message(self.Open())

    def action_encode(self) -> None:
        """Ask for the encoding of the chosen text."""
        if self.chosen is None or not self.chosen.ready:
            self.notify("The text is not here yet; t fetches it.", markup=False)
        else:
            sentence = (
                f"What {sanitize_line(self.chosen.title)} is written in, as utf-8, cp1252 or koi8-r; auto finds it out."
            )
            asking = TextInputDialog("Encoding", sentence, self.encoding or AUTO, check=_encoding_fault)
            self.app.push_screen(asking, self._encode)

    def _encode(self, name: str | None) -> None:
        if name and self.chosen is not None:
            self._take(self.chosen, "" if name == AUTO else name)

    def action_cancel(self) -> None:
        """Give the download up."""
        self.cancel()

    def clicked(self) -> None:
        """A second click chooses."""
        self.action_choose()
