"""Where a text begins and where it holds: a passage of the corpus as its prompt, and stop texts."""

from typing import ClassVar

from charplay.tui.command import Command
from charplay.tui.controllers.base import Controller


class PromptController(Controller):
    """Passages and stop texts."""

    commands: ClassVar = (
        Command(
            "prompts.passage", "r", "passage", "A random passage of the chosen text as the prompt", "text", footer=True
        ),
        Command("prompts.stop_texts", "H", "hold at", "Pause when one of these texts is written", "text"),
    )  # fmt: skip

    def disabled(self, command: Command) -> str:
        """Return why a command cannot be used now."""
        if command.method != "passage":
            return ""
        if self.playground.instrument.generator is None:
            return "Nothing writes yet."
        return (
            "" if self.playground.corpora.corpus is not None else "The text was not read yet; choose one that is here."
        )

    def passage(self) -> None:
        """Begin with the next passage of the chosen text."""
        if self.playground.corpora.corpus is not None:
            self.playground.passages.draw(self.playground.corpora.corpus)

    def stop_texts(self) -> None:
        """Ask for the texts at which the writing holds."""
        from charplay.tui.dialogs.text_input import TextInputDialog

        sentence = r"Pause after any of these, with | between them; \n is a new line. Empty: never pause."
        dialog = TextInputDialog(
            "Hold at", sentence, self.playground.instrument.stops, check=lambda _: "", escaped=True
        )
        self.ui.open_dialog(dialog, self._stop_at)

    def _stop_at(self, typed: str | None) -> None:
        from charplay.sampling.stop_sequences import parse_stop_texts

        if typed is not None:
            instrument = self.playground.instrument
            instrument.stop_at(parse_stop_texts(typed))
            self.ui.note(
                f"The writing holds at: {instrument.stops}" if instrument.stops else "It holds at no text now."
            )
