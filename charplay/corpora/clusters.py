"""Clusters: a character with the marks on it, across whose borders no cleaning rule for input looks."""

import unicodedata
from collections.abc import Iterator

_JAMO = (range(0x1161, 0x1176), range(0x11A8, 0x11C3))
"""Vowels and final consonants of Hangul, which compose with what stands before them as marks do."""


def clusters(text: str) -> Iterator[str]:
    """Split a text before every character that does not join the one before."""
    start = 0
    for at in range(1, len(text)):
        if not joins(text[at]):
            yield text[start:at]
            start = at
    if text:
        yield text[start:]


def joins(character: str) -> bool:
    """Return whether a character composes, or changes places, with what stands before it."""
    code = ord(character)
    return code > 127 and (unicodedata.category(character)[0] == "M" or any(code in jamo for jamo in _JAMO))
