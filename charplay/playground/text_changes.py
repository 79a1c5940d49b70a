"""What happened to the text that is written: frozen values, in the order of their happening."""

from dataclasses import dataclass

from charplay.playground.happenings import TextChanged
from charplay.sampling.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Appended(TextChanged):
    """Characters were added at the end of the text, which has `length` of them now."""

    length: int


@dataclass(frozen=True, slots=True)
class Began(TextChanged):
    """Another text is written."""

    transcript: Transcript
    below: bool
    """Whether it begins below the text before it, which stays in sight; else that is gone."""
    live: bool
    """Whether the weights that write will go on changing."""


@dataclass(frozen=True, slots=True)
class Rewritten(TextChanged):
    """The text is another one from a position on: another branch is written."""

    transcript: Transcript
    since: int
    live: bool


@dataclass(frozen=True, slots=True)
class Reweighted(TextChanged):
    """Other weights of the same network write on."""

    transcript: Transcript
    source: str


@dataclass(frozen=True, slots=True)
class CopiesChanged(TextChanged):
    """Which characters are copied from the training text is known anew, from a position on."""

    since: int
