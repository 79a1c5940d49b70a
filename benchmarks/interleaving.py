"""Contenders measured by turns in one run, so that a machine's moods meet all of them alike."""

from collections.abc import Callable, Mapping, Sequence

Measure = Callable[[], float]


def interleaved(contenders: Mapping[str, Measure], rounds: int) -> dict[str, list[float]]:
    """Every contender's measurements: A B, B A, A B, ... so that neither always comes second."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(rounds):
        names = list(contenders)
        for name in names if turn % 2 == 0 else reversed(names):
            found[name].append(contenders[name]())
    return found


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """The quotient of each round."""
    return [one / other for one, other in zip(above, below, strict=True)]
