"""Cleaning: applies the rules that a recipe names, in their order, to a corpus or to what a network is given."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from charplay.corpora.errors import CorpusError
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.fs.registry import entry_names, load_entry


def clean(text: str, cleaning: Sequence[str], progress: Progress | None = None) -> str:
    """Apply the named rules in their order. Raises CorpusError for an unknown rule, Cancelled."""
    return clean_pieces(Pieces.of(text), cleaning, progress or Progress()).text()


def clean_pieces(text: Pieces, cleaning: Sequence[str], progress: Progress) -> Pieces:
    """Apply the named rules in their order to a text in pieces. Raises CorpusError for an unknown rule, Cancelled."""
    for number, name in enumerate(cleaning):
        known = entry_names("corpora/cleaning")
        if name not in known:
            near = get_close_matches(name, known, 1, 0)[0]
            raise CorpusError(f"There is no cleaning rule {name!r}; did you mean {near!r}? ({', '.join(known)})")
        rule = load_entry("corpora/cleaning", name)
        share = progress.part(number / len(cleaning), (number + 1) / len(cleaning))
        if not rule.PIECEWISE:
            share.at(0)
            text = Pieces.of(rule.clean(text.text()))
            continue
        cleaned, done = [], 0
        for piece in text.lines():
            share.at(done / len(text))
            cleaned.append(rule.clean(piece))
            done += len(piece)
        text = Pieces.of(*cleaned)
    return text


class CleanedInput(NamedTuple):
    """A text from outside, cleaned as the corpus was that a network learned."""

    text: str
    note: str
    """What was done to it, as in "lowercased as in training"; empty where nothing was."""


def input_rules(cleaning: Sequence[str]) -> list[str]:
    """Return those of the named rules that apply to input, in their order."""
    return [name for name in cleaning if load_entry("corpora/cleaning", name).APPLIES_TO_INPUT]


def clean_input(text: str, cleaning: Sequence[str]) -> CleanedInput:
    """Clean a prompt, a typed text or a scored text by those of a run's rules that apply to input.

    Each character becomes what it became in the training text, so the network knows more of them.
    """
    done = []
    for name in input_rules(cleaning):
        rule = load_entry("corpora/cleaning", name)
        cleaned = rule.clean(text)
        if cleaned != text:
            done.append(rule.PARTICIPLE)
        text = cleaned
    return CleanedInput(text, f"{' and '.join(done)} as in training" if done else "")
