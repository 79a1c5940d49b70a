"""What a benchmark is given: how long to measure, on which texts and device, in which homes; and the machine's name."""

import datetime
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from charplay.playground.preferences import Preferences, write_preferences
from charplay.recipes.presets import save_preset
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home

PRESET = "bench"
"""The preset that a home made for a recipe has."""


@dataclass(frozen=True, slots=True)
class Given:
    """The conditions of a run of benchmarks."""

    seconds: float
    """How long each contender is measured, about."""
    corpora: Path | None
    """A folder with tinyshakespeare.txt; without one the Python manual is read."""
    device: str

    @property
    def shakespeare(self) -> Path | None:
        """Tiny Shakespeare, where it was given."""
        path = self.corpora.absolute() / "tinyshakespeare.txt" if self.corpora else None
        return path if path and path.is_file() else None

    @property
    def text(self) -> str:
        """The text to train on, as `--corpus` takes it."""
        return str(self.shakespeare or "python-manual")

    @property
    def text_title(self) -> str:
        """The text's name for the table."""
        return "tiny Shakespeare" if self.shakespeare else "the Python manual (built in; CORPORA names a better folder)"


@contextmanager
def new_home(recipe: Recipe | None = None) -> Iterator[Home]:
    """An empty home that is removed afterwards; with a recipe, one whose next run is that recipe."""
    with tempfile.TemporaryDirectory(prefix="charplay-bench-", ignore_cleanup_errors=True) as folder:
        home = Home(Path(folder))
        home.prepare()
        if recipe is not None:
            save_preset(home.presets, PRESET, recipe)
            write_preferences(home.settings, Preferences(corpus=recipe.corpus, preset=PRESET))
        yield home


def machine() -> str:
    """The processor, its cores, torch's version and today's date."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    today = datetime.datetime.now().astimezone().date().isoformat()
    return f"{_processor()}, {cores} cores, torch {version('torch')}, {today}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
