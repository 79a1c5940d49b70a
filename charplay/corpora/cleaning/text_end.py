"""Cuts what follows a line THE END."""

import re

from charplay.corpora.pieces import whole_lines

DESCRIPTION = "what comes after THE END goes"
ALPHABET = None
PIECEWISE = False
APPLIES_TO_INPUT = False

_END = re.compile(r"^[ \t]*THE END[ \t]*$", re.MULTILINE)


def clean(text: str) -> str:
    """Return the text before its THE END line, or all of it where there is no such line."""
    for begin, stop in whole_lines(text):
        if (end := _END.search(text, begin, stop)) is not None:
            return text[: max(0, end.start() - 1)]  # not the line end before it either: a text ends with its last line
    return text
