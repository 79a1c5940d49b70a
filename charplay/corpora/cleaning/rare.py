"""Takes rare characters out, or puts one sign in their place: a network never learns what it sees three times.

It counts the text as the rules before it left it. What a network is given does not go through it, nor does another text
that it is tested on, since neither says how rare its characters were in the training text: those that the network does
not know are left out as ever.
"""

import re

from charplay.corpora.pieces import Pieces
from charplay.corpora.progress import Progress
from charplay.formatting.escapes import escape, unescape
from charplay.fs.entry_calls import Parameter

DROP = "drop"
MOST = 10**9


def _count(typed: str) -> str:
    number = typed.replace("_", "")
    if not re.fullmatch(r"[0-9]{1,10}", number) or not 2 <= int(number) <= MOST:
        raise ValueError(f"a whole number from 2 to {MOST:,}")
    return str(int(number))


def _sign(typed: str) -> str:
    sign = unescape(typed)
    if typed == DROP:
        return DROP
    if len(sign) != 1 or "\ud800" <= sign <= "\udfff":
        raise ValueError(r"drop or one character, such as ? or \u{fffd}")
    return rf"\u{{{ord(sign):x}}}" if sign.isspace() or sign in ",()" else escape(sign)


DESCRIPTION = "characters that come seldom go"
ALPHABET = None
PIECEWISE = False
APPLIES_TO_INPUT = False
OF_ITS_TEXT = True
PARAMETERS = (Parameter("below", _count, "5"), Parameter("to", _sign, DROP))
EXAMPLE = "rare(below=5, to=drop)"


def clean_pieces(text: Pieces, progress: Progress, below: str, to: str) -> Pieces:
    """Count all characters, then drop or replace those that come fewer times than `below`."""
    rare = _rare(text, int(below), progress.part(0, 0.5))
    if not rare:
        return text
    found, sign = re.compile(f"[{re.escape(rare)}]"), "" if to == DROP else unescape(to)
    cleaned, done, share = [], 0, progress.part(0.5, 1)
    for piece in text:
        share.at(done / len(text))
        cleaned.append(found.sub(lambda _: sign, piece))
        done += len(piece)
    return Pieces.of(*cleaned)


def _rare(text: Pieces, below: int, progress: Progress) -> str:
    import numpy as np

    from charplay.corpora.vocabulary import CODE_POINTS, code_points

    counts, done = np.zeros(CODE_POINTS, np.int64), 0
    for piece in text:
        progress.at(done / len(text))
        found = np.bincount(code_points(piece))
        counts[: len(found)] += found
        done += len(piece)
    return "".join(map(chr, np.flatnonzero((counts > 0) & (counts < below)).tolist()))
