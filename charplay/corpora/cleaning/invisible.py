"""Takes out what is not seen: NULs and other control codes, marks, zero-width characters, bidirectional controls.

Joiners (U+200C and U+200D) stay where they shape what they stand between, as in an emoji of a family, in Persian and in
Hindi. Beside ASCII, spaces and line ends they do nothing, and go.
"""

import re

DESCRIPTION = "controls and zero-width signs go"
ALPHABET = None
PIECEWISE = True
APPLIES_TO_INPUT = False

_UNSEEN = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f"  # control codes but for tab and line end
    "\xad\u034f\u061c\u180e"  # soft hyphen, grapheme joiner, Arabic and Mongolian controls
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
_JOINED = r"[^\x00-\u02ff\s\u2000-\u206f]"
_LOOSE = re.compile(f"(?<!{_JOINED})[\u200c\u200d]+|[\u200c\u200d]++(?!{_JOINED})")


def clean(text: str) -> str:
    """Take out what is not seen."""
    return text if text.isascii() and text.isprintable() else _LOOSE.sub("", _UNSEEN.sub("", text))
