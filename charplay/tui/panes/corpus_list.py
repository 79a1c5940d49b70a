"""The texts there are, a row each, and which one of them the next run reads."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from charplay.formatting.units import count
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.row_list import Cell, RowList, fit

if TYPE_CHECKING:
    from charplay.corpora.library import Entry, Library

DEFAULT = "tiny-shakespeare"

POLL = 2.0
"""Seconds between two looks at the folder for dropped files, and at the chosen one; a look is a `stat` of each."""


class CorpusList(RowList, Pane):
    """A list of texts. Messages: `Chosen`, or `Unread` where a name is none of a text."""

    DEFAULT_CSS = """
    CorpusList {
        border: round $foreground 25%;
        border-title-color: $foreground 80%;
        border-subtitle-color: $foreground 60%;
        &:focus { border: round $accent; border-title-color: $foreground; }
    }
    """

    class Chosen(Message, namespace="corpus_pane"):
        """The next run reads this text."""

        def __init__(self, entry: "Entry") -> None:
            super().__init__()
            self.entry = entry

    class Unread(Message, namespace="corpus_pane"):
        """There is no such text; or there is, and it could not be read."""

        def __init__(self, sentence: str, entry: "Entry | None" = None) -> None:
            super().__init__()
            self.sentence = sentence
            self.entry = entry

    def __init__(self, folder: Path) -> None:
        super().__init__(id="corpus")
        self._folder = folder
        self._library: Library
        self._stamp = (0, 0)
        self._entries: list[Entry] = []
        self._sizes: dict[str, tuple[int, int]] = {}
        """Characters and vocabulary of the texts that were read."""
        self._arriving = ""
        """Name of the text that is on its way."""
        self.chosen: Entry | None = None
        self._encodings: dict[str, str] = {}
        """Those that were named, by their texts' names; empty where one is found out."""

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
            vocabulary = "…" if entry.name == self._arriving else "fetch"
        return [
            ("▸ " if chosen else "  ", "accent"),
            (fit(entry.title, max(0, width - 18)), "strong" if chosen else "plain" if entry.ready else "quiet"),
            (fit(size, 8, right=True), "quiet"),
            (fit(vocabulary, 7, right=True) + " ", "quiet"),
        ]

    def begin(self, library: "Library", name: str, encoding: str) -> None:
        """List the texts, choose one by name or path (empty: the default), and watch the folder from now on."""
        self._library = library
        self.refill()
        self.choose(name, encoding)
        self.set_interval(POLL, self._look)

    def refill(self) -> None:
        """List the texts anew."""
        self._stamp = self._stamped()
        self._entries = self._library.entries()
        if self.chosen is not None:
            self._renew(self.chosen)
        self.repaint()

    def _renew(self, chosen: "Entry") -> None:
        """The chosen text stays on the list, also one from elsewhere; one that came or went is taken anew."""
        found = next((entry for entry in self._entries if entry.name == chosen.name), None)
        if found is None:
            self._entries.insert(0, chosen)
        elif found.ready != chosen.ready and not self._arriving:
            self._take(found, self.encoding)  # its file was put there, or taken away

    def choose(self, name: str, encoding: str | None = None) -> None:
        """Take a text by name or path for the next run; where there is none, the choice stays as it was.

        `encoding`: to read it in; empty finds it out, None takes what was named before.
        """
        from charplay.corpora.errors import CorpusError

        try:
            entry = self._library.find(name) if name else self._default()
        except CorpusError as fault:
            if name and self.chosen is None:
                self.choose("")
            self.post_message(self.Unread(str(fault)))
        else:
            self._take(entry, self.encoding_of(entry) if encoding is None else encoding)

    def encoding_of(self, entry: "Entry") -> str:
        """The encoding that was named for a text; empty where it is found out."""
        return self._encodings.get(entry.name, "")

    @property
    def encoding(self) -> str:
        """That of the chosen text."""
        return self.encoding_of(self.chosen) if self.chosen else ""

    def fall_back(self) -> "Entry | None":
        """Take a text that is here, and name it; None where there is none."""
        from charplay.corpora.errors import CorpusError

        try:
            entry = self._library.find("")
        except CorpusError:
            return None
        self.choose(entry.name)
        return entry

    def _take(self, entry: "Entry", encoding: str) -> None:
        self.chosen = entry
        self._encodings[entry.name] = encoding
        self.refill()
        self.cursor = next((i for i, each in enumerate(self._entries) if each.name == entry.name), self.cursor)
        self.post_message(self.Chosen(entry))

    def _default(self) -> "Entry":
        """Tiny Shakespeare, also where it must be fetched first; else what the library has."""
        entries = self._library.entries()
        return next((entry for entry in entries if entry.name == DEFAULT), None) or self._library.find("")

    def _look(self) -> None:
        if self._stamped() != self._stamp:
            self.refill()

    def _stamped(self) -> tuple[int, int]:
        return _changed(self._folder), _changed(self.chosen.path if self.chosen else None)


def _changed(path: Path | None) -> int:
    """When, in nanoseconds since 1970; 0 where there is nothing."""
    try:
        return path.stat().st_mtime_ns if path else 0
    except OSError:
        return 0
