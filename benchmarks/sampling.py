"""One character: the microseconds that a generator needs for it alone; several texts at once against one."""

import time
from functools import partial
from itertools import repeat

from figures import Figure
from given import Given
from interleaving import interleaved, ratios
from networks import model

from charplay.sampling.batched import BatchedGenerators
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams
from charplay.sampling.side_by_side import Start, Turn, write_side_by_side

SIZES = {"hidden 256": (256, 1), "hidden 512": (512, 1), "2 layers of 512": (512, 2)}
TARGETS = {"hidden 256": 150.0}
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0)
"""Of the columns."""
COLUMNS = "hidden 256"
TEXTS = 32
MANY = {size: f"{TEXTS} texts, {size}" for size in ("hidden 256", "hidden 512")}
CHARACTERS = 100
"""Drawn at once: a short round finds a quiet moment on a busy machine."""


def measure(given: Given) -> list[Figure]:
    """Microseconds a character, by turns, for so long."""
    drawn = {name: partial(_draw, [TextGenerator(model(*size))]) for name, size in SIZES.items()}
    network = model(*SIZES[COLUMNS])
    together = f"eight columns, {COLUMNS}"
    drawn[together] = partial(
        _draw, [TextGenerator(network, params=SamplingParams(temperature=one)) for one in TEMPERATURES]
    )
    drawn |= {many: partial(_draw_many, TextGenerator(model(*SIZES[size]))) for size, many in MANY.items()}
    start = time.perf_counter()
    for draw in drawn.values():
        draw()
    once = time.perf_counter() - start
    found = interleaved(drawn, max(3, round(given.seconds * len(drawn) / once)))
    cost = ratios(found[together], found[COLUMNS])
    gain = {size: ratios(found[size], found[many]) for size, many in MANY.items()}
    times = [Figure.of(f"one character, {name}", found[name], "us", at_most=TARGETS.get(name)) for name in drawn]
    speeds = [Figure.of(f"{MANY[size]}: speed against one", gain[size], at_least=4.0) for size in MANY]
    return [Figure.of(f"{together}: cost against one", cost, at_most=3.0), *speeds, *times]


def _draw(generators: list[TextGenerator]) -> float:
    """Draw characters on new transcripts; microseconds for one on each."""
    for generator in generators:
        generator.restart()
    draw = BatchedGenerators(generators).next if len(generators) > 1 else generators[0].next
    start = time.perf_counter()
    for _ in range(CHARACTERS):
        draw()
    return (time.perf_counter() - start) / CHARACTERS * 1e6


def _draw_many(generator: TextGenerator) -> float:
    """Write TEXTS texts side by side; microseconds a character of all of them."""
    starts = [Start(seed, generator) for seed in range(TEXTS)]
    start = time.perf_counter()
    for _ in write_side_by_side(starts, partial(repeat, Turn(generator.params), CHARACTERS)):
        pass
    return (time.perf_counter() - start) / (CHARACTERS * TEXTS) * 1e6
