"""Recognises encodings that write other scripts in ASCII bytes: ISO-2022 with escape sequences, HZ, UTF-7.

Such a file is valid UTF-8 too. So it takes signs that no ASCII text has; what has them is decoded or spoken of.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charplay.corpora.plausibility import HAN, makeup

SHIFTS = b"\x0e\x0f"
"""Control codes that change the script, where an escape sequence has announced them."""

_HOPS = 10_000
"""Occurrences of a sign's first byte that are looked at one by one, which is fastest where they are few."""
_DESIGNATION = re.compile(rb"\x1b(\$[@AB]|\$\([CDOPQ]|\$\)[ACG]|\(I|\.[AF])")
"""Escape sequences of ISO-2022 that begin another script. Terminals know none of these; `ESC ( B` they do."""
_SHIFTED = re.compile(rb"\x1b\$\)[ACG]")
_CHINESE = {b"$)A", b"$)G"}
_ISO_2022 = {
    "iso2022-jp": {b"$@", b"$B"},
    "iso2022-jp-2": {b"$@", b"$B", b"$A", b"$(C", b"$(D", b".A", b".F"},
    "iso2022-jp-3": {b"$@", b"$B", b"$(O", b"$(P"},
    "iso2022-jp-2004": {b"$@", b"$B", b"$(Q", b"$(P"},
    "iso2022-jp-ext": {b"$@", b"$B", b"$(D", b"(I"},
    "iso2022-kr": {b"$)C"},
}
_HZ_OPENING = re.compile(rb"~\{")
_HZ = re.compile(rb"~\{((?:[\x21-\x77][\x21-\x7e])+)(?:~\}|[\x21-\x7e]?\Z)")
_FREQUENT = 0x57
"""Last row of GB 2312 with frequent characters; pairs of small ASCII letters lie beyond it."""
_WINDOW = 1 << 18
_AT_ONCE = 16 << 20
"""Bytes that are searched by one call, about."""
_UTF7 = re.compile(rb"\+(?:[A-Za-z0-9+/]{3}|-)")
_FEWEST = 5
"""Characters beyond ASCII that UTF-7 must yield, not all alike: a word after a plus sign may yield one by chance."""


@dataclass(frozen=True)
class Signs:
    """What speaks for an encoding of seven bits: its name, the first place, and the codec; None where none fits all."""

    name: str
    place: int
    codec: str | None


def is_shifted(head: bytes) -> bool:
    """Tell whether data announces that shifts, which are control codes, change its script."""
    return bool(_SHIFTED.search(head))


def seven_bit(data: bytearray) -> Signs | None:
    """Return what speaks for an encoding of seven bits; None for ASCII, with colours of a terminal or stray tildes."""
    escape = _find(data, b"\x1b", _DESIGNATION)
    if escape is not None:
        return _iso_2022(data, escape)
    if not data.isascii():
        return None
    tilde = _find(data, b"~", _HZ_OPENING)
    return (_hz(data, tilde) if tilde is not None else None) or _utf7(data)


def _iso_2022(data: bytearray, place: int) -> Signs:
    used = {sign for start, end in _windows(data, place) for sign in _DESIGNATION.findall(data, start, end)}
    if used & _CHINESE:
        return Signs("ISO-2022-CN", place, None)
    return Signs("ISO-2022", place, next((codec for codec, known in _ISO_2022.items() if used <= known), None))


def _hz(data: bytearray, place: int) -> Signs | None:
    windows = list(_windows(data, place))
    stretches = [stretch for start, end in windows for stretch in _HZ.findall(data, start, end)]
    rows = b"".join(stretch[::2] for stretch in stretches)
    if sum(row <= _FREQUENT for row in rows) * 2 <= len(rows):
        return None
    openings = sum(data.count(b"~{", start, end) for start, end in windows)
    return Signs("HZ", place, "hz" if len(stretches) == openings else None)


def _utf7(data: bytearray) -> Signs | None:
    place = data.find(b"+")
    if place < 0 or not _UTF7.match(data, place):
        return None
    try:
        text, _ = codecs.utf_7_decode(data[place : place + _WINDOW], "strict", False)  # noqa: FBT003
    except UnicodeDecodeError:
        return None
    foreign = "".join(character for character in text if not character.isascii())
    has = makeup(foreign)
    # A small word after a plus sign yields a Chinese character, but no punctuation.
    sensible = has.script is not None and not has.odd and (has.breaks or has.script != HAN)
    likely = sensible and len(foreign) >= _FEWEST and len(set(foreign)) > 1
    return Signs("UTF-7", place, "utf-7") if likely else None


def _find(data: bytearray, byte: bytes, sign: re.Pattern[bytes]) -> int | None:
    """Find the first `sign`, which begins with `byte`: to look for one byte is thirty times as fast as for two."""
    at = data.find(byte)
    for _ in range(_HOPS):
        if at < 0 or sign.match(data, at):
            return at if at >= 0 else None
        at = data.find(byte, at + 1)
    searched = (sign.search(data, start, end) for start, end in (_windows(data, at) if at >= 0 else ()))
    return next((found.start() for found in searched if found), None)


def _windows(data: bytearray, place: int) -> Iterator[tuple[int, int]]:
    """Cut what follows `place` into windows of whole lines, which no sign goes beyond: a search holds all threads."""
    while place < len(data):
        end = data.find(b"\n", place + _AT_ONCE) + 1 or len(data)
        yield place, end
        place = end
