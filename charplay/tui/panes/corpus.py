"""The corpus pane: the texts there are, a row each, and which one of them the next run reads."""

from typing import TYPE_CHECKING

from charplay.formatting.units import count, format_bytes
from charplay.tui.widgets.pane import Pane
from charplay.tui.widgets.row_list import Cell, RowList, fit

if TYPE_CHECKING:
    from charplay.corpora.entries import Entry
    from charplay.playground.corpus_selection import CorpusSelection

COLUMNS = f"{'size':>8}{'vocab':>8}"
"""What stands over a row's numbers; the size is that of the file."""


class _Texts(RowList):
    """A row for each text."""

    def __init__(self, corpora: "CorpusSelection") -> None:
        super().__init__()
        self._corpora = corpora

    def number(self) -> int:
        """Return how many texts there are."""
        return len(self._corpora.entries)

    def draw(self, index: int, width: int) -> list[Cell]:
        """Draw a mark for the chosen one, the title, its size, its vocabulary."""
        corpora = self._corpora
        entry, arriving = corpora.entries[index], corpora.download
        chosen = corpora.chosen is not None and entry.name == corpora.chosen.name
        known = corpora.sizes.get(entry.name)
        vocabulary = count(known[1]) if known else ""
        if not entry.ready:
            vocabulary = "…" if arriving is not None and entry.name == arriving.entry.name else "fetch"
        numbers, tone = f"{self._size_of(entry):>8}{vocabulary:>8}  ", "plain" if entry.ready else "quiet"
        return [
            ("▸ " if chosen else "  ", "accent"),
            (fit(entry.title, max(0, width - len(numbers) - 2)), "strong" if chosen else tone),
            (numbers, "quiet"),
        ]

    def _size_of(self, entry: "Entry") -> str:
        """Write the size of all of a text; where a limit cuts it, also how many of its characters are read."""
        known, whole = self._corpora.sizes.get(entry.name), format_bytes(entry.size)
        if known and (self._corpora.limit is not None or whole is None):
            return f" {count(known[0])} of {whole}" if whole else count(known[0])
        return whole or ""

    def clicked(self) -> None:
        """A second click chooses."""
        self.call_later(self.run_action, "screen.run_command('corpora.choose')")


class CorpusPane(Pane):
    """Draws which texts there are."""

    DEFAULT_CSS = """
    CorpusPane > RowList { height: 1fr; }
    """
    _title = "Corpus"

    def __init__(self, corpora: "CorpusSelection") -> None:
        self.rows = _Texts(corpora)
        super().__init__(self.rows, id="corpus")
        self._corpora = corpora
        self._shown = -1
        """The revision that is shown."""
        self._chosen = ""

    @property
    def selected(self) -> str:
        """Name of the text under the cursor; empty where there is none."""
        entries = self._corpora.entries
        return entries[self.rows.cursor].name if self.rows.cursor < len(entries) else ""

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
            self.rows.cursor = names.index(chosen) if chosen in names else self.rows.cursor
        arriving = corpora.download
        told = arriving is not None and arriving.percent >= 0
        self.set_title("Corpus", f"fetching {arriving.percent}%, esc cancels" if arriving and told else COLUMNS)
        self.rows.repaint()
