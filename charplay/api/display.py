"""How texts look in a notebook: HTML in which nothing of what a text says is markup."""

import math
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from charplay.formatting.sanitize import sanitize

MOST_BITS = 8.0
"""Bits from which on a surprise has the strongest tint."""
LEVELS = 12
"""Strengths of the tint."""
MOST_CHARACTERS = 20_000
"""Characters that are shown of a text."""

STYLE = "white-space:pre-wrap;overflow-wrap:anywhere;font-family:monospace"
FAINT = "opacity:0.6;font-size:smaller"
RED = "220,60,40"


def tinted_html(text: str, bits: Sequence[float], *, prompt: int = 0, remark: str = "") -> str:
    """Return a text as HTML, each character the redder the more bits it surprised the network by.

    The first `prompt` characters are bold. Controls, bidirectional signs and the like are shown as what they are. A
    tint is a ground that lets light and dark themes through.
    """
    shown = min(len(text), MOST_CHARACTERS)
    levels = [_level(each) for each in bits[:shown]]
    pieces = [*_pieces(text, levels, range(prompt), "font-weight:bold;"), *_pieces(text, levels, range(prompt, shown))]
    rest = f"<div style='{FAINT}'>{len(text) - shown:,} more characters</div>" if shown < len(text) else ""
    legend = f"a red ground is what the network did not expect: the strongest is {MOST_BITS:g} bits and more. {remark}"
    return f"<div style='{STYLE}'>{''.join(pieces)}</div>{rest}<div style='{FAINT}'>{_safe(legend)}</div>"


def _pieces(text: str, levels: Sequence[int], positions: range, style: str = "") -> Iterable[str]:
    """The characters at these positions, those of one tint together."""
    for level, run in groupby(positions, key=levels.__getitem__):
        piece = _safe("".join(text[at] for at in run))
        ground = f"background:rgba({RED},{0.7 * level / LEVELS:.2f})" if level else ""
        yield f"<span style='{style}{ground}'>{piece}</span>" if style or ground else piece


def _level(bits: float) -> int:
    """How strong the tint is: 0 is none, as where a character was not foretold."""
    return 0 if math.isnan(bits) else round(min(max(bits / MOST_BITS, 0.0), 1.0) * LEVELS)


def _safe(text: str) -> str:
    return escape(sanitize(text, newline="\n"))
