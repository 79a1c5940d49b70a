"""Decodes a file's bytes: by its byte-order mark, as UTF-8 or UTF-16, or in a guessed encoding; line ends become LF."""

import codecs
import io
import re

from charplay.corpora.errors import CorpusError, NotText
from charplay.corpora.progress import Progress

PIECE = 1 << 20
SAMPLE = 1 << 16
BINARY_SHARE = 0.02
"""Share of control codes above which data counts as binary. Text has next to none; compressed data has a tenth."""
NEAR = 0.15
"""How much more `chaos` (of charset_normalizer) a common encoding may have than the best one, and still be chosen.

Some lines of Portuguese have 0.11 in their own encoding, and 0 in an Eastern European one that misspells them.
"""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control codes other than backspace, tab, line ends, form feed and escape, which occur in logs and listings.
_CONTROLS = bytes(code for code in range(32) if code not in b"\b\t\n\v\f\r\x1b")
_HALVES = re.compile("[\ud800-\udfff]")
"""Lone surrogates, which some codecs decode to."""
_HINT = "an encoding can be named, such as latin-1, which reads any byte"


def decode(data: bytearray, name: str, encoding: str | None, progress: Progress) -> tuple[str, str, tuple[str, ...]]:
    """Decode a file's bytes and return the text, the encoding and notes. Raises CorpusError, Cancelled.

    A given `encoding` is used without guessing. Undecodable bytes are an error, never replaced.
    """
    notes: list[str] = []
    if encoding is not None:
        codec = _named(encoding)
    else:
        refuse_binary(bytes(data[:SAMPLE]), name)
        codec = marked(data) or _unmarked_utf16(bytes(data[:SAMPLE])) or "utf-8"
        if codec.startswith("utf-16-"):
            notes.append(f"It has no byte-order mark and reads as {codec}, a guess.")
    try:
        text, ends = _decoded(data, codec, progress)
    except UnicodeDecodeError as error:
        if encoding is not None or codec != "utf-8":
            known = codec.removesuffix("-sig")
            raise CorpusError(f"{name} is not {known}: byte {error.start:,} does not fit; {_HINT}.") from error
        codec, cut, note = _second_try(data, name, error.start)
        notes.append(note)
        try:
            text, ends = _decoded(data[: len(data) - cut], codec, progress)
        except UnicodeDecodeError as second:
            raise CorpusError(
                f"{name} is neither UTF-8 (byte {error.start:,}) nor {codec} (byte {second.start:,}); {_HINT}."
            ) from second
    if encoding is not None and _HALVES.search(text):
        raise CorpusError(f"{name} is not {codec}: it would give halves of characters; {_HINT}.")
    _refuse_control_codes(text, name)
    if ends:
        notes.append(f"Line ends ({ends}) are read as LF.")
    return text, codec.removesuffix("-sig"), tuple(notes)


def refuse_binary(head: bytes, name: str) -> None:
    """Raise NotText where a file's first bytes have too many control codes to be text."""
    if marked(head) or _unmarked_utf16(head):
        return
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls > BINARY_SHARE * len(head):
        raise _not_text(name, controls / len(head))


def marked(data: bytes | bytearray) -> str | None:
    """Return the encoding of the byte-order mark, or None where there is no mark."""
    return next((codec for mark, codec in _MARKS if data.startswith(mark)), None)


def _unmarked_utf16(head: bytes) -> str | None:
    """Detect UTF-16 without a mark: in mostly Latin text every other byte is NUL."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.4 * pairs and even < 0.01 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.01 * pairs:
        return "utf-16-be"
    return None


def encoding_fault(name: str) -> str:
    """Say why an encoding's name cannot be used; empty where it can."""
    try:
        _named(name)
    except CorpusError as fault:
        return str(fault)
    return ""


def _named(encoding: str) -> str:
    """Return the codec of an encoding's name as the user gave it. Raises CorpusError."""
    try:
        b"a".decode(encoding, "replace")  # raises LookupError for codecs that do not decode to text, such as hex
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:
        raise CorpusError(f"There is no encoding {encoding!r}; utf-8, latin-1 and cp1252 are usual ones.") from error
    return "utf-8-sig" if codec == "utf-8" else codec


def _decoded(data: bytearray, codec: str, progress: Progress) -> tuple[str, str]:
    """Decode with LF line ends; also return which other line ends were seen.

    The `start` of a raised UnicodeDecodeError is a position in the file.
    """
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)
    pieces = []
    for start in range(0, len(data), PIECE):
        end = min(start + PIECE, len(data))
        try:
            pieces.append(decoder.decode(bytes(data[start:end]), final=end == len(data)))
        except UnicodeDecodeError as error:
            error.start += end - len(error.object)  # error.object begins with the last piece's incomplete character
            raise
        except UnicodeError as error:  # some codecs do not report a position
            raise UnicodeDecodeError(codec, b"", start, start, str(error)) from error
        progress.at(end / len(data))
    seen = decoder.newlines if isinstance(decoder.newlines, tuple) else (decoder.newlines,)
    ends = {"\r\n": "CRLF", "\r": "CR"}
    return "".join(pieces), " and ".join(ends[end] for end in seen if end in ends)


def _second_try(data: bytearray, name: str, position: int) -> tuple[str, int, str]:
    """Choose a codec for data whose byte `position` is not UTF-8.

    Returns the codec, the number of bytes to cut off the end, and a note. Raises CorpusError where the data is damaged
    UTF-8, or in no known encoding.
    """
    around = bytes(data[max(0, position - SAMPLE) : position + SAMPLE]).decode("utf-8", "surrogateescape")
    faults = len(re.findall("[\udc80-\udcff]", around))
    accents = len(re.findall("[^\0-\x7f\udc80-\udcff]", around))
    if accents > faults:
        missing = len(data) - position
        if missing <= 3 and faults == missing:
            return "utf-8", missing, "Its last character is cut off and was left out."
        raise CorpusError(f"{name} is damaged: byte {position:,} is not UTF-8 though the text around it is; {_HINT}.")
    codec = _guess(data, position)
    if codec is None:
        raise CorpusError(f"{name} is in no known encoding (byte {position:,} is not UTF-8); {_HINT}.")
    return codec, 0, f"Byte {position:,} is not UTF-8; it was read as {codec}, a guess."


def _guess(data: bytearray, position: int) -> str | None:
    """Guess the encoding from the text around the first byte that is not UTF-8, from its line on."""
    from charset_normalizer import from_bytes

    line = data.rfind(b"\n", max(0, position - SAMPLE), position) + 1 or max(0, position - SAMPLE)
    matches = from_bytes(bytes(data[line : line + 4 * SAMPLE]))
    best = matches.best()
    if best is None:
        return None
    # Of several encodings that fit about equally well, the most common one is the likeliest.
    near = [match for match in matches if match.coherence == best.coherence and match.chaos <= best.chaos + NEAR]
    fitting = {name for match in near for name in match.could_be_from_charset}
    return ("cp1252" if "cp1252" in fitting else best.encoding).replace("_", "-")


def _refuse_control_codes(text: str, name: str) -> None:
    """Raise NotText where decoded text has too many control codes: NUL anywhere, others in three samples."""
    if "\0" in text and text.count("\0") > BINARY_SHARE * len(text):  # `in` is much faster than counting
        raise _not_text(name, text.count("\0") / len(text))
    for start in sorted({0, len(text) // 2, max(0, len(text) - SAMPLE)}):
        sample = text[start : start + SAMPLE].encode()
        controls = len(sample) - len(sample.translate(None, _CONTROLS))
        if controls > BINARY_SHARE * len(sample):
            raise _not_text(name, controls / len(sample))


def _not_text(name: str, share: float) -> NotText:
    return NotText(f"{name} looks like binary data ({share:.0%} control codes); a corpus is a plain text file.")
