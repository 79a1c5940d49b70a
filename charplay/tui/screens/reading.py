"""The screen's readings of a text: its score, where it was copied from, and what a network makes of a corpus."""

from functools import partial
from typing import TYPE_CHECKING

from charplay.tui.screens.corpora import CorporaScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from charplay.corpora.library import Corpus, Library
    from charplay.sampling.model import CharModel
    from charplay.tui.panes.text_reading import ReadingPane
    from charplay.tui.scoring import Named


class ReadingScreen(CorporaScreen):
    """What the text pane asks for when a text is read rather than written."""

    _open_library: "Callable[[], Library]"

    def _on_text_pane_sought(self) -> None:
        chosen = self.corpus.corpus
        self.text.seek(self._open_library(), chosen.path if chosen else "")

    def _on_text_pane_opened(self, message: "ReadingPane.Opened") -> None:
        from charplay.tui.screens.preview import Preview

        self.app.push_screen(Preview(message.corpus, self.text.player, message.passage))

    def _on_text_pane_scored(self) -> None:
        from charplay.corpora.corpus import from_text
        from charplay.tui.screens.score import ScoreScreen

        player = self.text.player
        if player is None:
            return
        written = from_text("generated text", player.text) if player.text else None
        self.app.push_screen(ScoreScreen(player, written, self.corpus.corpus, self._open_text, self._others))

    def _open_text(self, path: str) -> "Corpus":
        library = self._open_library()
        return library.open(library.find(path))

    def _others(self) -> "Sequence[Named]":
        """A network for every run that plays, by its best checkpoint."""
        from charplay.tui.scoring import Named

        return [
            Named(f"{each.name}, step {each.step:,}", partial(self._open_network, each.name))
            for each in self._shelf.list()
            if each.playable is not None and not each.broken
        ]

    def _open_network(self, name: str) -> "CharModel":
        from charplay.tui.checkpoints import open_model

        return open_model(self._shelf.checkpoint(name), name).model
