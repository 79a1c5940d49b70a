"""Cuts what follows a line THE END."""

import re

DESCRIPTION = "cuts before the first line that says THE END and nothing else"
ALPHABET = None
PIECEWISE = False
APPLIES_TO_INPUT = False

# Matches the line end before it too, so that the text ends with its last line.
_END = re.compile(r"\n?^[ \t]*THE END[ \t]*$", re.MULTILINE)


def clean(text: str) -> str:
    """Return the text before its THE END line, or all of it where there is no such line."""
    end = _END.search(text)
    return text[: end.start()] if end else text
