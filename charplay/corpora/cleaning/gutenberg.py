"""Cuts the header and the licence of Project Gutenberg editions."""

import re

DESCRIPTION = "cuts the header and the licence of Gutenberg editions, of each where several are joined"
ALPHABET = None
PIECEWISE = False
APPLIES_TO_INPUT = False

_MARK = re.compile(
    r"^[ \t]*(?:\*\*\*[ \t]*(?P<start>START)[ \t]+OF[ \t]|\*\*\*[ \t]*END[ \t]+OF[ \t]|End of )"
    r"(?:(?:THE|THIS)[ \t]+)?PROJECT[ \t]+GUTENBERG.*$\n?",
    re.IGNORECASE | re.MULTILINE,
)


def clean(text: str) -> str:
    """Keep what is between START and END marks; return a text without marks as it is."""
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    kept = []
    # Where the first mark is an END, the header was cut before.
    inside, begin = not marks[0]["start"], 0
    for mark in marks:
        if inside:
            kept.append(text[begin : mark.start()])
        inside, begin = inside if not mark["start"] and not inside else bool(mark["start"]), mark.end()
    if inside:
        kept.append(text[begin:])
    return "".join(part.strip("\n") + "\n" for part in kept if part.strip("\n"))
