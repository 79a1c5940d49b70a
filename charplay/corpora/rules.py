"""Cleaning: applies the rules that a recipe names, in their order, to a corpus or to what a network is given."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from charplay.corpora.errors import CorpusError
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.fs.entry_calls import ArgumentError, EntryCall, UnknownEntryError, parse_entry
from charplay.fs.registry import entry_names

FOLDER = "corpora/cleaning"


def parse_rule(written: str) -> EntryCall:
    """Read a rule as a recipe has it, such as `rare(below=5, to=drop)`. Raises CorpusError where there is none."""
    try:
        return parse_entry(FOLDER, written)
    except UnknownEntryError:
        known, name = entry_names(FOLDER), written.partition("(")[0]
        near = get_close_matches(name, known, 1, 0)[0]
        sentence = f"There is no cleaning rule {name!r}; did you mean {near!r}? ({', '.join(known)})"
    except ArgumentError as fault:
        sentence = f"The cleaning rule {fault}."
    raise CorpusError(sentence)


def with_defaults(name: str) -> str:
    """Return a rule as it is written without any choice of arguments; empty where it needs some."""
    try:
        return str(parse_entry(FOLDER, name))
    except ArgumentError:
        return ""


def counts_original(rule: EntryCall) -> bool:
    """Return whether a rule counts the characters of the text as it was decoded, so that it is for no other text."""
    return getattr(rule.module, "COUNTS_ORIGINAL", False)


def clean(text: str, cleaning: Sequence[str], progress: Progress | None = None) -> str:
    """Apply the named rules in their order. Raises CorpusError for an unknown rule, Cancelled."""
    return clean_pieces(Pieces.of(text), cleaning, progress or Progress()).text()


def clean_pieces(text: Pieces, cleaning: Sequence[str], progress: Progress) -> Pieces:
    """Apply the named rules in their order to a text in pieces, those first that count the original's characters.

    Raises CorpusError for a rule that is unknown or does not fit the text, Cancelled.
    """
    rules = sorted(map(parse_rule, cleaning), key=lambda rule: not counts_original(rule))
    for number, rule in enumerate(rules):
        text = _apply(rule, text, progress.part(number / len(rules), (number + 1) / len(rules)))
    return text


def _apply(rule: EntryCall, text: Pieces, progress: Progress) -> Pieces:
    if hasattr(rule.module, "clean_pieces"):
        whole: Pieces = rule.module.clean_pieces(text, progress, **rule.arguments)
        return whole
    if not rule.module.PIECEWISE:
        progress.at(0)
        return Pieces.of(rule.module.clean(text.text()))
    cleaned, done = [], 0
    for piece in text.lines():
        progress.at(done / len(text))
        cleaned.append(rule.module.clean(piece))
        done += len(piece)
    return Pieces.of(*cleaned)


def require_original(cleaning: Sequence[str], sha256: str, title: str) -> None:
    """Raise CorpusError where ranges were marked in another file than the one of this digest."""
    for rule in filter(counts_original, map(parse_rule, cleaning)):
        if not sha256.startswith(rule.arguments["of"]):
            raise CorpusError(
                f"{title} is not the text in which the ranges of {rule.name} were marked (or its file has changed "
                "since); put the old file back, mark them anew, or leave them out."
            )


def rules_for_another_text(cleaning: Sequence[str]) -> tuple[str, ...]:
    """Return those of the named rules that clean a whole text beside the one for which they were chosen.

    Left out is what would do another thing to it: ranges that were marked in the one, characters that are rare there.
    """
    return tuple(written for written in cleaning if not getattr(parse_rule(written).module, "OF_ITS_TEXT", False))


class CleanedInput(NamedTuple):
    """A text from outside, cleaned as the corpus was that a network learned."""

    text: str
    note: str
    """What was done to it, as in "lowercased as in training"; empty where nothing was."""


def input_rules(cleaning: Sequence[str]) -> list[str]:
    """Return those of the named rules that apply to input, in their order."""
    return [written for written in cleaning if parse_rule(written).module.APPLIES_TO_INPUT]


def clean_input(text: str, cleaning: Sequence[str]) -> CleanedInput:
    """Clean a prompt, a typed text or a scored text by those of a run's rules that apply to input.

    Each character becomes what it became in the training text, so the network knows more of them.
    """
    done = []
    for written in input_rules(cleaning):
        rule = parse_rule(written).module
        cleaned = rule.clean(text)
        if cleaned != text:
            done.append(rule.PARTICIPLE)
        text = cleaned
    return CleanedInput(text, f"{' and '.join(done)} as in training" if done else "")
