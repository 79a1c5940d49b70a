"""Cuts the header and the licence of Project Gutenberg editions."""

import re
from collections.abc import Iterator

from charplay.corpora.pieces import whole_lines

DESCRIPTION = "Gutenberg's header and licence go"
ALPHABET = None
PIECEWISE = False
APPLIES_TO_INPUT = False

_GAP = r"(?:[ \t]+|[ \t]*\n[ \t]*)"
# A mark of three stars may go on over the next lines, up to the stars at its end, but over no empty line or other mark.
_TO_STARS = r"(?:[^\n]*(?:\n(?![ \t]*\n|[ \t]*\*{3}[ \t]*\w)[^\n]*){0,5}?\*{3}[ \t]*$|[^\n]*$)"
_OF_THE_WORK = rf"{_GAP}OF{_GAP}(?:(?:THE|THIS){_GAP})?(?:COPYRIGHTED{_GAP})?PROJECT{_GAP}GUTENBERG{_TO_STARS}"
_MARK = re.compile(
    r"^[ \t]*(?:"
    rf"(?P<start>\*{{3}}[ \t]*START{_OF_THE_WORK}"
    r"|\*+[ \t]*END[ \t*]*(?:OF[ \t]+)?THE[ \t]+SMALL[ \t]+PRINT[^\n]*$)"
    rf"|(?P<end>\*{{3}}[ \t]*END{_OF_THE_WORK}|End of (?:(?:THE|THIS)[ \t]+)?PROJECT[ \t]+GUTENBERG[^\n]*$)"
    r"|\*+[ \t]*START[ \t*]*THE[ \t]+SMALL[ \t]+PRINT[^\n]*$"  # the older header's terms, which come before its work
    r")\n?",
    re.IGNORECASE | re.MULTILINE,
)

_BEGINNING = re.compile(r"^[ \t]*(?:\*|End of )", re.IGNORECASE | re.MULTILINE)
"""How the line begins with which a mark does."""


def clean(text: str) -> str:
    """Keep what is between START and END marks; return a text without marks as it is."""
    marks = list(_marks(text))
    if not marks:
        return text
    kept = []
    # Where the first mark is an END, the header was cut before.
    inside, begin = bool(marks[0]["end"]), 0
    for mark in marks:
        if inside:
            kept.append(text[begin : mark.start()])
        inside, begin = bool(mark["start"]), mark.end()
    if inside:
        kept.append(text[begin:])
    return "".join(part.strip("\n") + "\n" for part in kept if part.strip("\n"))


def _marks(text: str) -> Iterator[re.Match[str]]:
    """Yield the marks of a text, one behind the other."""
    free = 0
    for begin, stop in whole_lines(text):
        for beginning in _BEGINNING.finditer(text, begin, stop):
            if beginning.start() >= free and (mark := _MARK.match(text, beginning.start())) is not None:
                free = mark.end()
                yield mark
