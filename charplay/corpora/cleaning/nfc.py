"""Composes characters: a letter and its accent, two characters in some files, become one (Unicode's NFC)."""

import unicodedata

DESCRIPTION = "a letter and its accents become one"
ALPHABET = None
PIECEWISE = True
APPLIES_TO_INPUT = True
PARTICIPLE = "composed (NFC)"


def clean(text: str) -> str:
    """Compose the text."""
    return unicodedata.normalize("NFC", text)
