"""Cuts ranges of characters out of a text.

Ranges count the characters of the text as it was decoded, so this goes before all other rules. `of` binds them to the
file that they were marked in: the beginning of its sha256.
"""

import re
from collections.abc import Iterable, Iterator

from charplay.corpora.errors import CorpusError
from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.fs.entry_calls import Parameter

Ranges = tuple[tuple[int, int], ...]
"""Each from its first character up to the one after its last."""

_RANGE = re.compile(r"\s*(\d{1,15})\s*-\s*(\d{1,15})\s*", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{8,64}")


def merge(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Sort ranges, and join those that overlap or touch; empty ones are left out."""
    merged: list[tuple[int, int]] = []
    for start, stop in sorted(each for each in ranges if each[0] < each[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return tuple(merged)


def parse_ranges(typed: str) -> Ranges:
    """Read ranges written as `120-480;9000-9100`. ValueError says what they must be."""
    found = [_RANGE.fullmatch(part) for part in typed.split(";") if part.strip()]
    ranges = [(int(match[1]), int(match[2])) for match in found if match]
    if not found or len(ranges) < len(found) or any(start >= stop for start, stop in ranges):
        raise ValueError("ranges of characters, each up to the one after its last, as in 120-480;9000-9100")
    return merge(ranges)


def write_ranges(ranges: Iterable[tuple[int, int]]) -> str:
    """Write ranges as `parse_ranges` reads them."""
    return ";".join(f"{start}-{stop}" for start, stop in ranges)


def _digest(typed: str) -> str:
    if not _DIGEST.fullmatch(typed.lower()):
        raise ValueError("the beginning of the file's sha256, at least 8 digits of it")
    return typed.lower()


DESCRIPTION = "ranges that are marked in the text go"
ALPHABET = None
PIECEWISE = False
APPLIES_TO_INPUT = False
COUNTS_ORIGINAL = True
OF_ITS_TEXT = True
PARAMETERS = (Parameter("ranges", lambda typed: write_ranges(parse_ranges(typed))), Parameter("of", _digest, ""))
EXAMPLE = "cut(120-480;9000-9100)"


def clean_pieces(text: Pieces, progress: Progress, ranges: str, of: str) -> Pieces:
    """Cut the ranges out. Raises CorpusError where one goes beyond the text's end."""
    progress.at(0)
    cut = parse_ranges(ranges)
    if cut[-1][1] > len(text):
        raise CorpusError(
            f"cut goes up to character {cut[-1][1]:,}, and the text has {len(text):,}; "
            "the ranges are those of another text, leave them out or mark them anew."
        )
    return Pieces(lambda: _kept(text, cut), len(text) - sum(stop - start for start, stop in cut))


def _kept(text: Pieces, cut: Ranges) -> Iterator[str]:
    begin, todo = 0, list(cut)
    for piece in text:
        kept, at, end = [], begin, begin + len(piece)
        while todo and todo[0][0] < end:
            start, stop = todo[0]
            kept.append(piece[at - begin : max(at, start) - begin])
            at = min(stop, end)
            if stop > end:
                break
            todo.pop(0)
        kept.append(piece[at - begin :])
        begin = end
        yield "".join(kept)
