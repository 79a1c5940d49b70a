"""Cleaning: applies the rules that a recipe names, in their order."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Progress
from charplay.fs.registry import entry_names, load_entry

PIECE = 1 << 20


def clean(text: str, cleaning: Sequence[str], progress: Progress | None = None) -> str:
    """Apply the named rules in their order. Raises CorpusError for an unknown rule, Cancelled."""
    progress = progress or Progress()
    for number, name in enumerate(cleaning):
        known = entry_names("corpora/cleaning")
        if name not in known:
            near = get_close_matches(name, known, 1, 0)[0]
            raise CorpusError(f"There is no cleaning rule {name!r}; did you mean {near!r}? ({', '.join(known)})")
        rule = load_entry("corpora/cleaning", name)
        share = progress.part(number / len(cleaning), (number + 1) / len(cleaning))
        if not rule.PIECEWISE:
            share.at(0)
            text = rule.clean(text)
            continue
        cleaned, done = [], 0
        for piece in lines(text):
            share.at(done / len(text))
            cleaned.append(rule.clean(piece))
            done += len(piece)
        text = "".join(cleaned)
    return text


def lines(text: str) -> Iterator[str]:
    """Split a text into pieces of whole lines, of about PIECE characters where lines are shorter than that."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + PIECE - 1) + 1 or len(text)
        yield text[start:end]
        start = end
