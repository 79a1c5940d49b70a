"""What is said about a character of a text: how the model rated it, and how it came about."""

from charplay.formatting.sanitize import sanitize_char, sanitize_line
from charplay.sampling.player import Look, Rival
from charplay.sampling.tape import Written

_BY_HAND = {"prompt": "of the prompt", "typed": "typed", "picked": "picked"}
MOST_NAMED = 3
"""Rivals that are named where there is no room for bars."""


def looked_at(written: Written | None, found: Look | None, trouble: str, *, rivals: bool) -> str:
    """A character, or the end (`written` is None), in a line or two.

    `found` is None where its rivals cannot be rated any more, `trouble` says why; `rivals`: name the likeliest.
    """
    if written is None:
        parts = ["the end: enter picks the next character"]
    else:
        parts = [
            f"{sanitize_char(written.character)}  rank {written.rank:,}",
            f"surprise {written.surprise:.2f} bits",
            percent(written.probability),
            _BY_HAND.get(written.kind) or f"temperature {written.temperature:.2f}",
            sanitize_line(written.source),
        ]
    if found is None:
        parts.append(f"its rivals are gone: {sanitize_line(trouble)}")
    elif written is not None and found.source != written.source:
        parts.append(f"its rivals by {sanitize_line(found.source)}")
    if rivals and found is not None:
        parts.append("likely: " + named(found.rivals[:MOST_NAMED]))
    return "  ".join(parts)


def named(rivals: tuple[Rival, ...]) -> str:
    """Rivals in a few words."""
    return "  ".join(f"{sanitize_char(rival.character)} {percent(rival.filtered)}" for rival in rivals)


def percent(probability: float) -> str:
    """A probability as a person reads it, small ones too."""
    shown = probability * 100
    if shown >= 9.95 or not shown:
        return f"{shown:.0f} %"
    return f"{shown:.1f} %" if shown >= 0.1 else "<0.1 %"
