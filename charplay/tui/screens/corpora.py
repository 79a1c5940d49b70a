"""The screen's texts: fetched, read, looked at, and handed to the panes that count on them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import on

from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.download import Fetched, Fetching, Unfetched
from charplay.tui.panes.corpus import CorpusPane
from charplay.tui.panes.fields import Device
from charplay.tui.panes.form import FormPane
from charplay.tui.screens.layout import Layout

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.playground.playground import Playground


class CorporaScreen(Layout):
    """What becomes of a text that was chosen."""

    def __init__(self, playground: "Playground", list_devices: Callable[[], Sequence[Device]]) -> None:
        super().__init__(playground, list_devices)
        self._train_when_read = ""
        """Name of the text that training waits for."""
        self._cleaned: tuple[tuple[str, ...], int | None] = ((), None)
        """How the text was cleaned and cut when it was last read."""

    @on(CorpusPane.Chosen)
    def _chosen(self, message: CorpusPane.Chosen) -> None:
        entry = message.entry
        if entry.name != self._train_when_read:
            self._train_when_read = self.playground.announcements.trouble = ""
        self.form.read_corpus(entry.name, None, "reading the text" if entry.ready else "t fetches the text and trains")
        self._measure(None)
        self._read()

    def _measure(self, corpus: "Corpus | None") -> None:
        self.playground.corpus = corpus
        self.playground.runs.history.read_corpus(corpus)
        self.training.show()

    def _read(self) -> None:
        draft = self.form.draft
        if draft is not None:
            self.corpus.read(draft.asked.cleaning, draft.asked.limit)

    @on(CorpusPane.Read)
    def _text_read(self, message: CorpusPane.Read) -> None:
        chosen, notes = self.corpus.chosen, message.corpus.notes
        if chosen is not None:
            self.form.read_corpus(chosen.name, message.corpus)
        self._measure(message.corpus)
        if notes or self.playground.announcements.notes:
            self.say_notes(notes)
        self.playground.announcements.notes = notes
        if chosen is not None and chosen.name == self._train_when_read:
            self.action_run_command("training.train")
        else:
            self.playground.announcements.trouble = ""
        self._train_when_read = ""

    @on(CorpusPane.Unread)
    def _text_unread(self, message: CorpusPane.Unread) -> None:
        self._train_when_read, self.playground.announcements.notes = "", (message.sentence,)
        self.playground.announcements.trouble = message.sentence if message.entry is None else ""
        self.say(message.sentence, warning=True)
        if self.corpus.trouble and message.entry is not None:
            self.form.read_corpus(message.entry.name, None, "the text could not be read")

    @on(Fetching)
    def _text_fetching(self, message: Fetching) -> None:
        then = "; training starts when it is here" if message.download.to_train else ""
        self.say(f"fetching {message.download.entry.title}: {message.percent}%{then}, esc cancels")
        self.refresh_bindings()

    @on(CorpusPane.Cancelled)
    def _text_cancelled(self, message: CorpusPane.Cancelled) -> None:
        chosen = self.corpus.chosen
        again = "; t fetches it and trains" if chosen is not None and chosen.name == message.entry.name else ""
        self.say(f"{message.entry.title} is not fetched{again}")
        self.refresh_bindings()

    @on(Fetched)
    def _text_fetched(self, message: Fetched) -> None:
        chosen = self.corpus.chosen
        kept = chosen is not None and chosen.name == message.entry.name
        self._train_when_read = message.entry.name if kept and message.download.to_train else ""
        self.say(f"{message.entry.title} is here")
        self.refresh_bindings()

    @on(Unfetched)
    def _text_unfetched(self, message: Unfetched) -> None:
        """Say it in one line; the page about the text has the rest. Training goes on with a text that is here."""
        entry, chosen = message.download.entry, self.corpus.chosen
        waited = message.download.to_train and chosen is not None and chosen.name == entry.name
        instead = self.corpus.fall_back() if waited else None
        then = f"{instead.title} is read instead" if instead else "try again later"
        sentence = f"{entry.title} could not be fetched (1 and v say why); {then}"
        if instead is not None:
            self._train_when_read, self.playground.announcements.trouble = instead.name, sentence
        self.say(sentence, warning=True)
        self.refresh_bindings()

    @on(CorpusPane.About)
    def _about(self, message: CorpusPane.About) -> None:
        from charplay.tui.presentation.corpus_about import about

        self.app.push_screen(ReaderDialog(message.entry.title, about(message.entry, message.place, message.trouble)))

    @on(CorpusPane.Preview)
    def _preview(self, message: CorpusPane.Preview) -> None:
        from charplay.tui.dialogs.corpus_viewer import CorpusViewer

        if self.app.screen is self:  # a text takes a while to open, and something else may lie there by then
            self.app.push_screen(CorpusViewer(message.corpus, self.playground.instrument.generator))

    @on(CorpusPane.Open)
    def _open(self) -> None:
        from charplay.tui.dialogs.file_picker import FilePicker

        self.app.push_screen(FilePicker(), lambda path: self.corpus.choose(str(path)) if path else None)

    @on(FormPane.Changed)
    def _changed(self, message: FormPane.Changed) -> None:
        """Another cleaning, or another limit, makes another text."""
        wanted = (message.draft.asked.cleaning, message.draft.asked.limit)
        if wanted != self._cleaned:
            self._cleaned = wanted
            self._read()
