"""The commands on texts: choose one, look at it, open a file, name an encoding, give a download up."""

from typing import TYPE_CHECKING

from charplay.formatting.sanitize import sanitize_line
from charplay.playground.happenings import CorpusOpened
from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.corpora.entries import Entry

AUTO = "auto"


class CorpusController(Controller):
    """What a person does with the list of texts."""

    commands = (
        Command(
            "corpora.choose",
            "enter",
            "choose",
            "Take this text for the next run, fetching it first where it must be",
            place="corpus",
            footer=True,
        ),
        Command(
            "corpora.view",
            "v",
            "view",
            "Explore the text: read it, search it, count its characters",
            place="corpus",
            footer=True,
        ),
        Command(
            "corpora.open", "o", "open a file", "Choose any file or folder as the text", place="corpus", footer=True
        ),
        Command(
            "corpora.encode",
            "e",
            "encoding",
            "Name the encoding of the chosen text, where the one it is read in is wrong",
            place="corpus",
        ),
        Command("corpora.copy", "y", "copy", "Copy the list of texts", place="corpus"),
        Command("corpora.write", "w", "write", "Write the list of texts to a file in texts/", place="corpus"),
        Command("corpora.cancel", "escape", "cancel", "Cancel the download", passes=True),
    )

    def disabled(self, command: Command) -> str:
        """Return what is missing for a command."""
        corpora = self.playground.corpora
        match command.method:
            case "choose" | "view" if self._selected() is None:
                return f"There is no text here; {self.ui.key('corpora.open')} opens a file."
            case "encode" if corpora.chosen is None or not corpora.chosen.ready:
                return f"The text is not here yet; {self.ui.key('training.train')} fetches it."
            case "cancel" if corpora.download is None:
                return "Nothing is fetched just now."
        return ""

    def hear(self, happening: object) -> None:
        """Show a text that was opened, unless something else lies there by now."""
        if isinstance(happening, CorpusOpened) and not self.ui.sight().covered:
            self._show(happening.corpus)

    def choose(self) -> None:
        """Choose the text under the cursor, and fetch it where it must be."""
        corpora = self.playground.corpora
        corpora.choose(self.ui.selected("corpus"))
        if not corpora.fetch() and corpora.download is not None:
            title = sanitize_line(corpora.download.entry.title)
            self.ui.note(f"{title} is fetched first; {self.ui.key('corpora.cancel')} cancels that")

    def view(self) -> None:
        """Look at the text under the cursor; one that is not here yet has a page about it."""
        corpora, entry = self.playground.corpora, self._selected()
        if entry is None:
            return
        chosen = corpora.chosen is not None and entry.name == corpora.chosen.name
        if not entry.ready:
            self._show_about(entry)
        elif chosen and corpora.corpus is not None:
            self._show(corpora.corpus)
        else:
            corpora.open(entry)

    def open(self) -> None:
        """Choose a file from the disk."""
        from charplay.tui.dialogs.file_picker import FilePicker

        self.ui.open_dialog(FilePicker(), lambda path: self.playground.corpora.choose(str(path)) if path else None)

    def copy(self) -> None:
        """Copy the list."""
        self._copy(self.ui.shown("corpus"))

    def write(self) -> None:
        """Write the list to a file."""
        from charplay.playground.curve_export import ExportError, write_new

        try:
            path = write_new(self.playground.home.texts, "list-of-texts", ".txt", self.ui.shown("corpus"))
        except ExportError as fault:
            self.ui.note(str(fault), warning=True)
        else:
            self.ui.note(f"Written to {path.parent.name}/{path.name}")

    def encode(self) -> None:
        """Ask for the encoding of the chosen text."""
        from charplay.tui.dialogs.text_input import TextInputDialog

        corpora = self.playground.corpora
        assert corpora.chosen is not None
        title = sanitize_line(corpora.chosen.title)
        sentence = f"What {title} is written in, as utf-8, cp1252 or koi8-r; auto, or nothing, finds it out."
        dialog = TextInputDialog("Encoding", sentence, corpora.encoding or AUTO, check=_encoding_fault)
        self.ui.open_dialog(dialog, self._encode)

    def _encode(self, name: str | None) -> None:
        if name is not None:
            self.playground.corpora.choose_encoding("" if name == AUTO else name)

    def cancel(self) -> None:
        """Give the download up."""
        self.playground.corpora.cancel()

    def _selected(self) -> "Entry | None":
        return self.playground.corpora.find(self.ui.selected("corpus"))

    def _show(self, corpus: "Corpus") -> None:
        from charplay.tui.dialogs.explorer import ExplorerScreen

        kept, explorer = self.playground.preferences, self.playground.explore(corpus)
        self.ui.open_dialog(ExplorerScreen(explorer), lambda _: kept.keep_place(corpus.name, explorer.place))

    def _show_about(self, entry: "Entry") -> None:
        from charplay.tui.dialogs.reader import ReaderDialog
        from charplay.tui.presentation.corpus_about import about

        corpora = self.playground.corpora
        lines = about(entry, corpora.library.paths, corpora.troubles.get(entry.name, ""), self.ui.key("training.train"))
        self.ui.open_dialog(ReaderDialog(entry.title, lines))


def _encoding_fault(name: str) -> str:
    from charplay.corpora.decoding import encoding_fault

    return "" if name in {AUTO, ""} else encoding_fault(name)
