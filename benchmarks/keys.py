"""From a key to what it does on the screen while a network trains; what the screen sends meanwhile, and when idle."""

import random
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figures import Figure
from given import Given, new_home
from recorder import Recorder
from screen import on_screen, wait_for_training
from trainer import stream_recipe

HIDDEN = 256
PAUSES = (0.1, 0.4)
"""The shortest and the longest time between two keys, in seconds."""
PRESSING = 3
"""Keys are pressed for so many times `--seconds`."""
SETTLING = 2.0
SLIDER = re.compile(r"temperature .*?(\d\.\d\d)")
VALUES = ("0.80", "0.85")
"""What the temperature is at the start, and after `]`; `[` takes it back."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key was pressed at `moment`; the slider is to show `value`."""

    moment: float
    value: str


def measure(given: Given) -> list[Figure]:
    """Milliseconds and bytes a second."""
    starting, training, sent = _while_training(given)
    idle, wakes = _when_idle(given)
    return [
        Figure(name="key to paint while training, median", value=float(np.percentile(training, 50)), unit="ms"),
        Figure(
            name=f"key to paint while training, 99th percentile of {len(training)}",
            value=float(np.percentile(training, 99)),
            unit="ms",
            at_most=100,
        ),
        Figure(name="key to paint while torch is imported, longest", value=max(starting), unit="ms"),
        Figure(name="sent to the terminal while training", value=sent / 1000, unit="kB/s", at_most=10),
        Figure(name="sent to the terminal when idle", value=idle, unit="bytes/s", at_most=0),
        Figure(name="wake-ups of the screen when idle", value=wakes, unit="a second", at_most=12),
    ]


def _while_training(given: Given) -> tuple[list[float], list[float], float]:
    """Milliseconds of each key before the first step, and of each after it; bytes a second between them."""
    with new_home(stream_recipe(given, HIDDEN)) as home, on_screen(home) as app:
        time.sleep(SETTLING)
        app.press("t")
        runs = home.checkpoints
        starting = _press(app, lambda: not any(runs.glob("*/metrics.jsonl")))
        wait_for_training(home, lambda rows: rows[-1]["seconds"] >= SETTLING, lambda: app.process.poll() is None)
        quiet = time.monotonic()
        time.sleep(given.seconds)
        sent = len(app.raw_since(quiet)) / (time.monotonic() - quiet)
        end = time.monotonic() + given.seconds * PRESSING
        training = _press(app, lambda: time.monotonic() < end)
        time.sleep(SETTLING)
    shown = _slider_values(app)
    return _delays(starting, shown), _delays(training, shown), sent


def _press(app: Recorder, going: Callable[[], bool]) -> list[Press]:
    """Move the temperature up and down at random moments; ends where it began."""
    presses: list[Press] = []
    while going() or len(presses) % 2:
        up = len(presses) % 2 == 0
        presses.append(Press(time.monotonic(), VALUES[up]))
        app.press("]" if up else "[")
        time.sleep(random.uniform(*PAUSES))
    return presses


def _slider_values(app: Recorder) -> list[tuple[float, str]]:
    """What the temperature's slider showed, and when."""
    values: list[tuple[float, str]] = []
    row = 0
    for moment in app.replay():
        found = SLIDER.search(app.row(row))
        if found is None:
            row = next((i for i, line in enumerate(app.lines) if SLIDER.search(line)), 0)
            found = SLIDER.search(app.row(row))
        if found and (not values or values[-1][1] != found[1]):
            values.append((moment, found[1]))
    return values


def _delays(presses: Iterable[Press], shown: Sequence[tuple[float, str]]) -> list[float]:
    """Milliseconds from each key to the first moment after it that shows its value."""
    last = shown[-1][0]
    return [
        1000 * (next((at for at, value in shown if at >= press.moment and value == press.value), last) - press.moment)
        for press in presses
    ]


def _when_idle(given: Given) -> tuple[float, float]:
    """Bytes and wake-ups a second with the writing held and nothing trained."""
    with new_home(stream_recipe(given, HIDDEN)) as home, on_screen(home) as app:
        time.sleep(SETTLING)
        app.press("space")
        time.sleep(SETTLING)
        idle, wakes = time.monotonic(), _wakes(app.process.pid)
        time.sleep(given.seconds)
        passed = time.monotonic() - idle
        return len(app.raw_since(idle)) / passed, (_wakes(app.process.pid) - wakes) / passed


def _wakes(process: int) -> int:
    """How often a process's main thread has waited for something by now; of Linux alone."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
