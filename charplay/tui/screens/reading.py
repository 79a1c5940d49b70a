"""The screen's readings of a text: its score, where it was copied from, and what a network makes of a corpus."""

from functools import partial
from typing import TYPE_CHECKING

from charplay.tui.screens.corpora import CorporaScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.corpora.library import Corpus, Library
    from charplay.tui.panes.text_reading import ReadingPane


class ReadingScreen(CorporaScreen):
    """What the text pane asks for when a text is read rather than written."""

    _open_library: "Callable[[], Library]"

    def _on_text_pane_sought(self) -> None:
        chosen = self.corpus.corpus
        self.text.seek(self._open_library(), chosen.path if chosen else "")

    def _on_text_pane_opened(self, message: "ReadingPane.Opened") -> None:
        from charplay.tui.dialogs.corpus_viewer import CorpusViewer

        self.app.push_screen(CorpusViewer(message.corpus, self.text.generator, message.passage))

    def _on_text_pane_scored(self) -> None:
        from charplay.corpora.corpus import from_text
        from charplay.playground.checkpoints import list_checkpoints
        from charplay.tui.dialogs.score import ScoreDialog

        generator = self.text.generator
        if generator is None:
            return
        what = "the prompt and what follows" if generator.prompt else "generated text"
        written = from_text(what, generator.text) if generator.text else None
        others = partial(list_checkpoints, self._shelf)
        self.app.push_screen(ScoreDialog(generator, written, self.corpus.corpus, self._open_text, others))

    def _open_text(self, path: str) -> "Corpus":
        library = self._open_library()
        return library.open(library.find(path))
