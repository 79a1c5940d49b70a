"""Where a text begins and where it holds: a passage of the corpus as its prompt, and stop texts."""

from pathlib import Path
from typing import Any, ClassVar

from textual import events, on
from textual.message import Message
from textual.widgets import Static

from charplay.formatting.sanitize import sanitize_line
from charplay.sampling.generator import TextGenerator
from charplay.sampling.prompts import Prompt, passage_length
from charplay.sampling.stop_sequences import StopSequences
from charplay.tui.commands import Bindings, command
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.panes.text_writing import WritingPane

LEAST_ROWS = 8
"""Of the pane, for the truth to be shown."""


class _Truth(Static):
    """How the text that a passage was taken from goes on."""

    DEFAULT_CSS = """
    _Truth { display: none; height: auto; max-height: 2; color: $foreground 50%; }
    """


class PassagesPane(WritingPane):
    """Begins with passages, and has the stop texts. Message: `Passage`, where one is wanted.

    Whoever lays out the pane places `truth`, which is seen while the text began with a passage.
    """

    BINDINGS: ClassVar[Bindings] = [
        command("r", "passage", "passage", "A random passage of the chosen text as the prompt", footer=True),
        command("d", "stops", "hold at", "Texts at which the writing holds"),
    ]

    class Passage(Message, namespace="text_pane"):
        """A passage of the chosen text is wanted: `number` of those that the seed chooses."""

        def __init__(self, seed: int, number: int, length: int) -> None:
            super().__init__()
            self.seed = seed
            self.number = number
            self.length = length
            """As long as what the network learned to look back on, at most LENGTH characters."""

    def __init__(self, texts: Path, *args: Any, **kwargs: Any) -> None:
        super().__init__(texts, *args, **kwargs)
        self.truth = _Truth("", id="truth", markup=False)
        self._passage: Prompt | None = None
        self._passages = 0
        self._stops = StopSequences()

    def action_passage(self) -> None:
        """Ask for the next passage."""
        generator = self.generator
        if generator is not None:
            length = passage_length(generator.model.recipe)
            self.post_message(self.Passage(generator.params.seed, self._passages, length))
            self._passages += 1

    def begin_passage(self, passage: Prompt, title: str) -> None:
        """Begin anew with a passage of the text called `title`, and say how that goes on."""
        self._passage = passage
        self._prompt = passage.prompt
        self.truth.update(sanitize_line(f"{title} itself goes on: {passage.truth}"))
        self._restart()

    def _from_passage(self, generator: TextGenerator) -> bool:
        return self._passage is not None and generator.prompt == self._passage.prompt

    def _show_prompt(self, generator: TextGenerator) -> int:
        known = super()._show_prompt(generator)
        if self._from_passage(generator) and known + len(self._struck) == len(generator.prompt):
            self.writing.break_line()  # here the truth ends
        return known

    def _rewritten(self) -> None:
        super()._rewritten()
        self._show_truth()

    @on(events.Resize)
    def _show_truth(self) -> None:
        """Where there is room for it."""
        roomy = self.content_size.height >= LEAST_ROWS
        self.truth.display = roomy and self.generator is not None and self._from_passage(self.generator)

    def _take(self, generator: TextGenerator) -> None:
        self._stops = StopSequences(self._stops.texts)
        super()._take(generator)

    def action_stops(self) -> None:
        """Ask for the stop texts."""
        sentence = (
            r"Hold where the text ends with one of these, with | between them. \n is a new line, | alone is none."
        )
        self.app.push_screen(TextInputDialog("Hold at", sentence, self.stops), self.stop_at)

    @property
    def stops(self) -> str:
        """The stop texts as they are typed."""
        return "|".join(text.replace("\\", r"\\").replace("\n", r"\n") for text in self._stops.texts)

    def stop_at(self, typed: str | None) -> None:
        """Hold at these texts, as they are typed; None and an empty text leave them as they are."""
        if typed:
            parts = (r"\\".join(each.replace(r"\n", "\n") for each in part.split(r"\\")) for part in typed.split("|"))
            self._stops = StopSequences(part.replace(r"\\", "\\") for part in parts)
