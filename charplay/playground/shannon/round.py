"""A round of Shannon's game: a person guesses characters of a text until each is right; machines foretell them, too."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from charplay.corpora.corpus import Corpus
from charplay.playground.shannon.bounds import Bounds, shannon_bounds
from charplay.playground.shannon.machines import Foretold, Machine

LENGTH = 20
"""Characters of a round."""
SHOWN = 400
"""Characters before the first that is guessed, which a person may read."""


@dataclass(frozen=True)
class Turn:
    """A character that was found."""

    character: str
    guesses: int | None
    """Of the person; None where they gave up."""
    machines: dict[str, Foretold | None]
    """By name; None where a machine does not know the character."""


def said_guesses(turn: Turn) -> str:
    """Say how many guesses a character took: "1 guess", "3 guesses", "given up"."""
    if turn.guesses is None:
        return "given up"
    return "1 guess" if turn.guesses == 1 else f"{turn.guesses} guesses"


@dataclass
class ShannonRound:
    """The characters of a text from `start` on, one after the other."""

    corpus: Corpus
    start: int
    machines: Sequence[Machine]
    turns: list[Turn] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    """Wrong guesses at the next character."""

    @property
    def length(self) -> int:
        """Characters of this round; fewer where the text ends."""
        return min(LENGTH, len(self.corpus) - self.start)

    @property
    def done(self) -> bool:
        """Whether every character was found."""
        return len(self.turns) >= self.length

    @property
    def known(self) -> str:
        """The text that may be read: what comes before, and what was found."""
        return self.corpus.text(max(0, self.start - SHOWN), self.start + len(self.turns))

    def guess(self, character: str) -> str:
        """Guess the next character; return why that is none, empty where it counts."""
        if self.done:
            return "The round is over."
        if character not in self.corpus.vocabulary.characters:
            return "That character is not in this text, so it does not count."
        if character in self.tried:
            return "That was guessed already."
        if character == self._next:
            self._find(len(self.tried) + 1)
        else:
            self.tried.append(character)
        return ""

    def give_up(self) -> None:
        """See the next character, which was not found."""
        if not self.done:
            self._find(None)

    @property
    def bounds(self) -> Bounds:
        """Shannon's bounds by the guesses so far; ValueError before the first character was found."""
        return shannon_bounds([turn.guesses for turn in self.turns], len(self.corpus.vocabulary))

    def bits(self, machine: str) -> float | None:
        """Return a machine's mean bits a character, its exact loss; None where it knew none of them."""
        found = [foretold.bits for turn in self.turns if (foretold := turn.machines[machine])]
        return sum(found) / len(found) if found else None

    @property
    def _next(self) -> str:
        at = self.start + len(self.turns)
        return self.corpus.text(at, at + 1)

    def _find(self, guesses: int | None) -> None:
        character = self._next
        foretold = {machine.name: machine.foretell(character) for machine in self.machines}
        self.turns.append(Turn(character, guesses, foretold))
        self.tried.clear()
