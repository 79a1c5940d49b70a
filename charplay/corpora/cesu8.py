"""The codec cesu-8: UTF-8 with surrogate halves, as databases and Java write characters beyond U+FFFF.

Such a character stands as two halves of three bytes each. UTF-8's own four bytes are read too, and C0 80 as NUL, which
Java writes so ("modified UTF-8"). A half without the other is an error at its place.
"""

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

NAME = "cesu-8"

_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_UNFINISHED = re.compile(rb"(?:\xed(?:[\xa0-\xaf](?:[\x80-\xbf](?:\xed[\xb0-\xbf]?)?)?)?|\xc0)\Z")
_ODD = re.compile(rb"\xed[\xa0-\xbf](?:[\x80-\xbf]|\Z)|\xc0\x80")
"""What of CESU-8 is not UTF-8: a half (at the end also its first two bytes), and Java's NUL."""


def is_cesu8(data: bytes) -> bool:
    """Tell whether data begins with what only CESU-8 has, and is UTF-8 but for such."""
    if not _ODD.match(data):
        return False
    try:
        codecs.utf_8_decode(_ODD.sub(b"", data), "strict", False)  # noqa: FBT003
    except UnicodeDecodeError:
        return False
    return True


def _join(error: UnicodeError) -> tuple[str, int]:
    """Return the character that begins where UTF-8 does not go on, and where it ends; an error handler of codecs."""
    if isinstance(error, UnicodeDecodeError):
        if pair := _PAIR.match(error.object, error.start):
            halves = pair[0].decode("utf-8", "surrogatepass")
            return halves.encode("utf-16", "surrogatepass").decode("utf-16"), pair.end()
        if error.object.startswith(b"\xc0\x80", error.start):
            return "\0", error.start + 2
    raise error


class _Decoder(codecs.BufferedIncrementalDecoder):
    def _buffer_decode(self, data: "Buffer", errors: str, final: bool) -> tuple[str, int]:  # noqa: FBT001
        given = bytes(data)
        unfinished = None if final else _UNFINISHED.search(given, max(0, len(given) - 5))
        try:
            return codecs.utf_8_decode(given[: unfinished.start()] if unfinished else given, NAME, final)
        except UnicodeDecodeError as error:
            error.object = given  # whoever counts places expects all of it
            raise


def _decode(data: "Buffer", errors: str = "strict", /) -> tuple[str, int]:
    return codecs.utf_8_decode(data, NAME, True)  # noqa: FBT003


def _encode(text: str, errors: str = "strict", /) -> tuple[bytes, int]:
    units = text.encode("utf-16-le")
    halves = "".join(chr(low | high << 8) for low, high in zip(units[::2], units[1::2], strict=True))
    return halves.encode("utf-8", "surrogatepass"), len(text)


def _search(name: str) -> codecs.CodecInfo | None:
    return codecs.CodecInfo(_encode, _decode, incrementaldecoder=_Decoder, name=NAME) if name == "cesu_8" else None


codecs.register_error(NAME, _join)
codecs.register(_search)
