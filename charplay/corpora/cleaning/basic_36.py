"""Reduces a text to 36 symbols: small letters, space, line end and eight punctuation marks."""

import re

DESCRIPTION = "a-z, space, line end, ,.?!:;-' stay"
ALPHABET = "\n !',-.:;?abcdefghijklmnopqrstuvwxyz"
PIECEWISE = True
APPLIES_TO_INPUT = True
PARTICIPLE = "reduced to 36 symbols"

_OTHER = re.compile(f"[^{re.escape(ALPHABET)}]")


def clean(text: str) -> str:
    """Lowercase the text and replace each character outside the alphabet by a space."""
    return _OTHER.sub(" ", text.lower())
