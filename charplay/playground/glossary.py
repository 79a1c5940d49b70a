"""What the words on the screen mean: docs/GLOSSARY.md, which the package has as `glossary.md` beside this file."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SENTENCES = 2
"""As many of an entry are shown."""
_ENTRY = re.compile(r"^\*\*(.+?)\*\*: (.+?)(?=\n\n|\n\*\*|\Z)", re.DOTALL | re.MULTILINE)
_PLACE = re.compile(r"\(?(`[^`]*` in )?`[^`]*/[^`]*`\)?,?")
"""Where something lives in the code, which says nothing to who only uses it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A headword, as in "top-k, top-p", and what it means in two sentences."""

    head: str
    meaning: str

    @property
    def words(self) -> tuple[str, ...]:
        """What the screen may call it: its headwords, and the adjective of "held-out loss"."""
        heads = self.head.split(", ")
        return (*heads, *(head.split()[0] for head in heads if "-" in head.split()[0]))


@cache
def read_glossary() -> tuple[Entry, ...]:
    """Return every entry, from A to Z."""
    text = (files("charplay.playground") / "glossary.md").read_text("utf-8").partition("\n## Words that files")[0]
    return tuple(Entry(head, _brief(body)) for head, body in _ENTRY.findall(text))


def entries_in(texts: Iterable[str], glossary: Sequence[Entry]) -> list[Entry]:
    """Return the entries of the words that stand in texts, first those of the first text, each in its order.

    Of words that overlap the longer one counts: "hidden size" is not a "size".
    """
    known: dict[str, Entry] = {}
    for entry in glossary:
        for word in entry.words:
            known.setdefault(_plain(word), entry)
    longest_first = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)({longest_first})(?=s?(?!\w))")
    found = (known[word] for text in texts for word in pattern.findall(_plain(text)))
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """Write a text as words are compared: "top_p" is "top-p", and "bits a character" is "bits per character"."""
    return re.sub(r"\bper\b", "a", re.sub(r"[-_\s]+", " ", text.casefold()))


def _brief(body: str) -> str:
    said = " ".join(_PLACE.sub("", body).replace("`", "").split())
    return " ".join(re.split(r"(?<=[.!?]) (?=\S)", said)[:SENTENCES]).strip()
