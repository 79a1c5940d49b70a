"""Small letters, space, line end and eight punctuation marks: 36 symbols."""

import re

DESCRIPTION = "36 symbols: small letters, space, line end and ,.?!:;-'; anything else becomes a space"
ALPHABET = "\n !',-.:;?abcdefghijklmnopqrstuvwxyz"
PIECEWISE = True

_OTHER = re.compile(f"[^{re.escape(ALPHABET)}]")


def clean(text: str) -> str:
    """The text in lower case, with a space for each character outside the alphabet."""
    return _OTHER.sub(" ", text.lower())
