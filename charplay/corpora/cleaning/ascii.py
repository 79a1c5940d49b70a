"""Reduces a text to ASCII: accents are dropped, typographic marks become plain ones, anything else is left out."""

import re
import unicodedata

DESCRIPTION = "accents and all but ASCII go"
ALPHABET = "".join(map(chr, range(128)))
PIECEWISE = True
APPLIES_TO_INPUT = True
PARTICIPLE = "reduced to ASCII"

# Characters that Unicode's compatibility decomposition (NFKD) does not turn into ASCII.
_PLAIN = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "--", "\u2015": "--", "\u2212": "-",
        "\u00df": "ss", "\u00e6": "ae", "\u00c6": "AE", "\u0153": "oe", "\u0152": "OE", "\u00f8": "o", "\u00d8": "O",
    }
)  # fmt: skip

_BEYOND = re.compile(r"[^\x00-\x7f]+")
"""What is not ASCII. Each stretch is reduced by itself, since normalizing costs as much where nothing changes."""


def clean(text: str) -> str:
    """Reduce the text to ASCII."""
    return text if text.isascii() else _BEYOND.sub(_reduced, text)


def _reduced(stretch: re.Match[str]) -> str:
    return unicodedata.normalize("NFKD", stretch[0].translate(_PLAIN)).encode("ascii", "ignore").decode("ascii")
