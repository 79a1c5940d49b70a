"""What there is to say of a text and of runs, put together so that nothing that matters is said over."""

from collections.abc import Sequence

from charplay.playground.happenings import Said


class Announcements:
    """What went wrong before, what is on offer, and the notes on the text: one line."""

    def __init__(self) -> None:
        self.trouble = ""
        """What the next sentence must not wipe away: why another text is read, say."""
        self.offer = ""
        """Of a run that was not finished: it stands until a run is begun."""
        self.notes: Sequence[str] = ()
        """What was said of the text that was read last, as long as it may be seen."""

    def say(self, notes: Sequence[str]) -> Said:
        """Say notes on a text or a run, after what went wrong before and what is on offer."""
        said = [self.trouble, self.offer, *map(_begun, notes)]
        return Said(". ".join(note.rstrip(".") for note in said if note), warning=bool(self.trouble))


def _begun(note: str) -> str:
    """A note as a sentence begins: a word with a capital, a name (of a file or a field) as it is."""
    return note[:1].upper() + note[1:] if note.partition(" ")[0].isalpha() else note
