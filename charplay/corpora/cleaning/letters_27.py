"""Reduces a text to 27 symbols: small letters and space."""

import re

DESCRIPTION = "small letters and the space stay"
ALPHABET = " abcdefghijklmnopqrstuvwxyz"
PIECEWISE = True
APPLIES_TO_INPUT = True
PARTICIPLE = "reduced to 27 symbols"

_OTHER = re.compile("[^a-z ]")


def clean(text: str) -> str:
    """Lowercase the text and replace each character outside the alphabet by a space."""
    return _OTHER.sub(" ", text.lower())
