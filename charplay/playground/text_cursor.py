"""A cursor on the text: which character is looked at, and what might stand there instead."""

from collections.abc import Sequence

from charplay.sampling.errors import TranscriptError
from charplay.sampling.generator import Candidate, Inspection, TextGenerator

MAX_CANDIDATES = 8


class TextCursor:
    """Stands on a character of a text, or is put away. Looking changes nothing."""

    def __init__(self) -> None:
        self.position: int | None = None
        """Position of the character that is looked at, the text's length at its end; None while it is put away."""
        self.on_unknown = False
        """Whether it stands on a character of the prompt that the model does not know."""
        self.inspection: Inspection | None = None
        """What it looks at, where that can be rated; else `error` says why not."""
        self.error = ""

    @property
    def is_out(self) -> bool:
        """Whether a character is looked at."""
        return self.position is not None

    def move(self, generator: TextGenerator, position: int, *, unknown: bool = False) -> None:
        """Look at the character at a position; `unknown`: at one of the prompt that the model does not know."""
        self.put_away()
        self.position, self.on_unknown = position, unknown
        if unknown:
            self.error = "left out of the prompt: the network does not know it"
            return
        try:
            self.inspection = generator.inspect(position, MAX_CANDIDATES)
        except TranscriptError as error:
            self.error = str(error)

    def put_away(self) -> None:
        """Look at no character."""
        self.position, self.on_unknown, self.inspection, self.error = None, False, None, ""

    def candidates(self, n: int) -> Sequence[Candidate]:
        """Return the n most probable characters where it stands; none where they cannot be rated."""
        return self.inspection.candidates[:n] if self.inspection is not None else ()
