"""Small letters and the space: 27 symbols."""

import re

DESCRIPTION = "27 symbols: small letters and space; anything else becomes a space"
ALPHABET = " abcdefghijklmnopqrstuvwxyz"
PIECEWISE = True

_OTHER = re.compile("[^a-z ]")


def clean(text: str) -> str:
    """The text in lower case, with a space for each character outside the alphabet."""
    return _OTHER.sub(" ", text.lower())
