"""Where an axis carries numbers, and how they are written."""

import math
from collections.abc import Sequence
from itertools import count, pairwise


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` multiples of 1, 2 or 5 times a power of ten within [low, high], evenly spaced."""
    if most < 1 or not low <= high:
        return []
    if low == high:
        return [low]
    power = math.floor(math.log10((high - low) / most))
    for k in count(3 * power):
        step = (1, 2, 5)[k % 3] * 10.0 ** (k // 3)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            return [n * step for n in range(first, last + 1)]
    raise AssertionError


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return at most `most` of the values {1, 2, 5}·10^n in [low, high]; evenly spaced ones if fewer than three fit."""
    if not 0 < low < high:
        return linear_ticks(low, high, most)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits, every in (((1, 2, 5), 1), *(((1,), n) for n in range(1, len(decades)))):
        ticks = [d * 10.0**n for n in decades[::every] for d in digits if low <= d * 10.0**n <= high]
        if 3 <= len(ticks) <= most:
            return ticks
    return linear_ticks(low, high, most)


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """Write each tick in as few characters as tell it from its neighbours: "1,000", "0.25", "20 k", "1e-6"."""
    if not ticks:
        return []
    largest = max(map(abs, ticks))
    gaps = [b - a for a, b in pairwise(ticks) if b > a]
    smallest = min(gaps, default=largest or 1.0)
    if largest >= 1e4:
        size, letter = next(((s, c) for s, c in ((1e9, " G"), (1e6, " M"), (1e3, " k")) if largest >= s))
        return ["0" if tick == 0 else _number(tick / size, smallest / size) + letter for tick in ticks]
    least = min((abs(tick) for tick in ticks if tick), default=1.0)
    if largest and (largest < 1e-2 or (largest <= 1 and largest / least >= 999)):
        return ["0" if tick == 0 else _power(tick) for tick in ticks]
    return [_number(tick, smallest) for tick in ticks]


def _number(value: float, gap: float) -> str:
    decimals = min(6, max(0, math.ceil(-math.log10(gap) - 1e-6)))
    while decimals < 6 and abs(round(value, decimals) - value) > abs(value) * 1e-3:
        decimals += 1
    return f"{value:,.{decimals}f}"


def _power(value: float) -> str:
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    return f"{mantissa.rstrip('0').removesuffix('.')}e{int(exponent)}"
