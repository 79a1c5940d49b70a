"""Generated texts of a known entropy, for lessons: how far a network still is from the best that is possible."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from charplay.corpora.entries import Entry
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.corpora.reading import DecodedText

CHARACTERS = 500_000
"""Length of a generated text; ASCII, so as many bytes."""
SEED = 1
LINES = 1000
"""Lines between two reports of progress."""


@dataclass(frozen=True)
class Generated:
    """A text of independent random lines, always the same."""

    name: str
    title: str
    note: str
    line: Callable[[random.Random], str]
    """Draws a line, with its line end, using nothing but `random()`, whose numbers no version of Python changes."""
    nats_per_line: float
    """Entropy of a line."""
    characters_per_line: float
    """Mean length of a line, with its line end."""

    @property
    def entropy(self) -> float:
        """Nats a character: the loss of a predictor that knows how the text is made. None can have a lower one."""
        return self.nats_per_line / self.characters_per_line

    def entry(self, source: str) -> Entry:
        """Return the library's entry of this text, which the module `source` of `corpora/sources` reads."""
        return Entry(
            name=self.name,
            title=self.title,
            kind="generated",
            path=None,
            size=CHARACTERS,
            ready=True,
            licence="",
            note=f"{self.note}; its entropy is {self.entropy:.3f} nats a character: no loss can be lower",
            source=source,
        )

    def read(self, progress: Progress) -> DecodedText:
        """Generate the text. Raises Cancelled."""
        rng, lines, length = random.Random(SEED), list[str](), 0  # noqa: S311  # a text for lessons, no secret
        while length < CHARACTERS:
            if len(lines) % LINES == 0:
                progress.at(length / CHARACTERS)
            lines.append(self.line(rng))
            length += len(lines[-1])
        text = "".join(lines)[:CHARACTERS]
        note = f"It is generated: {self.note}. Its entropy is {self.entropy:.3f} nats a character."
        return DecodedText(Pieces.of(text), hashlib.sha256(text.encode()).hexdigest(), "utf-8", (note,))


def choice(rng: random.Random, options: tuple[str, ...]) -> str:
    """Draw one of the options, all equally likely."""
    return options[int(rng.random() * len(options))]
