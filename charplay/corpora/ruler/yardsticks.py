"""Published held-out losses on well-known texts."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from charplay.corpora.ruler.reference_cache import SplitText


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """A loss that somebody published, in nats a character of the held-out part of a text, uncleaned and whole."""

    label: str
    loss: float
    text: str
    """Name in the catalog."""
    sha256: str
    trained: int
    """The first so many characters were trained on."""
    note: str
    """How it was reached and measured."""
    source: str
    """Address where it stands."""


@cache
def all_yardsticks() -> tuple[Yardstick, ...]:
    """Read the yardsticks that come with charplay."""
    table = tomllib.loads((files("charplay.corpora.ruler") / "yardsticks.toml").read_text("utf-8"))
    return tuple(Yardstick(**row) for row in table["yardsticks"])


def yardsticks_of(text: SplitText) -> tuple[Yardstick, ...]:
    """Return the yardsticks that were measured on this very text and split."""
    if text.cleaning or text.limit is not None or text.held_out is not None:
        return ()
    return tuple(one for one in all_yardsticks() if (one.sha256, one.trained) == (text.sha256, text.trained))
