"""Opens the home that a person names, and its library and its runs: one rule for the command line and for Python."""

from typing import TYPE_CHECKING

from charplay.runs.home import Home

if TYPE_CHECKING:
    from charplay.corpora.library import Library
    from charplay.runs.store import RunStore


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
