"""Copied or composed: what a written character costs beside a training text of 5 MB, and what its index costs."""

import random
import sysconfig
import time
from pathlib import Path

from figures import Figure
from given import Given

from charplay.sampling.memorization import MemorizationTracker
from charplay.sampling.substring_index import SubstringIndex

SIZE = 5_000_000
"""Characters of the training text."""
LEAST = 20
"""From how many characters on a stretch counts as copied."""
STRETCHES = (1, 30, 3000)
"""Characters that are copied at a time: hardly any, as a network does, and as one that learned by heart."""
CHARACTERS = 200
"""Written at once."""


def measure(given: Given) -> list[Figure]:
    """Seconds for the index, and microseconds a character by turns for so long."""
    text = _training_text()
    start = time.perf_counter()
    index = SubstringIndex(text)
    built = time.perf_counter() - start
    found: dict[int, list[float]] = {length: [] for length in STRETCHES}
    chance = random.Random(1)
    end = time.perf_counter() + given.seconds
    while time.perf_counter() < end:
        for length, times in found.items():
            times.append(_write(index, _composed(text, length, chance)))
    costs = [
        Figure.of(f"copied or composed, {length} copied at a time", times, "us", at_most=1000.0)
        for length, times in found.items()
    ]
    return [*costs, Figure(name="its index of 5 MB", value=built, unit="s")]


def _training_text() -> str:
    """The standard library's source, as much as is needed."""
    text, length = [], 0
    for path in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        text.append(path.read_text("utf-8", errors="replace"))
        length += len(text[-1])
        if length >= SIZE:
            break
    return "".join(text)[:SIZE]


def _composed(text: str, length: int, chance: random.Random) -> str:
    """Stretches of a text, one after another."""
    written = ""
    while len(written) < CHARACTERS:
        start = chance.randrange(len(text) - length)
        written += text[start : start + length]
    return written[:CHARACTERS]


def _write(index: SubstringIndex, written: str) -> float:
    """Microseconds for each character of a text that grows by one at a time."""
    copies = MemorizationTracker(index, LEAST)
    start = time.perf_counter()
    for character in written:
        copies.extend(character)
    return (time.perf_counter() - start) / len(written) * 1e6
