"""Recognises UTF-16 and UTF-32 without a byte-order mark: by their NULs, or by the sense that they make."""

import codecs

from charplay.corpora.control_codes import BINARY_SHARE, control_share
from charplay.corpora.plausibility import is_plausible

_CODECS = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_PRINTABLE = bytes((*range(32, 127), *b"\t\n\r"))
_NARROW = 0.85
"""Share of printable ASCII from which data is text of one byte a character, with control codes in between."""


def unmarked(head: bytes) -> str | None:
    """Return the codec of data that begins with `head` if it is UTF-16 or UTF-32 without a mark, else None.

    Data with hardly any control codes is never taken for it: many a pair of ASCII letters is a Chinese character too.
    """
    return _by_nuls(head) or (_by_sense(head) if control_share(head) > BINARY_SHARE else None)


def _by_nuls(head: bytes) -> str | None:
    """Detect UTF-16 by its NULs: in mostly Latin text every other byte is one."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.4 * pairs and even < 0.01 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.01 * pairs:
        return "utf-16-be"
    return None


def _by_sense(head: bytes) -> str | None:
    if len(head.translate(None, _PRINTABLE)) < (1 - _NARROW) * len(head):
        return None
    return next((codec for codec in _CODECS if is_plausible(_decoded(head, codec))), None)


def _decoded(head: bytes, codec: str) -> str:
    """Decode what whole characters there are; return nothing where they are not of this encoding."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(head)
    except UnicodeDecodeError:
        return ""
