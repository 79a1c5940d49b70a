"""Capital letters become small ones."""

DESCRIPTION = "capital letters become small ones"
ALPHABET = None
PIECEWISE = True


def clean(text: str) -> str:
    """The text in lower case."""
    return text.lower()
