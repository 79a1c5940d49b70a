"""Lowercases a text."""

DESCRIPTION = "capital letters become small ones"
ALPHABET = None
PIECEWISE = True


def clean(text: str) -> str:
    """Lowercase the text."""
    return text.lower()
