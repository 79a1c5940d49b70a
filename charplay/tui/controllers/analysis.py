"""Reading what was written: tints, what of it is copied from the training text, and its score."""

from typing import TYPE_CHECKING, ClassVar

from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus


class AnalysisController(Controller):
    """Tints, memorization and scores."""

    commands: ClassVar = (
        Command(
            "analysis.tint", "v", "tint", "Tint the text by its next number, such as surprise or entropy", "text",
            footer=True,
        ),
        Command(
            "analysis.copied", "o", "copied", "Underline what is copied from the training text", "text", footer=True
        ),
        Command(
            "analysis.source", "O", "source",
            "Open the passage that a copy comes from: at the cursor, or the newest one", "text",
        ),
        Command(
            "analysis.score", "i", "score", "How predictable this text, the corpus or a file is to the network", "text",
            footer=True,
        ),
    )  # fmt: skip

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used now."""
        if command.method == "score" and self.playground.instrument.generator is None:
            return "Nothing writes yet."
        if command.method == "source" and not self.playground.memorization.looking:
            look = f"{self.ui.key('analysis.copied')} looks for copies first."
            here = "The training text is not here." if self.playground.memorization.on else look
            return f"Nothing was looked for: {here}"
        return ""

    def tint(self) -> None:
        """Tint the text by the next measure."""
        from charplay.tui.presentation.tinting import explained, tints

        names = tints()
        self.playground.tint = names[(names.index(self.playground.tint) + 1) % len(names)]
        self.ui.note(f"The text is {explained(self.playground.tint)}.")

    def copied(self) -> None:
        """Look for copies, or no more."""
        self.playground.memorization.toggle()

    def source(self) -> None:
        """Open the passage that a copy comes from."""
        memorization, instrument = self.playground.memorization, self.playground.instrument
        text, match = memorization.training_text, memorization.match(instrument.cursor.position)
        if text is None or match is None:
            where = "here" if instrument.cursor.is_out else "so far"
            self.ui.note(f"Nothing is copied {where}.")
            return
        passage = (match.source, match.source + match.stop - match.start)
        self._view(text.corpus, passage)

    def _view(self, corpus: "Corpus", passage: tuple[int, int]) -> None:
        """Show a passage in its text."""
        from charplay.tui.dialogs.explorer import ExplorerScreen

        self.ui.open_dialog(ExplorerScreen(self.playground.explore(corpus, passage)))

    def score(self) -> None:
        """Ask how well the network foretells a text."""
        from charplay.corpora.corpus import from_text
        from charplay.playground.checkpoints import list_checkpoints
        from charplay.tui.dialogs.score import ScoreDialog

        generator, run_list = self.playground.instrument.generator, self.playground.run_list
        if generator is not None:
            what = "the prompt and what follows" if generator.prompt else "generated text"
            written = from_text(what, generator.text) if generator.text else None
            self.ui.open_dialog(
                ScoreDialog(
                    generator, written, self.playground.corpora.corpus, self.playground.open_text,
                    lambda: list_checkpoints(run_list.summaries), self._view, self.playground.loss_unit.current,
                )
            )  # fmt: skip
