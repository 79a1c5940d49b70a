"""Lowercases a text."""

DESCRIPTION = "capital letters become small ones"
ALPHABET = None
PIECEWISE = True
APPLIES_TO_INPUT = True
PARTICIPLE = "lowercased"


def clean(text: str) -> str:
    """Lowercase the text."""
    return text.lower()
