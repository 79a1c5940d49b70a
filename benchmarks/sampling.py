"""One character: the microseconds that a player needs for it outside the screen."""

import time
from functools import partial

from figures import Figure
from given import Given
from interleaving import interleaved
from networks import model

from charplay.sampling.player import Player

SIZES = {"hidden 256": (256, 1), "hidden 512": (512, 1), "2 layers of 512": (512, 2)}
TARGETS = {"hidden 256": 150.0}
CHARACTERS = 500
"""Drawn at once."""
USUAL = 0.0002
"""Seconds a character, about: for the number of rounds."""


def measure(given: Given) -> list[Figure]:
    """Microseconds a character, by turns."""
    players = {name: partial(_draw, Player(model(*size))) for name, size in SIZES.items()}
    for draw in players.values():
        draw()
    found = interleaved(players, max(3, round(given.seconds / (CHARACTERS * USUAL))))
    return [Figure.of(f"one character, {name}", found[name], "us", at_most=TARGETS.get(name)) for name in SIZES]


def _draw(player: Player) -> float:
    """Draw characters on a new tape; microseconds each."""
    player.restart()
    start = time.perf_counter()
    for _ in range(CHARACTERS):
        player.next()
    return (time.perf_counter() - start) / CHARACTERS * 1e6
