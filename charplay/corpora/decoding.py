"""Decodes a file's bytes in the encoding that is named or guessed, or refuses them; line ends become LF."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charplay.corpora.control_codes import BINARY_SHARE, control_share
from charplay.corpora.detection import HINT, SAMPLE, Guess, first_guess, next_guess, not_text
from charplay.corpora.errors import CorpusError
from charplay.corpora.pieces import PIECE, Pieces
from charplay.corpora.progress import Progress

_HALVES = re.compile("[\ud800-\udfff]")
"""Lone surrogates."""


def decode(data: bytearray, name: str, encoding: str | None, progress: Progress) -> tuple[Pieces, str, tuple[str, ...]]:
    """Decode a file's bytes and return the text, the encoding and notes. Raises CorpusError, Cancelled.

    A given `encoding` is used without guessing. Undecodable bytes are an error, never replaced. The text is decoded
    once here, to see that it can be, and again whenever it is read, from the bytes: it takes no memory of its own.
    """
    guess = first_guess(data, name) if encoding is None else Guess(_named(encoding))
    while True:
        try:
            seen = _Survey.of(data, guess, progress, for_halves=encoding is not None)
            break
        except UnicodeDecodeError as error:
            if encoding is not None:
                known = guess.codec.removesuffix("-sig")
                raise CorpusError(f"{name} is not {known}: byte {error.start:,} does not fit; {HINT}.") from error
            guess = next_guess(data, name, guess, error.start)
    if seen.halves:
        raise CorpusError(f"{name} is not {guess.codec}: it would give halves of characters; {HINT}.")
    codec, size = guess.codec, len(data) - guess.cut
    pieces = Pieces(lambda: _decoded(data, size, codec, _decoder(codec)), seen.length)
    _refuse_control_codes(pieces, seen, name)
    notes = (*guess.notes, f"Line ends ({seen.ends}) are read as LF.") if seen.ends else guess.notes
    return pieces, codec.removesuffix("-sig"), notes


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


@dataclass
class _Survey:
    """What was seen of a text while it was decoded for the first time."""

    length: int = 0
    nuls: int = 0
    halves: bool = False
    """Whether there are lone surrogates, which some codecs decode to."""
    ends: str = ""
    """Line ends other than LF, as in "CRLF and CR"."""

    @classmethod
    def of(cls, data: bytearray, guess: Guess, progress: Progress, *, for_halves: bool) -> "_Survey":
        """Decode all of it, and look for halves of characters where there may be some.

        The `start` of a raised UnicodeDecodeError is a position in the file.
        """
        seen, decoder, size = cls(), _decoder(guess.codec), len(data) - guess.cut
        for number, piece in enumerate(_decoded(data, size, guess.codec, decoder), 1):
            seen.length += len(piece)
            seen.nuls += piece.count("\0") if "\0" in piece else 0  # `in` is much faster than counting
            seen.halves = seen.halves or (for_halves and _HALVES.search(piece) is not None)
            progress.at(min(number * PIECE / size, 1))
        newlines = decoder.newlines if isinstance(decoder.newlines, tuple) else (decoder.newlines,)
        ends = {"\r\n": "CRLF", "\r": "CR"}
        seen.ends = " and ".join(ends[end] for end in newlines if end in ends)
        return seen


def _decoder(codec: str) -> io.IncrementalNewlineDecoder:
    return io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)


def _decoded(data: bytearray, size: int, codec: str, decoder: io.IncrementalNewlineDecoder) -> Iterator[str]:
    """Decode the first `size` bytes piece by piece, with LF line ends."""
    for start in range(0, size, PIECE):
        end = min(start + PIECE, size)
        try:
            yield decoder.decode(bytes(memoryview(data)[start:end]), final=end == size)
        except UnicodeDecodeError as error:
            error.start += end - len(error.object)  # error.object begins with the last piece's incomplete character
            raise
        except UnicodeError as error:  # some codecs do not report a position
            raise UnicodeDecodeError(codec, b"", start, start, str(error)) from error


def _refuse_control_codes(pieces: Pieces, seen: _Survey, name: str) -> None:
    """Raise NotText where decoded text has too many control codes: NUL anywhere, others in three samples."""
    if seen.nuls > BINARY_SHARE * seen.length:
        raise not_text(name, seen.nuls / seen.length)
    samples, position = {0: "", seen.length // 2: "", max(0, seen.length - SAMPLE): ""}, 0
    for piece in pieces:
        for start in samples:
            samples[start] += piece[max(0, start - position) : max(0, start + SAMPLE - position)]
        position += len(piece)
    for sample in samples.values():
        share = control_share(sample.encode())
        if share > BINARY_SHARE:
            raise not_text(name, share)
