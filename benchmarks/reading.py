"""Texts: how fast a file becomes ids, the first time and again."""

import time
from pathlib import Path

from figures import Figure
from given import Given, new_home

from charplay.corpora.library import Library

MEGABYTES_A_SECOND = 4
"""The file's size for each second that may be measured."""
REPEATS = 3


def measure(given: Given) -> list[Figure]:
    """Megabytes a second of a text that is read, decoded, counted and encoded; of one that lies in the cache."""
    first, again = [], []
    for _ in range(REPEATS):
        with new_home() as home:
            path = home.root / "large.txt"
            _write(path, Library(home.corpora, home.cache), given)
            library = Library(home.corpora, home.cache, large=0)
            first.append(_megabytes_a_second(library, path))
            again.append(_megabytes_a_second(library, path))
    return [
        Figure.of("reading a text for the first time", first, "MB/s"),
        Figure.of("reading a text that is in the cache", again, "MB/s"),
    ]


def _write(path: Path, library: Library, given: Given) -> None:
    """The text over and over."""
    corpus = library.open(library.find(given.text))
    text = corpus.text()
    times = max(1, round(given.seconds * MEGABYTES_A_SECOND * 1e6 / len(text)))
    path.write_text(text * times, "utf-8")


def _megabytes_a_second(library: Library, path: Path) -> float:
    start = time.perf_counter()
    corpus = library.open(library.find(str(path)))
    assert len(corpus)
    return path.stat().st_size / 1e6 / (time.perf_counter() - start)
