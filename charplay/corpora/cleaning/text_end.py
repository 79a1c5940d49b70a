"""What follows a work's own THE END is no part of it."""

import re

DESCRIPTION = "cuts before the first line that says THE END and nothing else"
ALPHABET = None
PIECEWISE = False

# With the line end before it, so that the text stops where its own last line does.
_END = re.compile(r"\n?^[ \t]*THE END[ \t]*$", re.MULTILINE)


def clean(text: str) -> str:
    """The text before its THE END line; all of it where there is none."""
    end = _END.search(text)
    return text[: end.start()] if end else text
