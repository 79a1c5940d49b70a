"""The home that a command line means, and the rooms that work on it."""

from typing import TYPE_CHECKING

from charplay.runs.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from charplay.corpora.library import Library
    from charplay.runs.store import RunStore

MAX_LOG_BYTES = 1_000_000


def open_home(option: str | None) -> Home:
    """The home, with its folders made. HomeError where it cannot be written."""
    home = Home.locate(option)
    home.prepare()
    return home


def read_home(option: str | None) -> Home:
    """The home; one that is there need not be one that can be written: who only reads has no use for that."""
    home = Home.locate(option)
    if not home.readable:
        home.prepare()
    return home


def log_file(home: Home) -> "Path":
    """Where faults and stray output go; past a megabyte the log is laid aside and begun anew."""
    path = home.log / "charplay.log"
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(".log.old"))
    return path


def append_to_log(home: Home, text: str) -> "Path":
    """Write a fault's details into the log, where `cat` must be able to show them; the log's path."""
    from charplay.formatting.sanitize import sanitize

    path = log_file(home)
    with path.open("a", encoding="utf-8") as log:
        log.write(sanitize(text.rstrip(), newline="\n") + "\n")
    return path


def open_library(option: str | None) -> "Library":
    """The texts."""
    from charplay.corpora.library import Library

    home = read_home(option)
    return Library(home.corpora, home.cache)


def open_store(option: str | None) -> "RunStore":
    """The runs; what killed processes left half written among them is removed, where it can be."""
    from charplay.runs.store import RunStore

    home = read_home(option)
    home.clear_leftovers()
    return RunStore(home)
