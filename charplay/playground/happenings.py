"""What `Playground.advance` returns: what happened since the last call, as frozen values.

A trainer's events (`charplay.protocol.events`) are among them as they are.
"""

from dataclasses import dataclass


class TextChanged:
    """A change of the text that is written: see `charplay.playground.text_changes`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for the person who plays."""

    sentence: str
    warning: bool = False
    passing: bool = False
    """Whether it is to be seen for a while only; else until another sentence takes its place."""
