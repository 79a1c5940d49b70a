"""Texts from outside, such as prompts and what a person types, as a network reads them."""

from typing import NamedTuple

from charplay.corpora.rules import clean_input
from charplay.formatting.escapes import listed
from charplay.sampling.model import CharModel


class InputText(NamedTuple):
    """A text from outside, and what a network makes of it before it reads it."""

    text: str
    """After the run's own cleaning; what is unknown still stands in it."""
    note: str
    """What the cleaning did, as in "lowercased as in training"; empty where it did nothing."""
    unknown: str
    """Characters of `text` that the network does not know, each once; they are left out."""

    @property
    def facts(self) -> tuple[str, ...]:
        """What was cleaned, and what is unknown; empty where all is read as it was given."""
        return tuple(filter(None, (self.note, self.unknown and f"unknown to the network: {listed(self.unknown)}")))

    @property
    def remark(self) -> str:
        """The same as sentences."""
        left_out = f"Left out, unknown to the network: {listed(self.unknown)}" if self.unknown else ""
        return " ".join(filter(None, (self.note and f"{self.note[0].upper()}{self.note[1:]}.", left_out)))


def read_input(model: CharModel, text: str) -> InputText:
    """Clean a text as the model's training text was, and find what is unknown to the model even so.

    A recorded text does not go through this: it is replayed as it was given then.
    """
    cleaned, note = clean_input(text, model.recipe.cleaning)
    return InputText(cleaned, note, model.vocabulary.split(cleaned)[1])
