"""The corpus pane: which texts there are, which one the next run reads, fetching and reading them."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from charplay.tui.amounts import count
from charplay.tui.commands import CORPUS
from charplay.tui.download import Download, Fetched, Fetching, Unfetched
from charplay.tui.panes.rows import Cell, Rows, fit
from charplay.tui.visible import plain
from charplay.tui.worker import errand

if TYPE_CHECKING:
    from charplay.corpora.entries import Place
    from charplay.corpora.library import Corpus, Entry, Library

DEFAULT = "tiny-shakespeare"

POLL = 2.0
"""Seconds between two looks at the folder for dropped files; a look is one `stat`."""


class CorpusPane(Rows):
    """A list of texts. Messages: `Chosen`, `Read` when a chosen text was opened, `Unread` when it could not be."""

    BINDINGS = CORPUS

    class Chosen(Message):
        """The next run reads this text."""

        def __init__(self, entry: "Entry") -> None:
            super().__init__()
            self.entry = entry

    class Read(Message):
        """The chosen text was read and counted."""

        def __init__(self, corpus: "Corpus") -> None:
            super().__init__()
            self.corpus = corpus

    class Unread(Message):
        """A text could not be found or read."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    class Cancelled(Message):
        """A download was given up."""

        def __init__(self, entry: "Entry") -> None:
            super().__init__()
            self.entry = entry

    class Open(Message):
        """A file is to be chosen from the disk."""

    class Preview(Message):
        """A text is to be looked at."""

        def __init__(self, corpus: "Corpus") -> None:
            super().__init__()
            self.corpus = corpus

    class About(Message):
        """What there is to know of a text that is not here yet, with what went wrong when it was to be fetched."""

        def __init__(self, entry: "Entry", place: "Place", trouble: str) -> None:
            super().__init__()
            self.entry = entry
            self.place = place
            self.trouble = trouble

    def __init__(self, folder: Path) -> None:
        super().__init__(id="corpus")
        self._folder = folder
        self._library: Library
        self._stamp = 0
        self._entries: list[Entry] = []
        self._sizes: dict[str, tuple[int, int]] = {}
        """Characters and vocabulary of the texts that were read."""
        self.download: Download | None = None
        """The text on its way."""
        self._troubles: dict[str, str] = {}
        """Why texts could not be fetched, by name."""
        self._current = 0
        """Number of the newest reading; older ones are let go."""
        self.chosen: Entry | None = None
        self.corpus: Corpus | None = None

    def on_mount(self) -> None:
        """Say what this is."""
        self.set_title("Corpus")

    def number(self) -> int:
        """One row a text."""
        return len(self._entries)

    def draw(self, index: int, width: int) -> list[Cell]:
        """A mark for the chosen one, the title, its size, its vocabulary."""
        entry = self._entries[index]
        chosen = self.chosen is not None and entry.name == self.chosen.name
        known = self._sizes.get(entry.name)
        size = count(known[0]) if known else count(entry.size) if entry.size else ""
        vocabulary = count(known[1]) if known else ""
        if not entry.ready:
            vocabulary = "…" if self.download and entry.name == self.download.entry.name else "fetch"
        return [
            ("▸ " if chosen else "  ", "accent"),
            (fit(entry.title, max(0, width - 18)), "strong" if chosen else "plain" if entry.ready else "quiet"),
            (fit(size, 8, right=True), "quiet"),
            (fit(vocabulary, 7, right=True) + " ", "quiet"),
        ]

    def begin(self, library: "Library", name: str) -> None:
        """List the texts, choose one by name or path (empty: the default), and watch the folder from now on."""
        self._library = library
        self.refill()
        self.choose(name)
        self.set_interval(POLL, self._look)

    def refill(self) -> None:
        """List the texts anew."""
        self._stamp = self._stamped()
        self._entries = self._library.entries()
        chosen = self.chosen
        if chosen is not None and all(entry.name != chosen.name for entry in self._entries):
            self._entries.insert(0, chosen)
        self.repaint()

    def choose(self, name: str) -> None:
        """Take a text by name or path for the next run; where there is none, the choice stays as it was."""
        from charplay.corpora.errors import CorpusError

        try:
            entry = self._library.find(name) if name else self._default()
        except CorpusError as fault:
            self.post_message(self.Unread(str(fault)))
            if name and self.chosen is None:
                self.choose("")
            return
        self._current += 1
        self.chosen, self.corpus = entry, None
        self.refill()
        self.cursor = next((i for i, each in enumerate(self._entries) if each.name == entry.name), self.cursor)
        self.post_message(self.Chosen(entry))

    def fall_back(self) -> "Entry | None":
        """Take a text that is here, and name it; None where there is none."""
        from charplay.corpora.errors import CorpusError

        try:
            entry = self._library.find("")
        except CorpusError:
            return None
        self.choose(entry.name)
        return entry

    def _default(self) -> "Entry":
        """Tiny Shakespeare, also where it must be fetched first; else what the library has."""
        entries = self._library.entries()
        return next((entry for entry in entries if entry.name == DEFAULT), None) or self._library.find("")

    def read(self, cleaning: tuple[str, ...], limit: int | None) -> None:
        """Open the chosen text, off the screen's thread; `Read` or `Unread` follows."""
        entry = self.chosen
        if entry is None or not entry.ready:
            return
        self._current += 1
        mine = self._current

        def watch(_share: float) -> bool:
            return mine == self._current

        def work() -> None:
            from charplay.corpora.errors import Cancelled, CorpusError

            try:
                corpus = self._library.open(entry, cleaning=cleaning, limit=limit, watch=watch)
            except Cancelled:
                return
            except CorpusError as fault:
                if mine == self._current:
                    self.post_message(self.Unread(str(fault)))
                return
            if mine == self._current:
                self.post_message(self.Read(corpus))

        errand(work)

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
        self.repaint()
        return True

    def cancel(self) -> None:
        """Give the download up."""
        if self.download is not None:
            self.download.give_up()
            self.post_message(self.Cancelled(self.download.entry))
            self._end_fetch()

    @on(Read)
    def _read(self, message: Read) -> None:
        self.corpus = message.corpus
        if self.chosen is not None:
            self._sizes[self.chosen.name] = (len(message.corpus), len(message.corpus.vocabulary))
        self.refresh()

    @on(Fetching)
    def _fetching(self, message: Fetching) -> None:
        if message.download is not self.download:
            message.stop()
            return
        self.set_title("Corpus", f"fetching {message.percent}%, esc cancels")

    @on(Fetched)
    def _fetched(self, message: Fetched) -> None:
        """What has arrived is read where it is still the one that is chosen."""
        if message.download is not self.download:
            message.stop()
            return
        self._end_fetch()
        if self.chosen is not None and self.chosen.name == message.entry.name:
            self.choose(message.entry.name)
        else:
            self.refill()

    @on(Unfetched)
    def _unfetched(self, message: Unfetched) -> None:
        if message.download is not self.download:
            message.stop()
            return
        self._troubles[message.download.entry.name] = message.sentence
        self._end_fetch()

    def _end_fetch(self) -> None:
        self.download = None
        self.set_title("Corpus")
        self.repaint()

    def action_choose(self) -> None:
        """Choose the text under the cursor, and fetch it where it must be."""
        if self._entries:
            self.choose(self._entries[self.cursor].name)
            if not self.fetch() and self.download is not None:
                self.notify(f"{plain(self.download.entry.title)} is fetched first; x cancels that", markup=False)

    def action_preview(self) -> None:
        """Look at the text under the cursor; one that is not here yet has a page about it."""
        if not self._entries:
            return
        entry = self._entries[self.cursor]
        if not entry.ready:
            self.post_message(self.About(entry, self._library.place, self._troubles.get(entry.name, "")))
        elif self.corpus is not None and self.chosen is not None and entry.name == self.chosen.name:
            self.post_message(self.Preview(self.corpus))
        else:
            errand(lambda: self.post_message(self._opened(entry)))

    def _opened(self, entry: "Entry") -> Message:
        """A text that was not chosen, to be looked at."""
        from charplay.corpora.errors import CorpusError

        try:
            return self.Preview(self._library.open(entry))
        except CorpusError as fault:
            return self.Unread(str(fault))

    def action_open(self) -> None:
        """Choose a file from the disk."""
        self.post_message(self.Open())

    def action_cancel(self) -> None:
        """Give the download up."""
        self.cancel()

    def clicked(self) -> None:
        """A second click chooses."""
        self.action_choose()

    def _look(self) -> None:
        if self._stamped() != self._stamp:
            self.refill()

    def _stamped(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return 0
