"""From logits to the next character: probabilities, raw and after the filters, and the draw."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import NamedTuple, TypeAlias

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

BITS = 1 / math.log(2)
"""Bits in a nat."""


class Distribution(NamedTuple):
    """What the next character may be, (V,) float64 each; or (N, V) for N columns."""

    logs: Probabilities
    """Natural logarithms of `raw`, finite."""
    raw: Probabilities
    """The model's own probabilities."""
    filtered: Probabilities
    """After filters and temperature: what is drawn from."""

    def surprise(self, one: int) -> float:
        """Bits of surprise at a character, from the model's own probability."""
        return -BITS * self.logs.item(one)

    def rank(self, one: int) -> int:
        """1 for the model's most probable character; equals share a rank."""
        return 1 + int(np.count_nonzero(self.raw > self.raw.item(one)))

    def entropy(self) -> float:
        """Bits of surprise to expect, from the model's own probabilities."""
        return -BITS * float(self.raw.dot(self.logs))


def distribution(logits: Array, params: SamplingParams, context: FilterContext | None = None) -> Distribution:
    """The next character's distribution from logits (V,); `context` is needed where a filter is on.

    Every input has a defined result: NaN is impossible, several +inf share everything equally, and where nothing is
    possible all symbols are equal.
    """
    shifted = _shifted(np.asarray(logits, np.float64))
    weights = np.exp(shifted)
    total = np.add.reduce(weights)
    weights /= total
    logs: Probabilities = shifted - math.log(total)
    if params.active:
        if context is None:
            raise ValueError("filters need the context")
        shifted = _filter(logs, params, context)
    return Distribution(logs, weights, temper(shifted, params.temperature))


def distributions(logits: Array, temperatures: Sequence[float]) -> Distribution:
    """What `distribution` makes of each row of logits (N, V) without filters, at once: (N, V) each.

    The probabilities are the same to the bit.
    """
    rows = np.array(logits, np.float64, order="C")
    tops = np.maximum.reduce(rows, axis=1, keepdims=True)
    if not np.logical_and.reduce(np.isfinite(tops), axis=None):  # a sum would warn of inf beside -inf
        alone = [
            distribution(row, SamplingParams(temperature=one)) for row, one in zip(rows, temperatures, strict=True)
        ]
        return stacked(alone)
    both = np.empty((2, *rows.shape))
    raw, filtered = both
    shifted = np.subtract(rows, tops, out=rows)
    np.maximum(shifted, IMPOSSIBLE, out=shifted)
    np.multiply(shifted, _inverse(tuple(temperatures)), out=both)
    np.exp(both, out=both)
    totals = np.add.reduce(both, axis=2, keepdims=True)
    both /= totals
    if 0 in temperatures:
        for number, one in enumerate(temperatures):
            if one == 0:
                filtered[number] = temper(shifted[number], one)
    shifted -= np.log(totals[0])
    return Distribution(shifted, raw, filtered)


@lru_cache(maxsize=64)
def _inverse(temperatures: tuple[float, ...]) -> Probabilities:
    """(2, N, 1) what logits are multiplied by: 1 for what is raw, 1/temperature for what is filtered."""
    scales = [1 / max(one, COLDEST) for one in temperatures]
    return np.array([[1.0] * len(scales), scales])[:, :, None]


def stacked(found: Sequence[Distribution]) -> Distribution:
    """Several distributions as one, (N, V) each."""
    return Distribution(*(np.stack(parts) for parts in zip(*found, strict=True)))


def temper(logits: Probabilities, temperature: float) -> Probabilities:
    """softmax(logits / temperature), (V,), for float64 logits with maximum 0; all on the first maximum at 0."""
    if temperature == 0:
        greedy = np.zeros(len(logits))
        greedy[logits.argmax()] = 1
        return greedy
    weights: Probabilities = logits * (1 / max(temperature, COLDEST))
    np.exp(weights, out=weights)
    weights /= np.add.reduce(weights)
    return weights


def draw(probabilities: Probabilities, u: float) -> int:
    """The id at `u` (0 to 1) of the cumulative distribution in id order; never one of probability 0."""
    cumulative = probabilities.cumsum()
    one = int(cumulative.searchsorted(u * cumulative.item(-1), side="right"))
    # Rounding can bring u·total up to the total; the last symbol that adds anything is the answer then.
    return one if one < len(cumulative) else int(cumulative.searchsorted(cumulative[-1]))


def draw_each(probabilities: Probabilities, luck: Sequence[float]) -> NDArray[np.intp]:
    """(N,) ids: `draw` for each row of probabilities (N, V) with its own number, at once."""
    cumulative = np.add.accumulate(probabilities, axis=1)
    totals = cumulative[:, -1]
    # Rounding can bring u·total up to the total; just below it stands the last symbol that adds anything.
    reached = np.minimum(totals * luck, np.nextafter(totals, 0))
    ids: NDArray[np.intp] = (cumulative > reached[:, None]).argmax(axis=1)
    return ids


def _shifted(logits: Probabilities) -> Probabilities:
    """Logits with maximum 0, all finite."""
    top = logits.item(logits.argmax())  # NaN where there is one
    if not math.isfinite(top):
        logits = np.where(np.isnan(logits), -np.inf, logits)
        top = logits.max()
        if math.isinf(top):
            logits, top = np.where(logits == top, 0.0, -np.inf), 0.0
    shifted: Probabilities = logits - top
    return np.maximum(shifted, IMPOSSIBLE, out=shifted)


def _filter(logs: Probabilities, params: SamplingParams, context: FilterContext) -> Probabilities:
    """What the active filters leave, with maximum 0."""
    kept: Array = np.where(logs > IMPOSSIBLE / 2, logs, -np.inf)
    for name in params.active:
        kept = FILTERS[name](kept, params, context)
    left: Probabilities = kept - kept.max()
    return left
