"""One character: the microseconds that a generator needs for it outside the screen, and eight columns against one."""

import time
from functools import partial

from figures import Figure
from given import Given
from interleaving import interleaved, ratios
from networks import model

from charplay.sampling.batched import BatchedGenerators
from charplay.sampling.generator import TextGenerator
from charplay.sampling.params import SamplingParams

SIZES = {"hidden 256": (256, 1), "hidden 512": (512, 1), "2 layers of 512": (512, 2)}
TARGETS = {"hidden 256": 150.0}
TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0)
"""Of the columns."""
COLUMNS = "hidden 256"
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
    start = time.perf_counter()
    for draw in drawn.values():
        draw()
    once = time.perf_counter() - start
    found = interleaved(drawn, max(3, round(given.seconds * len(drawn) / once)))
    cost = ratios(found[together], found[COLUMNS])
    times = [Figure.of(f"one character, {name}", found[name], "us", at_most=TARGETS.get(name)) for name in drawn]
    return [Figure.of(f"{together}: cost against one", cost, at_most=3.0), *times]


def _draw(generators: list[TextGenerator]) -> float:
    """Draw characters on new transcripts; microseconds for one on each."""
    for generator in generators:
        generator.restart()
    draw = BatchedGenerators(generators).next if len(generators) > 1 else generators[0].next
    start = time.perf_counter()
    for _ in range(CHARACTERS):
        draw()
    return (time.perf_counter() - start) / CHARACTERS * 1e6
