"""Opens the home that `--home` names, and its library, its runs and its log."""

from typing import TYPE_CHECKING

from charplay.runs.home import Home

if TYPE_CHECKING:
    from pathlib import Path

    from charplay.corpora.library import Library
    from charplay.runs.store import RunStore

MAX_LOG_BYTES = 1_000_000


def open_home(option: str | None) -> Home:
    """Open the home for writing and create missing folders. Raises HomeError where it cannot be written."""
    home = Home.locate(option)
    home.prepare()
    return home


def read_home(option: str | None) -> Home:
    """Open the home for reading; an existing one need not be writable. Raises HomeError."""
    home = Home.locate(option)
    if not home.readable:
        home.prepare()
    return home


def log_file(home: Home) -> "Path":
    """Return the log's path; a log above MAX_LOG_BYTES is first renamed to `.log.old`."""
    path = home.log / "charplay.log"
    if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
        path.replace(path.with_suffix(".log.old"))
    return path


def append_to_log(home: Home, text: str) -> "Path":
    """Append an error's details to the log and return its path. They are sanitized, as users `cat` the log."""
    from charplay.formatting.sanitize import sanitize

    path = log_file(home)
    with path.open("a", encoding="utf-8") as log:
        log.write(sanitize(text.rstrip(), newline="\n") + "\n")
    return path


def open_library(option: str | None) -> "Library":
    """Open the home's library of texts."""
    from charplay.corpora.library import Library

    home = read_home(option)
    return Library(home.corpora, home.cache)


def open_store(option: str | None) -> "RunStore":
    """Open the home's runs, after removing temporary files that killed processes left."""
    from charplay.runs.store import RunStore

    home = read_home(option)
    home.clear_leftovers()
    return RunStore(home)
