"""The screen's readings of a text: its score, where it was copied from, and what a network makes of a corpus."""

from functools import partial
from typing import TYPE_CHECKING

from charplay.tui.screens.training import TrainingScreen

if TYPE_CHECKING:
    from charplay.corpora.library import Corpus
    from charplay.tui.panes.text_reading import ReadingPane


class ReadingScreen(TrainingScreen):
    """What the text pane asks for when a text is read rather than written."""

    def _on_text_pane_sought(self) -> None:
        chosen = self.playground.corpora.corpus
        self.text.seek(self.playground.library, chosen.path if chosen else "")

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
        others = partial(list_checkpoints, self.playground.store)
        self.app.push_screen(ScoreDialog(generator, written, self.playground.corpora.corpus, self._open_text, others))

    def _open_text(self, path: str) -> "Corpus":
        library = self.playground.library
        return library.open(library.find(path))
