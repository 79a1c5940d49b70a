"""The corpus pane: which texts there are, which one the next run reads, fetching and reading them."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from charplay.tui.amounts import count
from charplay.tui.commands import CORPUS
from charplay.tui.panes.rows import Cell, Rows, fit
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

    class Unfetched(Message):
        """A text could not be fetched; `to_train` where training asked for it."""

        def __init__(self, entry: "Entry", sentence: str, *, to_train: bool) -> None:
            super().__init__()
            self.entry = entry
            self.sentence = sentence
            self.to_train = to_train

    class Fetched(Message):
        """A text has arrived; `to_train` where training asked for it."""

        def __init__(self, entry: "Entry", *, to_train: bool) -> None:
            super().__init__()
            self.entry = entry
            self.to_train = to_train

    class Fetching(Message):
        """`share` of a text has arrived."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

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
        self._wanted = ""
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
            vocabulary = "…" if entry.name == self._wanted else "fetch"
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
        """Take a text by name or path for the next run."""
        from charplay.corpora.errors import CorpusError

        try:
            entry = self._library.find(name) if name else self._default()
        except CorpusError as fault:
            self.post_message(self.Unread(str(fault)))
            if name:
                self.choose("")
            return
        self.chosen, self.corpus = entry, None
        self.refill()
        self.cursor = next((i for i, each in enumerate(self._entries) if each.name == entry.name), self.cursor)
        self.post_message(self.Chosen(entry))

    def fall_back(self) -> None:
        """Take the text that is always there."""
        self.choose(self._library.find("").name)

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

    def fetch(self, *, to_train: bool = False) -> None:
        """Download the chosen text; `Fetched` or `Unread` follows."""
        entry = self.chosen
        if entry is None or entry.ready or self._wanted:
            return
        self._wanted = name = entry.name

        def watch(share: float) -> bool:
            self.post_message(self.Fetching(share))
            return self._wanted == name

        def work() -> None:
            from charplay.corpora.errors import Cancelled, CorpusError

            try:
                arrived = self._library.fetch(entry, watch)
            except Cancelled:
                return
            except CorpusError as fault:
                self.post_message(self.Unfetched(entry, str(fault), to_train=to_train))
            else:
                self.post_message(self.Fetched(arrived, to_train=to_train))

        errand(work)
        self.repaint()

    @on(Read)
    def _read(self, message: Read) -> None:
        self.corpus = message.corpus
        if self.chosen is not None:
            self._sizes[self.chosen.name] = (len(message.corpus), len(message.corpus.vocabulary))
        self.refresh()

    @on(Fetching)
    def _fetching(self, message: Fetching) -> None:
        message.stop()
        if self._wanted:
            self.set_title("Corpus", f"fetching {message.share:.0%}, esc cancels")

    @on(Fetched)
    def _fetched(self, message: Fetched) -> None:
        self._end_fetch()
        self.choose(message.entry.name)

    @on(Unfetched)
    def _unfetched(self, message: Unfetched) -> None:
        self._troubles[message.entry.name] = message.sentence
        self._end_fetch()

    def _end_fetch(self) -> None:
        self._wanted = ""
        self.set_title("Corpus")
        self.repaint()

    def action_choose(self) -> None:
        """Choose the text under the cursor, and fetch it where it must be."""
        if self._entries:
            self.choose(self._entries[self.cursor].name)
            self.fetch()

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
        self._end_fetch()

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
