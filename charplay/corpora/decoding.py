"""Decodes a file's bytes in the encoding that is named or guessed, or refuses them; line ends become LF."""

import codecs
import io
import re

from charplay.corpora.control_codes import BINARY_SHARE, control_share
from charplay.corpora.detection import HINT, SAMPLE, Guess, first_guess, next_guess, not_text
from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Progress

PIECE = 1 << 20

_HALVES = re.compile("[\ud800-\udfff]")
"""Lone surrogates, which some codecs decode to."""


def decode(data: bytearray, name: str, encoding: str | None, progress: Progress) -> tuple[str, str, tuple[str, ...]]:
    """Decode a file's bytes and return the text, the encoding and notes. Raises CorpusError, Cancelled.

    A given `encoding` is used without guessing. Undecodable bytes are an error, never replaced.
    """
    guess = first_guess(data, name) if encoding is None else Guess(_named(encoding))
    while True:
        try:
            text, ends = _decoded(data, guess, progress)
            break
        except UnicodeDecodeError as error:
            if encoding is not None:
                known = guess.codec.removesuffix("-sig")
                raise CorpusError(f"{name} is not {known}: byte {error.start:,} does not fit; {HINT}.") from error
            guess = next_guess(data, name, guess, error.start)
    if encoding is not None and _HALVES.search(text):
        raise CorpusError(f"{name} is not {guess.codec}: it would give halves of characters; {HINT}.")
    _refuse_control_codes(text, name)
    notes = (*guess.notes, f"Line ends ({ends}) are read as LF.") if ends else guess.notes
    return text, guess.codec.removesuffix("-sig"), notes


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


def _decoded(data: bytearray, guess: Guess, progress: Progress) -> tuple[str, str]:
    """Decode with LF line ends; also return which other line ends were seen.

    The `start` of a raised UnicodeDecodeError is a position in the file.
    """
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(guess.codec)(), translate=True)
    pieces, size = [], len(data) - guess.cut
    for start in range(0, size, PIECE):
        end = min(start + PIECE, size)
        try:
            pieces.append(decoder.decode(bytes(data[start:end]), final=end == size))
        except UnicodeDecodeError as error:
            error.start += end - len(error.object)  # error.object begins with the last piece's incomplete character
            raise
        except UnicodeError as error:  # some codecs do not report a position
            raise UnicodeDecodeError(guess.codec, b"", start, start, str(error)) from error
        progress.at(end / size)
    seen = decoder.newlines if isinstance(decoder.newlines, tuple) else (decoder.newlines,)
    ends = {"\r\n": "CRLF", "\r": "CR"}
    return "".join(pieces), " and ".join(ends[end] for end in seen if end in ends)


def _refuse_control_codes(text: str, name: str) -> None:
    """Raise NotText where decoded text has too many control codes: NUL anywhere, others in three samples."""
    if "\0" in text and text.count("\0") > BINARY_SHARE * len(text):  # `in` is much faster than counting
        raise not_text(name, text.count("\0") / len(text))
    for start in sorted({0, len(text) // 2, max(0, len(text) - SAMPLE)}):
        share = control_share(text[start : start + SAMPLE].encode())
        if share > BINARY_SHARE:
            raise not_text(name, share)
