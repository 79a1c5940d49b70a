"""What happened to the text that is written: frozen values, in the order of their happening."""

from dataclasses import dataclass

from charplay.sampling.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Appended:
    """Characters were added at the end of the text, which has `length` of them now."""

    length: int


@dataclass(frozen=True, slots=True)
class Began:
    """Another text is written."""

    transcript: Transcript
    below: bool
    """Whether it begins below the text before it, which stays in sight; else that is gone."""
    live: bool
    """Whether the weights that write will go on changing."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The text is another one from a position on: another branch is written."""

    transcript: Transcript
    since: int
    live: bool


@dataclass(frozen=True, slots=True)
class Reweighted:
    """Other weights of the same network write on."""

    transcript: Transcript
    source: str


@dataclass(frozen=True, slots=True)
class CopiesChanged:
    """Which characters are copied from the training text is known anew, from a position on."""

    since: int


TextChange = Appended | Began | Rewritten | Reweighted | CopiesChanged
