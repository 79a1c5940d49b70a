"""What a killed process leaves half written is removed at the next start; what a living one writes stays."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from charplay.cli.main import run
from charplay.corpora import fetching
from charplay.corpora.classics import Classic, Mirror
from charplay.corpora.library import Library
from charplay.corpora.progress import Progress
from charplay.playground.home import open_store
from charplay.playground.preferences import Preferences, read_preferences, write_preferences
from charplay.recipes.presets import save_preset
from charplay.recipes.recipe import Recipe
from charplay.runs.home import Home

RENAMES = ("rename", "replace", "link")
"""The calls of `os` that end a writing."""


def remember(home: Home, _text: Path) -> bool:
    """The settings, once more."""
    write_preferences(home.settings, Preferences(prompt="new"))
    return read_preferences(home.settings)[0].prompt == "new"


def add(home: Home, text: Path) -> bool:
    """A text among the texts."""
    return run(["corpora", "add", str(text)]) == 0 and (home.corpora / text.name).read_text() == text.read_text()


def store(home: Home, text: Path) -> bool:
    """A large text in the cache."""
    library = Library(home.corpora, home.cache, large=100)
    corpus = library.open(library.find(str(text)))
    return not corpus.notes and len(list(library.cache.iterdir())) == 2


def fetch(home: Home, text: Path) -> bool:
    """A classic."""
    data = text.read_bytes()
    copy = Mirror("http://localhost/verse", len(data), sha256(data).hexdigest())
    library = Library(home.corpora, home.cache, catalog=[Classic("verse", "a verse", "", "", (copy,))])

    def come(download: Any, _progress: Progress) -> None:
        (download.folder / "text").write_bytes(data)

    with patch.object(fetching._Download, "run", come):
        return library.fetch(library.find("verse")).path.read_bytes() == data


def name(home: Home, _text: Path) -> bool:
    """A recipe, as a preset."""
    return save_preset(home.presets, "mine", Recipe(steps=5)).exists()


writing = pytest.mark.parametrize("write", [remember, add, store, fetch, name])


def files(home: Home) -> set[Path]:
    return {path for path in home.root.rglob("*") if path != home.cache / "corpora"}


@pytest.mark.fault("47")
@writing
def test_what_a_killed_process_left_is_removed_at_the_next_start(
    home: Home, text_file: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., Any]
) -> None:
    write_preferences(home.settings, Preferences(prompt="old"))
    before = files(home)
    child = os.fork()
    if child == 0:
        for name in RENAMES:
            monkeypatch.setattr(os, name, lambda *_: os._exit(9))
        write(home, text_file)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert files(home) > before
    open_store(None)
    assert files(home) == before
    assert write(home, text_file)


@pytest.mark.fault("51")
@writing
def test_what_a_living_process_writes_outlives_another_start(
    home: Home, text_file: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[..., Any]
) -> None:
    starts = []

    def started_meanwhile(rename: Callable[..., Any]) -> Callable[..., None]:
        def renamed(*paths: Path) -> None:
            starts.append(home.clear_leftovers())
            rename(*paths)

        return renamed

    for name in RENAMES:
        monkeypatch.setattr(os, name, started_meanwhile(getattr(os, name)))
    assert write(home, text_file)
    assert starts
    assert not any(starts)
