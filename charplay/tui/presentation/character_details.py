"""What is said about a character of a text: how the model rated it, and how it came about."""

from charplay.formatting.sanitize import sanitize_char, sanitize_line
from charplay.formatting.units import decimals
from charplay.sampling.generator import Candidate, Inspection
from charplay.sampling.transcript import GeneratedChar

_BY_HAND = {"prompt": "of the prompt", "typed": "typed", "picked": "picked"}
MOST_NAMED = 3
"""Candidates that are named where there is no room for bars."""


def looked_at(written: GeneratedChar | None, found: Inspection | None, trouble: str, *, candidates: bool) -> str:
    """A character, or the end (`written` is None), in a line or two.

    `found` is None where its candidates cannot be rated any more, `trouble` says why; `candidates`: name the likeliest.
    """
    if written is None:
        parts = ["the end: enter picks the next character"]
    else:
        parts = [
            f"{sanitize_char(written.character)}  rank {written.rank:,}",
            f"surprise {decimals(written.surprise, 2)} bits",
            percent(written.probability),
            _BY_HAND.get(written.kind) or f"temperature {written.temperature:.2f}",
            sanitize_line(written.source),
        ]
    if found is None:
        parts.append(f"its candidates are gone: {sanitize_line(trouble)}")
    elif written is not None and found.source != written.source:
        parts.append(f"its candidates by {sanitize_line(found.source)}")
    if candidates and found is not None:
        parts.append("likely: " + named(found.candidates[:MOST_NAMED]))
    return "  ".join(parts)


def named(candidates: tuple[Candidate, ...]) -> str:
    """Candidates in a few words."""
    return "  ".join(f"{sanitize_char(candidate.character)} {percent(candidate.filtered)}" for candidate in candidates)


def percent(probability: float) -> str:
    """A probability as a person reads it, small ones too."""
    shown = probability * 100
    if shown >= 9.95 or not shown:
        return f"{shown:.0f} %"
    return f"{shown:.1f} %" if shown >= 0.1 else "<0.1 %"
