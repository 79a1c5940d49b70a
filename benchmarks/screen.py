"""Training with the screen attached against headless training: the real program both times, the same recipe.

On the screen the live run writes 30 characters a second and its chart is live.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from figures import Figure, NotMeasured
from given import PRESET, Given, new_home
from interleaving import interleaved, ratios
from recorder import Recorder
from trainer import CHARACTERS_A_STEP, stream_recipe

from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home

ROUNDS = 3
HIDDEN = (128, 256)
WARM_SECONDS = 3.0
"""Of the run's own clock, before anything counts."""
PATIENCE = 300.0
"""Seconds that a run may take for what is measured, at most."""

Rows = list[dict[str, float]]


def measure(given: Given) -> list[Figure]:
    """Steps a second as the runs' own metrics say, by turns."""
    figures = []
    for hidden in HIDDEN:
        recipe = stream_recipe(given, hidden)
        contenders = {
            "screen": partial(_on_screen, recipe, given.seconds),
            "headless": partial(_headless, recipe, given.seconds),
        }
        found = interleaved(contenders, ROUNDS)
        name = f"training with the screen, hidden {hidden}"
        figures += [
            Figure.of(f"{name}: speed against headless", ratios(found["screen"], found["headless"]), at_least=0.95),
            Figure.of(name, [steps * CHARACTERS_A_STEP for steps in found["screen"]], "characters/s"),
        ]
    return figures


@contextmanager
def on_screen(home: Home) -> Iterator[Recorder]:
    """The playground at 120x40, writing, its next run about to be the home's preset; ended afterwards."""
    app = Recorder(
        [sys.executable, "-m", "charplay"],
        columns=120,
        rows=40,
        env={"CHARPLAY_HOME": str(home.root), "CHARPLAY_TOUR": "0"},
    )
    try:
        app.wait_for_bytes("parameters")  # the text is read and the recipe resolved
        yield app
    finally:
        app.close()


def wait_for_training(home: Home, enough: Callable[[Rows], bool], running: Callable[[], bool]) -> Rows:
    """Stand until the rows of metrics of the home's run are enough; gives them."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        rows = [row for path in home.checkpoints.glob("*/metrics.jsonl") for row in _rows(path)]
        if rows and enough(rows):
            return rows
        if not running():
            raise NotMeasured("charplay ended by itself")
        time.sleep(0.25)
    raise NotMeasured(f"training was not far enough after {PATIENCE:g} s")


def _rows(path: Path) -> Rows:
    """The whole lines of a file that is being written."""
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def _on_screen(recipe: Recipe, seconds: float) -> float:
    """Steps a second behind the screen."""
    with new_home(recipe) as home, on_screen(home) as app:
        app.press("t")
        return _speed(home, seconds, lambda: app.process.poll() is None)


def _headless(recipe: Recipe, seconds: float) -> float:
    """Steps a second of `charplay train --json`."""
    with new_home(recipe) as home:
        command = [sys.executable, "-m", "charplay", "--home", str(home.root), "train", "--json"]
        command += ["--preset", PRESET, "--corpus", recipe.corpus]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
            try:
                return _speed(home, seconds, lambda: program.poll() is None)
            finally:
                program.kill()


def _speed(home: Home, seconds: float, running: Callable[[], bool]) -> float:
    """Steps a second of the home's run, once it is warm."""

    def enough(rows: Rows) -> bool:
        return rows[-1]["seconds"] >= WARM_SECONDS + seconds and len(_warm(rows)) > 1

    rows = _warm(wait_for_training(home, enough, running))
    return (rows[-1]["step"] - rows[0]["step"]) / (rows[-1]["seconds"] - rows[0]["seconds"])


def _warm(rows: Rows) -> Rows:
    return [row for row in rows if row["seconds"] >= WARM_SECONDS]
