"""Guesses the encoding of a file: by its marks and signs first, then by what its bytes cannot be."""

import codecs
import re
from dataclasses import dataclass, replace

from charplay.corpora import cesu8
from charplay.corpora.control_codes import BINARY_SHARE, control_share
from charplay.corpora.errors import CorpusError, NotText
from charplay.corpora.seven_bit import SHIFTS, is_shifted, seven_bit
from charplay.corpora.wide import unmarked

SAMPLE = 1 << 16
HINT = "an encoding can be named, such as latin-1, which reads any byte"

_NEAR = 0.15
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
_CUT_OFF = "Its last character is cut off and was left out."


@dataclass(frozen=True)
class Guess:
    """A codec to read a file with, and what is to be said then."""

    codec: str
    notes: tuple[str, ...] = ()
    cut: int = 0
    """Bytes at the end of the file that are left out."""
    signs: str = ""
    """What speaks for this codec although the file may be UTF-8; empty where it is nothing else."""
    not_utf8: int | None = None
    """The first byte that is not UTF-8, where that has been tried before."""


def refuse_binary(head: bytes, name: str) -> None:
    """Raise NotText where a file's first bytes have too many control codes to be text."""
    share = control_share(head.translate(None, SHIFTS) if is_shifted(head) else head)
    if share > BINARY_SHARE and not marked(head) and not unmarked(head):
        raise not_text(name, share)


def not_text(name: str, share: float) -> NotText:
    """Return the error of data with this share of control codes."""
    return NotText(
        f"{name} looks like binary data ({share:.0%} control codes); a corpus is a plain text file. "
        "If it is text all the same, its encoding can be named, such as utf-16-le (--encoding utf-16-le)."
    )


def marked(data: bytes | bytearray) -> str | None:
    """Return the encoding of the byte-order mark, or None where there is no mark."""
    return next((codec for mark, codec in _MARKS if data.startswith(mark)), None)


def first_guess(data: bytearray, name: str) -> Guess:
    """Guess the encoding by marks and signs; UTF-8 where there are none. Raises CorpusError."""
    head = bytes(data[:SAMPLE])
    refuse_binary(head, name)
    if codec := marked(head):
        return Guess(codec)
    if codec := unmarked(head):
        return Guess(codec, (f"It has no byte-order mark and reads as {codec}, a guess.",))
    found = seven_bit(data)
    if found is None:
        return Guess("utf-8")
    if found.name == "ISO-2022-CN":
        raise CorpusError(f"{name} is ISO-2022-CN (byte {found.place:,}), which is not read here; convert it to UTF-8.")
    signs = f"It has signs of {found.name}, the first at byte {found.place:,}"
    if found.codec:
        return Guess(found.codec, (f"{signs}; it was read as {found.codec}, a guess.",), signs=signs)
    return _in_spite_of(signs)


def next_guess(data: bytearray, name: str, guess: Guess, place: int) -> Guess:
    """Guess again after a guess whose codec cannot decode byte `place`. Raises CorpusError where nothing is left."""
    missing = len(data) - place
    if guess.codec == "utf-8" and guess.not_utf8 is None:
        return _second_guess(data, name, guess, place)
    if missing <= 3 and not guess.cut and guess.not_utf8 is None:
        return replace(guess, cut=missing, notes=(*guess.notes, _CUT_OFF))
    if guess.signs:
        return _in_spite_of(guess.signs)
    known = guess.codec.removesuffix("-sig")
    if guess.codec == cesu8.NAME:
        raise CorpusError(f"{name} has half a character at byte {place:,}, without its other half; {HINT}.")
    if guess.not_utf8 is not None:
        raise CorpusError(f"{name} is neither UTF-8 (byte {guess.not_utf8:,}) nor {known} (byte {place:,}); {HINT}.")
    raise CorpusError(f"{name} is not {known}: byte {place:,} does not fit; {HINT}.")


def _in_spite_of(signs: str) -> Guess:
    return Guess("utf-8", (f"{signs}, but not all of it fits; it was read as UTF-8, signs and all.",))


def _second_guess(data: bytearray, name: str, guess: Guess, place: int) -> Guess:
    """Guess the encoding of data whose byte `place` is not UTF-8.

    Raises CorpusError where the data is damaged UTF-8, or in no known encoding.
    """
    if cesu8.is_cesu8(bytes(data[place : place + SAMPLE])):
        note = f"Byte {place:,} begins a character in CESU-8, as databases and Java write it; it was read as that."
        return Guess(cesu8.NAME, (*guess.notes, note), not_utf8=place)
    around = bytes(data[max(0, place - SAMPLE) : place + SAMPLE]).decode("utf-8", "surrogateescape")
    faults = len(re.findall("[\udc80-\udcff]", around))
    accents = len(re.findall("[^\0-\x7f\udc80-\udcff]", around))
    if accents > faults:
        missing = len(data) - place
        if missing <= 3 and faults == missing and not guess.cut:
            return replace(guess, cut=missing, notes=(*guess.notes, _CUT_OFF))
        raise CorpusError(f"{name} is damaged: byte {place:,} is not UTF-8 though the text around it is; {HINT}.")
    codec = _by_statistics(data, place)
    if codec is None:
        raise CorpusError(f"{name} is in no known encoding (byte {place:,} is not UTF-8); {HINT}.")
    note = f"Byte {place:,} is not UTF-8; it was read as {codec}, a guess."
    return Guess(codec, (*guess.notes, note), not_utf8=place)


def _by_statistics(data: bytearray, position: int) -> str | None:
    """Guess the encoding from the text around the first byte that is not UTF-8, from its line on."""
    from charset_normalizer import from_bytes

    line = data.rfind(b"\n", max(0, position - SAMPLE), position) + 1 or max(0, position - SAMPLE)
    matches = from_bytes(bytes(data[line : line + 4 * SAMPLE]))
    best = matches.best()
    if best is None:
        return None
    # Of several encodings that fit about equally well, the most common one is the likeliest.
    near = [match for match in matches if match.coherence == best.coherence and match.chaos <= best.chaos + _NEAR]
    fitting = {name for match in near for name in match.could_be_from_charset}
    return ("cp1252" if "cp1252" in fitting else best.encoding).replace("_", "-")
