"""The next value when a number is nudged by a key."""

import math

from charplay.recipes.specs import FieldSpec


def adjacent_value(of: FieldSpec, now: object, by: int) -> float | None:
    """The number beside a field's value; where that is a word, the one that the field starts from."""
    if not isinstance(now, int | float):
        return of.start
    return next_number(now, by, whole=of.whole, low=of.low, high=of.high)


def next_number(
    now: float, by: int, *, whole: bool = False, low: float | None = None, high: float | None = None
) -> float:
    """The next larger (`by` 1) or smaller (-1) number of a series that suits the bounds, within them.

    Shares (up to 1) go by twentieths, short counts (up to 16) by one, everything else by 1, 1.5, 2, 3, 4, 5, 6 and 8
    times a power of ten, or by powers of two and their halves where whole.
    """
    if high is not None and high <= 1 and low == 0:
        wanted = round((round(now * 20) + by) / 20, 2)
        top = min(high, 0.95)
    elif whole and high is not None and high <= 16:
        wanted, top = now + by, high
    else:
        wanted = _in_series(now, by, _HALVES if whole and now >= 8 else _TENTHS)
        top = math.inf if high is None else high
    if whole:
        wanted = round(wanted) if round(wanted) != round(now) else round(now) + by
    bottom = low if low is not None else 1 if whole else wanted
    return min(max(wanted, bottom), top)


_TENTHS = tuple(mantissa * 10.0**power for power in range(-9, 10) for mantissa in (1, 1.5, 2, 3, 4, 5, 6, 8))
_HALVES = tuple(sorted(half * 2.0**power for power in range(3, 40) for half in (1, 1.5)))


def _in_series(now: float, by: int, series: tuple[float, ...]) -> float:
    beyond = [value for value in series if (value > now * 1.001 if by > 0 else value < now * 0.999)]
    if not beyond:
        return now
    return beyond[0] if by > 0 else beyond[-1]
