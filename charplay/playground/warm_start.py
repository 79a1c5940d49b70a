"""The checkpoint whose weights a new run starts from."""

from dataclasses import dataclass

from charplay.formatting.sanitize import sanitize_char
from charplay.recipes.recipe import Recipe

MOST_LISTED = 12


@dataclass(frozen=True)
class WarmStart:
    """A checkpoint as the form knows it: by a name, and by what its header says."""

    name: str
    path: str
    recipe: Recipe
    characters: str

    def fresh(self, vocabulary: str) -> str:
        """A sentence on the text's characters that these weights do not know; empty where they know them all."""
        new = [character for character in vocabulary if character not in self.characters]
        if not new:
            return ""
        listed = " ".join(map(sanitize_char, new[:MOST_LISTED])) + (" …" if len(new) > MOST_LISTED else "")
        return f"{len(new)} characters that {self.name} does not know start fresh: {listed}"
