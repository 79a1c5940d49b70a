"""Stop texts: where a text that is being written has come to its end."""

from collections.abc import Iterable, Sequence

from charplay.corpora.rules import clean_input
from charplay.formatting.escapes import escape, unescape


class StopSequences:
    """Watches what is drawn for texts to stop at. What was written before it began to watch does not count."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """`texts`: any of them stops; empty ones are left out."""
        self.texts = tuple(text for text in texts if text)
        self._longest = max(map(len, self.texts), default=0)
        self._tail = ""

    def ended(self, character: str) -> bool:
        """Take the next character; whether the text now ends with a stop text."""
        if not self.texts:
            return False
        self._tail = (self._tail + character)[-self._longest :]
        return self._tail.endswith(self.texts)


def clean_stop_texts(texts: Iterable[str], cleaning: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Return the texts as a network writes them that learned with this cleaning, and a note where they are others.

    The note is as in "the end|fin, lowercased as in training".
    """
    cleaned = [clean_input(text, cleaning) for text in texts]
    notes = ", ".join(dict.fromkeys(each.note for each in cleaned if each.note))
    found = tuple(each.text for each in cleaned)
    return found, f"{format_stop_texts(found)}, {notes}" if notes else ""


def parse_stop_texts(typed: str) -> tuple[str, ...]:
    """Return the texts in one line, with | between them, each in the notation of `escapes`."""
    return tuple(text for text in map(unescape, typed.split("|")) if text)


def format_stop_texts(texts: Iterable[str]) -> str:
    """Write texts on one line, as `parse_stop_texts` reads them."""
    return "|".join(escape(text).replace("|", r"\u{7c}") for text in texts)
