# ruff: noqa: RUF001 - the table is about such characters
"""What stands for a character that a terminal's encoding does not have: ASCII of the same width.

Everything that is drawn goes to the terminal through one file, and that file's error handler is this: borders, arrows,
dots and the text itself need not know what the terminal can show.
"""

import codecs
import unicodedata

from rich.cells import get_character_cell_size

HANDLER = "charplay.coarse"
"""The `errors` of a file that writes to a terminal."""

UNKNOWN = "#"
"""A letter that nothing in ASCII resembles."""

_LIKE = {
    "●": "o", "○": "a", "◇": "b", "△": "c", "□": "d", "◌": "o", "★": "*", "•": "*", "·": ".", "…": ".",
    "┈": ".", "┊": ":", "▸": ">", "▏": "|", "▎": "|", "▌": "_", "▔": "-", "▁": "_", "░": ":", "▒": "=", "▓": "%",
    "↵": "$", "⏎": "$", "␣": "_", "␡": "^", "×": "x", "−": "-", "–": "-", "—": "-", "‘": "'", "’": "'",
    "“": '"', "”": '"', "«": "<", "»": ">",
    "µ": "u", "æ": "a", "Æ": "A", "ø": "o", "Ø": "O", "ß": "s", "œ": "o", "Œ": "O", "€": "E",
}  # fmt: skip

_NAMED = {"LEFTWARDS": "<", "RIGHTWARDS": ">", "UPWARDS": "^", "DOWNWARDS": "v", "SYMBOL FOR": "^"}
"""Part of a character's name -> what stands for it."""

_UPPER, _LOWER = 0x1B, 0xE4
"""The dots of a braille pattern in the upper and in the lower half of its cell."""


def to_ascii(character: str) -> str:
    """ASCII as many cells wide as the character is."""
    width = get_character_cell_size(character)
    if character in _LIKE:
        return _LIKE[character] * width
    code = ord(character)
    if 0x2800 <= code < 0x2900:
        return " '.:"[bool(code & _UPPER) + 2 * bool(code & _LOWER)]
    if 0x2500 <= code < 0x2580:
        return _line(unicodedata.name(character))
    if 0x2580 <= code < 0x25A0:
        return "#"
    base = unicodedata.normalize("NFKD", character)[:1]
    if base.isascii() and base.isprintable():
        return base * width
    name = unicodedata.name(character, "")
    return next((sign for part, sign in _NAMED.items() if part in name), UNKNOWN) * width


def _line(name: str) -> str:
    """A piece of a box, by its Unicode name."""
    words = name.split()
    if "DIAGONAL" in words:
        return "X"
    upright = not {"VERTICAL", "UP", "DOWN"}.isdisjoint(words)
    level = not {"HORIZONTAL", "LEFT", "RIGHT"}.isdisjoint(words)
    return "+" if upright and level else "|" if upright else "-"


def _handle(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(to_ascii, error.object[error.start : error.end])), error.end


codecs.register_error(HANDLER, _handle)
