"""Outside text on its way to a terminal: every code point becomes something that can be seen and does nothing else."""

import unicodedata

from rich.cells import get_character_cell_size

NEWLINE = "↵"
SPACE = "␣"
DOTTED_CIRCLE = "◌"

_NAMELESS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Controls, format characters (bidirectional, zero-width, tags), surrogates, private and unassigned code points,
line and paragraph separators: a terminal obeys them or draws nothing, or each draws another thing."""

_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
"""Two of them are one flag, so neither has a width of its own."""

_VARIATION_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


class _Glyphs(dict[int, str]):
    """For `str.translate`: code point -> what is shown, found out when first met."""

    def __missing__(self, code: int) -> str:
        glyph = self[code] = _glyph(code)
        return glyph


def _glyph(code: int) -> str:
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    character = chr(code)
    category = unicodedata.category(character)
    if category in _NAMELESS or code in _REGIONAL_INDICATORS or any(code in block for block in _VARIATION_SELECTORS):
        return f"<{code:x}>"
    if category in {"Mn", "Me"}:
        return DOTTED_CIRCLE + character
    # Also the combining marks that take room of their own: terminals do not agree how much.
    if category == "Mc" or get_character_cell_size(character) == 0:
        return f"<{code:x}>"
    return character


_GLYPHS = _Glyphs()


def sanitize(text: str, newline: str = NEWLINE) -> str:
    """Replace every code point of a text that is not a plain glyph by a visible stand-in.

    C0 controls become control pictures, combining marks stand on a dotted circle, everything else that a terminal
    would obey or not show becomes its number in angle brackets; a newline becomes `newline`. The mapping is per code
    point, so it does not matter how the text was cut; the result's cell width is the sum over its code points. What
    was sanitized stays as it is: a mark that stands on a dotted circle already gets no second one. It is plain text,
    never markup: hand it to `Content`, `Text` or a `Segment`.
    """
    if text.isascii() and text.isprintable():
        return text
    return newline.join(map(_translated, text.split("\n")))


def _translated(line: str) -> str:
    """One line; what follows a dotted circle and begins with one of its own began with a mark."""
    first, *others = (piece.translate(_GLYPHS) for piece in line.split(DOTTED_CIRCLE))
    return first + "".join(each if each.startswith(DOTTED_CIRCLE) else DOTTED_CIRCLE + each for each in others)


def sanitize_char(character: str) -> str:
    """Sanitize one character that stands alone, as in a table: a space and a newline are visible too."""
    return SPACE if character == " " else sanitize(character)


def sanitize_line(text: str) -> str:
    """Put a text on one line, for a title or a label: a newline becomes a space, outer blanks are dropped."""
    return sanitize(text, newline=" ").strip()
