r"""Any text on one line of plain glyphs: `\n` is a newline, `\t` a tab, `\\` a backslash, `\u{301}` any code point.

A backslash before anything else is one.
"""

import re

from charplay.formatting.sanitize import SPACE, sanitize

_NAMED = {"\n": r"\n", "\t": r"\t", "\\": r"\\"}
_CHARACTERS = {escaped: character for character, escaped in _NAMED.items()}

_ESCAPED = re.compile(r"\\(?:[nt\\]|u\{([0-9a-fA-F]{1,6})\})")
_TYPED = re.compile(r"(\\?)(.)", re.DOTALL)

_SURROGATES = range(0xD800, 0xE000)
_CODE_POINTS = range(0x110000)


class _Escapes(dict[int, str]):
    """For `str.translate`: code point -> what is written for it, found out when first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = character if sanitize(character) == character else rf"\u{{{code:x}}}"
        return self[code]


_ESCAPES = _Escapes({ord(character): escaped for character, escaped in _NAMED.items()})


def escape(text: str) -> str:
    """`text` in this notation."""
    return text.translate(_ESCAPES)


def listed(characters: str) -> str:
    """Characters one by one, with spaces between: there a backslash is a backslash without a second one."""
    return " ".join(SPACE if each == " " else showable(each) for each in characters)


def unescape(typed: str) -> str:
    """The text that is meant by what is typed."""
    return _ESCAPED.sub(_meant, typed)


def showable(typed: str) -> str:
    """What is typed, with escapes for what is no plain glyph; it means the same."""
    return typed if sanitize(typed) == typed else _TYPED.sub(_shown, typed)


def _meant(match: re.Match[str]) -> str:
    if match[1] is None:
        return _CHARACTERS[match[0]]
    code = int(match[1], 16)
    # Half a surrogate pair is no character, and no file would take it.
    return chr(code) if code in _CODE_POINTS and code not in _SURROGATES else match[0]


def _shown(match: re.Match[str]) -> str:
    backslash, character = match.groups()
    if sanitize(character) == character:
        return match[0]
    return 2 * backslash + escape(character)
