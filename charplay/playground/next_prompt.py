"""What the next text begins with: as a person typed it, or as a passage of a corpus has it."""

from typing import TYPE_CHECKING

from charplay.sampling.generator import TextGenerator
from charplay.sampling.input_text import InputText, read_input
from charplay.sampling.model import CharModel

if TYPE_CHECKING:
    from charplay.sampling.prompts import Prompt

MAX_READ = 4_000
"""Characters that are read of a prompt, or of a text typed in: the last ones. Meanwhile a screen stands still, for a
tenth of a millisecond each with a small network, for one with a large. What is further back says next to nothing."""


class NextPrompt:
    """Keeps a prompt as it was typed, whatever the networks make of it that read it one after another."""

    def __init__(self, typed: str = "") -> None:
        self._typed = typed[-MAX_READ:]
        self.passage: Prompt | None = None
        """The passage of a corpus that a text began with last."""
        self.passage_title = ""

    @property
    def typed(self) -> str:
        """The prompt as it was typed, at most MAX_READ characters of it."""
        return self._typed

    @typed.setter
    def typed(self, prompt: str) -> None:
        self._typed = prompt[-MAX_READ:]

    def read(self, model: CharModel) -> InputText:
        """Return the prompt as a model reads it."""
        return read_input(model, self._typed)

    def remark(self, model: CharModel) -> str:
        """Say what a model reads otherwise than it was typed; empty where its run's cleaning changes nothing."""
        read = self.read(model)
        return read.remark if read.note else ""

    def keep(self, generator: TextGenerator) -> None:
        """Let the next text begin as a generator's did: as it was typed, where that is still known."""
        if generator.prompt != self.read(generator.model).text:
            self._typed = generator.prompt

    def is_passage(self, generator: TextGenerator) -> bool:
        """Whether a generator's text began with the passage."""
        passage = self.passage
        return passage is not None and generator.prompt == read_input(generator.model, passage.prompt).text


def cut_remark(typed: str) -> str:
    """Say how much of a text is left out, as only its end is read; empty where nothing is."""
    return f"Left out: all but the last {MAX_READ:,} of {len(typed):,} characters." if len(typed) > MAX_READ else ""
