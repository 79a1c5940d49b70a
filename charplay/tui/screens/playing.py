"""The screen as it plays: what the text pane asks of the texts and the runs."""

import threading
from typing import TYPE_CHECKING

from charplay.tui.dialogs.choice import Choice, ChoiceDialog
from charplay.tui.screens.training import TrainingScreen

if TYPE_CHECKING:
    from charplay.playground.checkpoints import CheckpointEntry
    from charplay.sampling.recording import Recording
    from charplay.tui.dialogs.comparison import Taken
    from charplay.tui.panes.text import TextPane


class PlayingScreen(TrainingScreen):
    """Passages of the chosen text, checkpoints for rides, columns."""

    def _on_text_pane_beside(self, message: "TextPane.Beside") -> None:
        from charplay.tui.dialogs.comparison import ComparisonScreen

        text = self.text
        screen = ComparisonScreen(
            message.opened, text.prompt, message.settings, text.speed, self.playground.store, text.columns
        )

        def leave(taken: "Taken | None") -> None:
            text.columns = screen.temperatures
            self._take_over(taken)

        self.app.push_screen(screen, leave)

    def _take_over(self, taken: "Taken | None") -> None:
        if taken is not None:
            self.text.take_over(taken.generator, taken.origin)
            self._on_text_pane_went()

    def _on_text_pane_went(self) -> None:
        self.source.following = self.text.following

    def _on_text_pane_passage(self, message: "TextPane.Passage") -> None:
        corpus, chosen = self.playground.corpora.corpus, self.playground.corpora.chosen
        if corpus is None or chosen is None:
            self.complain("The text was not read yet; choose one that is here.")
            return

        def work() -> None:
            from charplay.sampling.prompts import choose

            wanted = {"seed": message.seed, "number": message.number, "length": message.length}
            passage = choose(corpus.text(), "passage", **wanted)
            self.app.call_later(self.text.begin_passage, passage, chosen.title)

        threading.Thread(target=work, daemon=True).start()  # a long text takes its time

    def _on_text_pane_another(self, message: "TextPane.Another") -> None:
        from charplay.playground.checkpoints import list_checkpoints

        found = list_checkpoints(self.playground.store)
        choices = [Choice(str(number), each.title, each.note) for number, each in enumerate(found)]
        question = ChoiceDialog("Replay on", "", choices)
        self.app.push_screen(question, lambda at: self._ride(message.ride, found[int(at)]) if at else None)

    def _ride(self, ride: "Recording", chosen: "CheckpointEntry") -> None:
        from pathlib import Path

        from charplay.playground.checkpoints import open_model
        from charplay.runs.checkpoint import CheckpointError
        from charplay.sampling.errors import ModelError

        try:
            opened = open_model(Path(chosen.path), chosen.run)
        except (CheckpointError, ModelError) as fault:
            self.complain(str(fault))
        else:
            self.source.following = False
            self.text.ride(ride, opened=opened)
