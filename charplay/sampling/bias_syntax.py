"""A bias as a person writes it: `e=1.5`, `qxz=-inf`, `space=-2`."""

import math
from collections.abc import Iterable

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.errors import SettingError

NAMED = {"\\n": "\n", "\\t": "\t", "space": " "}
"""Characters that are awkward to type."""

_NAMES = {character: name for name, character in NAMED.items()}

Bias = tuple[tuple[str, float], ...]


def parse_bias(settings: Iterable[str]) -> Bias:
    """(character, nats) of each setting CHARACTERS=NATS; "-inf" forbids. Later settings win.

    Raises:
        SettingError: a setting that says neither which characters nor how much.
    """
    found: dict[str, float] = {}
    for setting in settings:
        characters, equals, nats = setting.rpartition("=")
        try:
            weight = float(nats)
        except ValueError:
            weight = math.nan
        if not (equals and characters) or math.isnan(weight):
            raise SettingError(
                f"{setting!r} is no bias; write CHARACTERS=NATS, as in e=1.5, or qxz=-inf to forbid them"
            )
        found |= dict.fromkeys(NAMED.get(characters, characters), weight)
    return tuple(found.items())


def require_choice(bias: Bias, vocabulary: Vocabulary) -> None:
    """Raise SettingError where a bias forbids every character of a vocabulary."""
    if {character for character, nats in bias if nats == -math.inf} >= set(vocabulary.characters):
        raise SettingError("the bias forbids every character that the model knows; leave it at least one")


def write_bias(bias: Bias) -> str:
    """The settings that `parse_bias` reads as this bias, with a space between one and the next."""
    return " ".join(f"{_NAMES.get(character, character)}={weight!r}" for character, weight in bias)
