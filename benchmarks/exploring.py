"""Exploring a large text: its statistics, searches, a concordance, and the memory that they take."""

import random
import sysconfig
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from figures import Figure
from given import Given, new_home

from charplay.corpora.exploring.concordance import Concordance
from charplay.corpora.exploring.search import Query, search
from charplay.corpora.exploring.text_statistics import measure_text
from charplay.corpora.library import Library

MEGABYTES_A_SECOND = 2
"""The text's size for each second that may be measured: --seconds 50 makes 100 MB."""
SOURCES = 30_000_000
"""Characters of the standard library that source code is taken from."""
BLOCK = 400
"""Lines of source code, and of prose, by turns."""
LOOK_SECONDS = 0.02
QUERIES = {
    "a plain search": Query("connection"),
    "ignoring case": Query("Connection", ignores_case=True),
    "by a regular expression": Query(r"\bconnect\w+", is_regex=True),
}


def measure(given: Given) -> list[Figure]:
    """Seconds for each, of a text of source code and prose that is memory-mapped."""
    with new_home() as home:
        path = home.root / "large.txt"
        library = Library(home.corpora, home.cache, large=0)
        size = _write(path, library.open(library.find(given.text)).text().splitlines(), given.seconds)
        library.open(library.find(str(path)))  # into the cache
        # In a fresh process, since one that has opened a text anew keeps some of the memory that this took.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            return process.submit(_measure, library, path, f"{size / 1e6:,.0f} MB").result()


def _measure(library: Library, path: Path, size: str) -> list[Figure]:
    corpus = library.open(library.find(str(path)))
    figures = []
    for name, query in QUERIES.items():
        seconds, memory = _timed(lambda query=query: search(corpus, query))  # type: ignore[misc]
        figures.append(Figure(name=f"{size}: {name}", value=seconds, unit="s"))
    hits = search(corpus, Query("the"))
    seconds, memory = _timed(lambda: Concordance(corpus, hits).sorted_by("right"))
    figures.append(Figure(name=f"{size}: a concordance of {len(hits):,} hits is sorted", value=seconds, unit="s"))
    seconds, memory = _timed(lambda: measure_text(corpus))
    figures.append(Figure(name=f"{size}: characters, lines, words, n-grams to 3", value=seconds, unit="s"))
    figures.append(
        Figure(name="anonymous memory of the process meanwhile", value=memory / 1e6, unit="MB", at_most=400.0)
    )
    return figures


def _write(path: Path, prose: list[str], seconds: float) -> int:
    """Write source code and prose by turns, with new words and rare characters among them; returns the characters."""
    chance, size = random.Random(1), round(seconds * MEGABYTES_A_SECOND * 1e6)
    code, written = [], 0
    for source in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py")):
        code += source.read_text("utf-8", errors="replace").splitlines()
        written += source.stat().st_size
        if written > SOURCES:
            break
    written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            for lines in (code, prose):
                start = chance.randrange(max(1, len(lines) - BLOCK))
                new = f"{chance.choice('éλж字👩')} w{chance.getrandbits(40):x}"
                written += file.write("\n".join([*lines[start : start + BLOCK], new, ""]))
    return written


def _timed(work: Callable[[], object]) -> tuple[float, int]:
    """Return the seconds that it takes, and the most bytes of anonymous memory that the process has meanwhile."""
    most, done = 0, threading.Event()

    def look() -> None:
        nonlocal most
        while not done.wait(LOOK_SECONDS):
            most = max(most, _anonymous())

    looking = threading.Thread(target=look)
    looking.start()
    start = time.perf_counter()
    try:
        work()
    finally:
        seconds = time.perf_counter() - start
        done.set()
        looking.join()
    return seconds, most


def _anonymous() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))
