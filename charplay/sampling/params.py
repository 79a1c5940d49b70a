"""How the next character is drawn: the settings, in the fixed order in which they act."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.corpora.vocabulary import Vocabulary
from charplay.sampling.errors import SettingError

ORDER = ("repetition-penalty", "bias", "top-k", "top-p", "min-p")
"""The filters in the order in which they act; temperature comes last. Each is a file in `filters/` and a field here."""

MAX_TEMPERATURE = 1e30
STRONGEST = 1e6
PENALTIES = (0.01, 100.0)
"""Bounds of the temperature, of a finite bias and of the penalty: what is computed with them never overflows."""


SEEDS = 2**63
"""How many there are."""


def next_seed(seed: int) -> int:
    """The one after; after the last the first."""
    return (seed + 1) % SEEDS


@dataclass(frozen=True, kw_only=True)
class SamplingParams:
    """The settings of a draw, checked when made (SettingError). A filter is off at its default."""

    repetition_penalty: float = 1.0
    """Log-probabilities of recent characters are multiplied by this: above 1 they become rarer, below 1 likelier."""
    repetition_window: int = 64
    """How many characters are recent."""
    bias: tuple[tuple[str, float], ...] = ()
    """(character, nats) to add to its logit; -inf forbids it. Characters the model does not know are ignored."""
    top_k: int | None = None
    """Keep the k most probable."""
    top_p: float | None = None
    """Keep the fewest most probable that together reach this probability."""
    min_p: float | None = None
    """Keep what has at least this share of the most probable one's probability."""
    temperature: float = 0.8
    """Logits are divided by this, after the filters; 0 is greedy: always the most probable, the lowest id of equals."""
    seed: int = 1

    def __post_init__(self) -> None:
        _check(
            0 <= self.temperature <= MAX_TEMPERATURE,
            f"a temperature lies between 0 and {MAX_TEMPERATURE:g}",
            self.temperature,
        )
        penalty = self.repetition_penalty
        low, high = PENALTIES
        _check(low <= penalty <= high, f"a repetition penalty lies between {low:g} and {high:g}", penalty)
        _check(self.repetition_window >= 1, "a repetition window is at least 1 character", self.repetition_window)
        _check(self.top_k is None or self.top_k >= 1, "top-k keeps at least 1 character", self.top_k)
        _check(self.top_p is None or 0 < self.top_p <= 1, "top-p lies above 0, up to 1", self.top_p)
        _check(self.min_p is None or 0 <= self.min_p <= 1, "min-p lies between 0 and 1", self.min_p)
        _check(0 <= self.seed < SEEDS, "a seed is a whole number from 0 to 2^63 - 1", self.seed)
        for character, weight in self.bias:
            _check(len(character) == 1, "a bias names single characters", character)
            _check(abs(weight) <= STRONGEST or weight == -math.inf, f"a bias is -inf or within ±{STRONGEST:g}", weight)

    def replaced(self, **values: object) -> "SamplingParams":
        """Return these parameters with some of them changed; SettingError where one cannot be."""
        return replace(self, **values)  # type: ignore[arg-type]

    @cached_property
    def active(self) -> tuple[str, ...]:
        """The filters that are on, in their order."""
        defaults = type(self).__dataclass_fields__
        fields = {name: name.replace("-", "_") for name in ORDER}
        return tuple(name for name, field in fields.items() if getattr(self, field) != defaults[field].default)


@dataclass(frozen=True, slots=True)
class FilterContext:
    """What a filter may look at besides the logits."""

    history: NDArray[np.integer[Any]]
    """Ids of the characters written last, the latest at the end; a repetition window of them or more."""
    vocabulary: Vocabulary


def _check(holds: bool, rule: str, value: object) -> None:  # noqa: FBT001  (a condition, not an option)
    if not holds:
        raise SettingError(f"{rule}, not {value!r}")
