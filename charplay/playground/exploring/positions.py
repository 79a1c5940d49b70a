"""A position in a text as a person types it: a character's number, a share of the text, or a line."""

import re
from dataclasses import dataclass

_TYPED = re.compile(r"(?P<line>[lL])?\s*(?P<number>[0-9][0-9,_ ]{0,20}(?:\.[0-9]{0,6})?)\s*(?P<share>%)?")

FORMS = "12,345 or 40% or L120"


@dataclass(frozen=True)
class Position:
    """What was typed. Exactly one of the three is given."""

    character: int | None = None
    """Counted from 0."""
    share: float | None = None
    """From 0 to 1."""
    line: int | None = None
    """Counted from 1."""


def parse_position(typed: str) -> Position | None:
    """Return what a typed position means; None where it is none."""
    match = _TYPED.fullmatch(typed.strip())
    if match is None:
        return None
    number = float(re.sub(r"[,_ ]", "", match["number"]))
    if match["share"]:
        return None if match["line"] or number > 100 else Position(share=number / 100)
    if not number.is_integer():
        return None
    return Position(line=max(1, int(number))) if match["line"] else Position(character=int(number))
