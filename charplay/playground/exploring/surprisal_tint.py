"""A text tinted by how surprised a network is by it."""

from typing import TYPE_CHECKING

from charplay.corpora.rules import clean_input
from charplay.playground.exploring.surprisal_blocks import SurprisalBlocks
from charplay.sampling.surprisal import SurprisalReader

if TYPE_CHECKING:
    from charplay.corpora.corpus import Corpus
    from charplay.sampling.generator import TextGenerator
    from charplay.sampling.model import CharModel

PLAIN = "plain"


class SurprisalTint:
    """By what a text is tinted, and whose surprise that is: the network's that wrote when the tint was chosen."""

    def __init__(self, corpus: "Corpus") -> None:
        self._corpus = corpus
        self.name = PLAIN
        """The name of a tint."""
        self.source = ""
        """Whose surprise it is, and how the text was cleaned for it."""
        self.blocks: SurprisalBlocks | None = None
        """The surprise of what is in sight; None before it was asked for."""
        self._model: CharModel | None = None

    @property
    def shown(self) -> SurprisalBlocks | None:
        """The surprise of what is in sight, while the text is tinted by it."""
        return self.blocks if self.name != PLAIN else None

    def use(self, name: str, generator: "TextGenerator | None") -> str:
        """Tint the text from now on; return why that cannot be."""
        if generator is None:
            return "No network writes yet."
        self.name = name
        if self.blocks is None or generator.model is not self._model:
            self._model = generator.model
            note = clean_input(self._corpus.vocabulary.characters, generator.model.recipe.cleaning).note
            self.source = ", ".join(filter(None, (generator.source, note)))
            self.blocks = SurprisalBlocks(SurprisalReader(generator.model, self._corpus.text))
        return ""

    def rest(self) -> None:
        """Read no further."""
        if self.blocks is not None:
            self.blocks.look(0, 0)
