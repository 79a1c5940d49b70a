"""A position in a text as a person types it: a character's number, a share of the text, or a line."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from charplay.formatting.units import plural

if TYPE_CHECKING:
    from charplay.playground.exploring.line_index import LineIndex

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


class Found(NamedTuple):
    """Where a typed position lies."""

    start: int = 0
    said: str = ""
    """Where it was beyond the text, what was taken instead."""
    fault: str = ""
    """Why it is none."""


def find_position(typed: str, size: int, lines: "LineIndex") -> Found:
    """Find a typed position in a text of `size` characters, at least one."""
    position, last = parse_position(typed), size - 1
    if position is None:
        return Found(fault=f'"{typed}" is no place; type {FORMS}.')
    if position.line is not None:
        if not lines.ready:
            return Found(fault="The lines are still being counted; try again in a moment.")
        beyond = f"The text has {plural(lines.lines, 'line')}; this is the last one."
        return Found(lines.start_of(position.line), beyond if position.line > lines.lines else "")
    wanted = position.character if position.character is not None else int((position.share or 0) * last)
    return Found(
        min(wanted, last), f"The text has {plural(size, 'character')}; this is its end." if wanted > last else ""
    )
