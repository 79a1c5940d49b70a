"""From logits to the next character: probabilities, raw and after the filters, and the draw."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from charplay.sampling.cell import Array
from charplay.sampling.params import ORDER, FilterContext, SamplingParams

Probabilities: TypeAlias = NDArray[np.float64]
Filter: TypeAlias = Callable[[Array, SamplingParams, FilterContext], Array]

FILTERS: Mapping[str, Filter] = {
    name: import_module(f"charplay.sampling.filters.{name.replace('-', '_')}").apply for name in ORDER
}

COLDEST = 1e-200
"""Temperatures between 0 and this act as this: 1/temperature stays finite."""
IMPOSSIBLE = -1e100
"""Stands for a logit of -inf in `Distribution.logs`: its exp() is 0 at every temperature, yet 0 times it is 0."""
_IMPOSSIBLE = np.array(IMPOSSIBLE)
"""The same as an array, which numpy takes faster than a number of Python's."""

BITS = 1 / math.log(2)
"""Bits in a nat."""


class Distribution:
    """What the next character may be: V probabilities, or (N, V) for N columns, in float64.

    It keeps what costs one exponential, and divides by the sums only where a probability is asked for.
    """

    __slots__ = ("cumulative", "shifted", "weights")

    def __init__(self, shifted: Probabilities, weights: Probabilities) -> None:
        self.shifted = shifted
        """(..., V) finite logits with maximum 0: what `raw` is the softmax of."""
        self.weights = weights
        """(2, ..., V) what is proportional to `raw` and to `filtered`."""
        self.cumulative: Probabilities = np.add.accumulate(weights, -1)
        """(2, ..., V) their sums in id order."""

    @property
    def raw(self) -> Probabilities:
        """The model's own probabilities."""
        return _normalized(self.weights[0], self.cumulative[0])

    @property
    def filtered(self) -> Probabilities:
        """After filters and temperature: what is drawn from."""
        return _normalized(self.weights[1], self.cumulative[1])

    @property
    def logs(self) -> Probabilities:
        """Natural logarithms of `raw`, finite."""
        return self.shifted - np.log(self.cumulative[0, ..., -1:])

    def rating(self, id_: int) -> tuple[float, int, float, float]:
        """Return a character's probability, rank, surprise and entropy, as `GeneratedChar` has them."""
        weights, shifted, cumulative = self.weights, self.shifted, self.cumulative
        raw, total = weights[0], cumulative.item(0, -1)
        log = math.log(total)
        return (
            weights.item(1, id_) / cumulative.item(1, -1),
            1 + int(np.count_nonzero(raw > raw[id_ : id_ + 1])),
            BITS * (log - shifted.item(id_)),
            BITS * (log - raw.dot(shifted).item() / total),
        )


def distribution(logits: Array, params: SamplingParams, context: FilterContext | None = None) -> Distribution:
    """Compute the next character's distribution from logits (V,); `context` is needed where a filter is on.

    Every input has a defined result: NaN is impossible, several +inf share everything equally, and where nothing is
    possible all symbols are equal.
    """
    shifted = _shifted(logits.astype(np.float64))
    temperature = params.temperature
    weights = shifted * _scale(temperature)
    np.exp(weights, weights)
    if params.active:
        if context is None:
            raise ValueError("filters need the context")
        logs = shifted - math.log(np.add.reduce(weights[0]))
        weights[1] = temper(_filter(logs, params, context), temperature)
    elif not temperature:
        weights[1] = temper(shifted, temperature)
    return Distribution(shifted, weights)


def distributions(logits: Array, temperatures: Sequence[float]) -> Distribution:
    """Compute at once, to the bit, what `distribution` makes of each row of logits (N, V) without filters."""
    rows = np.array(logits, np.float64, order="C")
    tops = np.maximum.reduce(rows, axis=1, keepdims=True)
    if not np.logical_and.reduce(np.isfinite(tops), axis=None):  # a sum would warn of inf beside -inf
        alone = [
            distribution(row, SamplingParams(temperature=one)) for row, one in zip(rows, temperatures, strict=True)
        ]
        return stacked(alone)
    shifted = np.subtract(rows, tops, out=rows)
    np.maximum(shifted, IMPOSSIBLE, out=shifted)
    weights = shifted * _scales(tuple(temperatures))
    np.exp(weights, weights)
    if 0 in temperatures:
        for number, one in enumerate(temperatures):
            if one == 0:
                weights[1, number] = temper(shifted[number], one)
    return Distribution(shifted, weights)


@lru_cache(maxsize=64)
def _scale(temperature: float) -> Probabilities:
    """(2, 1) what logits are multiplied by: 1 for what is raw, 1/temperature for what is filtered."""
    return np.array([[1.0], [1 / max(temperature, COLDEST)]])


@lru_cache(maxsize=64)
def _scales(temperatures: tuple[float, ...]) -> Probabilities:
    """(2, N, 1) the same for N columns."""
    return np.stack([_scale(one) for one in temperatures], axis=1)


def stacked(found: Sequence[Distribution]) -> Distribution:
    """Join several distributions into one, (N, V)."""
    return Distribution(np.stack([one.shifted for one in found]), np.stack([one.weights for one in found], axis=1))


def temper(logits: Probabilities, temperature: float) -> Probabilities:
    """Compute softmax(logits / temperature), (V,), for float64 logits with maximum 0; all on the first maximum at 0."""
    if temperature == 0:
        greedy = np.zeros(len(logits))
        greedy[logits.argmax()] = 1
        return greedy
    weights: Probabilities = logits * (1 / max(temperature, COLDEST))
    np.exp(weights, out=weights)
    weights /= np.add.reduce(weights)
    return weights


def draw(cumulative: Probabilities, u: float) -> int:
    """Return the id at `u` (0 to 1) of sums in id order (V,), which need not reach 1; never one that adds nothing."""
    one = int(cumulative.searchsorted(u * cumulative.item(-1), "right"))
    # Rounding can bring u·total up to the total; the last symbol that adds anything is the answer then.
    return one if one < len(cumulative) else int(cumulative.searchsorted(cumulative[-1]))


def draw_tempered(logits: Array, temperature: float, u: float) -> int:
    """Return to the bit what `draw` gives for the distribution of logits (V,) without filters."""
    shifted = _shifted(logits.astype(np.float64))
    if not temperature:
        return int(shifted.argmax())
    shifted *= _scale(temperature)[1]
    np.exp(shifted, shifted)
    return draw(np.add.accumulate(shifted), u)


def draw_each(cumulative: Probabilities, uniforms: Sequence[float]) -> NDArray[np.intp]:
    """Return (N,) ids: `draw` for each row of sums (N, V) with its own number, at once."""
    totals = cumulative[:, -1]
    # Rounding can bring u·total up to the total; just below it stands the last symbol that adds anything.
    reached = np.minimum(totals * uniforms, np.nextafter(totals, 0))
    ids: NDArray[np.intp] = (cumulative > reached[:, None]).argmax(axis=1)
    return ids


def _normalized(weights: Probabilities, cumulative: Probabilities) -> Probabilities:
    """(..., V) shares of the sum that the last cumulative one is."""
    shares: Probabilities = weights / cumulative[..., -1:]
    return shares


def _shifted(logits: Probabilities) -> Probabilities:
    """Logits with maximum 0, all finite."""
    top = logits.argmax()  # of NaN where there is one
    if math.isfinite(logits.item(top)):
        shifted: Probabilities = np.subtract(logits, logits[top : top + 1])
    else:
        possible = np.where(np.isnan(logits), -np.inf, logits)
        most = possible.max()
        shifted = np.where(possible == most, 0.0, -np.inf) if math.isinf(most) else possible - most
    np.maximum(shifted, _IMPOSSIBLE, out=shifted)
    return shifted


def _filter(logs: Probabilities, params: SamplingParams, context: FilterContext) -> Probabilities:
    """What the active filters leave, with maximum 0."""
    kept: Array = np.where(logs > IMPOSSIBLE / 2, logs, -np.inf)
    for name in params.active:
        kept = FILTERS[name](kept, params, context)
    left: Probabilities = kept - kept.max()
    return left
