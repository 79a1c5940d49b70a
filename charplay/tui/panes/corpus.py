"""The corpus pane: the texts there are, a row each, and which one of them the next run reads."""

from typing import TYPE_CHECKING

from charplay.formatting.units import count
from charplay.tui.widgets.row_list import Cell, RowList, fit

if TYPE_CHECKING:
    from charplay.playground.corpus_selection import CorpusSelection


class CorpusPane(RowList):
    """A list of texts."""

    def __init__(self, corpora: "CorpusSelection") -> None:
        super().__init__(id="corpus")
        self._corpora = corpora
        self._shown = -1
        """The revision that is shown."""
        self._chosen = ""

    def on_mount(self) -> None:
        """Say what this is."""
        self.set_title("Corpus")

    def number(self) -> int:
        """One row a text."""
        return len(self._corpora.entries)

    @property
    def selected(self) -> str:
        """Name of the text under the cursor; empty where there is none."""
        entries = self._corpora.entries
        return entries[self.cursor].name if self.cursor < len(entries) else ""

    def draw(self, index: int, width: int) -> list[Cell]:
        """A mark for the chosen one, the title, its size, its vocabulary."""
        corpora = self._corpora
        entry, arriving = corpora.entries[index], corpora.download
        chosen = corpora.chosen is not None and entry.name == corpora.chosen.name
        known = corpora.sizes.get(entry.name)
        size = count(known[0]) if known else count(entry.size) if entry.size else ""
        vocabulary = count(known[1]) if known else ""
        if not entry.ready:
            vocabulary = "…" if arriving is not None and entry.name == arriving.entry.name else "fetch"
        return [
            ("▸ " if chosen else "  ", "accent"),
            (fit(entry.title, max(0, width - 18)), "strong" if chosen else "plain" if entry.ready else "quiet"),
            (fit(size, 8, right=True), "quiet"),
            (fit(vocabulary, 7, right=True) + " ", "quiet"),
        ]

    def sync(self) -> None:
        """Show the texts as they are now; the cursor goes to one that was chosen since."""
        corpora = self._corpora
        if corpora.revision == self._shown:
            return
        self._shown = corpora.revision
        chosen = corpora.chosen.name if corpora.chosen else ""
        if chosen != self._chosen:
            self._chosen = chosen
            names = [entry.name for entry in corpora.entries]
            self.cursor = names.index(chosen) if chosen in names else self.cursor
        arriving = corpora.download
        told = arriving is not None and arriving.percent >= 0
        self.set_title("Corpus", f"fetching {arriving.percent}%, esc cancels" if arriving and told else "")
        self.repaint()

    def clicked(self) -> None:
        """A second click chooses."""
        self.call_later(self.run_action, "screen.run_command('corpus.choose')")
