"""What a tint is: which number of a character it reads, and which colour it makes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual.color import Color


class Colours(NamedTuple):
    """What the ramps of tints are made of, in a light or a dark theme."""

    text: Color
    """The text's own."""
    cool: Color
    warm: Color
    hot: Color
    sure: Color


@dataclass(frozen=True)
class Tint:
    """A way to tint a text. Without a column it leaves the text as it is."""

    place: int
    """Among the tints, which are gone through from the lowest to the highest."""
    sentence: str
    """Says what its colours mean."""
    column: str = ""
    """Of the transcript, or "temperature"."""
    position: Callable[[float], float] = float
    """Maps a number to its place on the ramp; what lies beyond 0 to 1 has the colour at that end, NaN has none."""
    ramp: Callable[[Colours], Sequence[Color]] = lambda colours: (colours.text,)
    """Gives the colours from 0 to 1, at equal distances."""
    legend: Sequence[tuple[str, float]] = ()
    """Numbers that its legend shows, as they are written."""
    only_drawn: bool = False
    """Whether what a person wrote is shown as such instead."""
