"""An electronic edition's header and licence are no part of the work."""

import re

DESCRIPTION = "cuts the header and the licence of Gutenberg editions, of each where several are joined"
ALPHABET = None
PIECEWISE = False

_MARK = re.compile(
    r"^[ \t]*(?:\*\*\*[ \t]*(?P<start>START)[ \t]+OF[ \t]|\*\*\*[ \t]*END[ \t]+OF[ \t]|End of )"
    r"(?:(?:THE|THIS)[ \t]+)?PROJECT[ \t]+GUTENBERG.*$\n?",
    re.IGNORECASE | re.MULTILINE,
)


def clean(text: str) -> str:
    """What stands between START and END marks; the text as it is where it has none."""
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    kept = []
    # A text whose first mark is an END has lost its header already.
    inside, begin = not marks[0]["start"], 0
    for mark in marks:
        if inside:
            kept.append(text[begin : mark.start()])
        inside, begin = inside if not mark["start"] and not inside else bool(mark["start"]), mark.end()
    if inside:
        kept.append(text[begin:])
    return "".join(part.strip("\n") + "\n" for part in kept if part.strip("\n"))
