"""What grows with the work: a history of a million rows, lists of many runs, and how long they hold a key."""

import shutil
import threading
import time
from collections.abc import Callable

from figures import Figure
from given import Given, new_home

from charplay.corpora.entries import Entry
from charplay.corpora.library import Library
from charplay.playground.run_history import kept_curves
from charplay.recipes.recipe import Recipe
from charplay.recipes.resolve import resolve
from charplay.runs.checkpoint import CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunStore

ROWS_A_SECOND = 100_000
"""Rows of the long history for each second that may be measured."""
MOST_RUNS = 5000
TEXT_BYTES = 100_000_000
LOOK_SECONDS = 0.005
VOCABULARY = "\n abcdefghijklmnopqrstuvwxyz"


def measure(given: Given) -> list[Figure]:
    """Seconds of each, and for how long at most the thread that reads keeps another one waiting."""
    with new_home() as home:
        rows = round(given.seconds * ROWS_A_SECOND)
        run = _kept(home, "long", rows)
        seconds, held = _beside(lambda: kept_curves(run))
        few, many = _listing(home, MOST_RUNS // 5), _listing(home, MOST_RUNS)
        large = _large(home, given)
        read, held_by_text = _beside(lambda: Library(home.corpora, home.cache).open(large))
    return [
        Figure(name=f"a history of {rows:,} rows is read", value=seconds, unit="s"),
        Figure(name="longest wait of another thread meanwhile", value=held * 1000, unit="ms", at_most=100),
        Figure(name=f"{MOST_RUNS // 5:,} runs are listed", value=few, unit="s", at_most=0.5),
        Figure(name=f"{MOST_RUNS:,} runs are listed", value=many, unit="s", at_most=2),
        Figure(name="a text of 100 MB is read for the first time", value=read, unit="s"),
        Figure(name="longest wait of another thread beside it", value=held_by_text * 1000, unit="ms", at_most=200),
    ]


def _beside(work: Callable[[], object]) -> tuple[float, float]:
    """Do it in a thread of its own; its seconds, and the longest time that this thread was not asked back."""
    start, longest = time.perf_counter(), 0.0
    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        before = time.perf_counter()
        time.sleep(LOOK_SECONDS)
        longest = max(longest, time.perf_counter() - before - LOOK_SECONDS)
    return time.perf_counter() - start, longest


def _kept(home: Home, name: str, rows: int) -> Run:
    """A run whose metrics have so many rows."""
    recipe = Recipe(steps=1000)
    run = Run.create(
        home.checkpoints, asked=recipe, resolved=resolve(recipe, 100_000, len(VOCABULARY)).recipe,
        corpus=CorpusOrigin("text", "", "", 100_000), vocabulary=VOCABULARY, facts={}, name=name,
    )  # fmt: skip
    readings = {"train_accuracy": 0.5, "learning_rate": 0.005, "grad_norm": 1.0, "chars_per_second": 50_000.0}
    steps = range(1, rows + 1)
    run.append(
        "metrics",
        ({"step": at, "epoch": at / 500, "seconds": at / 20, "train_loss": 2 + 1 / at, **readings} for at in steps),
    )
    return run


def _listing(home: Home, runs: int) -> float:
    """Seconds of listing so many runs of 750 rows each."""
    shutil.rmtree(home.checkpoints)
    home.checkpoints.mkdir()
    first = _kept(home, "run-0", 750)
    for number in range(1, runs):
        shutil.copytree(first.folder, home.checkpoints / f"run-{number}")
    start = time.perf_counter()
    assert len(RunStore(home).list()) >= runs
    return time.perf_counter() - start


def _large(home: Home, given: Given) -> Entry:
    """The text over and over, in a file."""
    path = home.root / "large.txt"
    library = Library(home.corpora, home.cache)
    text = library.open(library.find(given.text)).text()
    path.write_text(text * (1 + TEXT_BYTES // len(text)), "utf-8")
    return library.find(str(path))
