"""The text that was learned, found again: at its path, under its name, or near; and never another one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from charplay.corpora.corpus import Corpus
from charplay.corpora.learned import NotFound, candidates, open_learned
from charplay.corpora.library import Library

SONG, OTHER = "to be or not to be\n" * 20, "the rest is silence\n" * 20


@dataclass(frozen=True)
class Learned:
    name: str
    path: str = ""
    sha256: str = hashlib.sha256(SONG.encode()).hexdigest()
    encoding: str = ""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "corpora").mkdir()
    return Library(tmp_path / "corpora", tmp_path / "cache", catalog=[])


def dropped(library: Library, name: str, text: str = SONG) -> str:
    path = library.paths.corpora / f"{name}.txt"
    path.write_text(text)
    return str(path)


def opened(library: Library, origin: Learned, near: str = "") -> Corpus:
    return open_learned(library, origin, cleaning=(), limit=None, near=near)


def test_it_is_found_at_its_path_or_where_it_was_moved_under_its_name(library: Library, tmp_path: Path) -> None:
    path = dropped(library, "song")
    elsewhere = tmp_path / "song.txt"
    elsewhere.write_text(SONG)
    assert opened(library, Learned("song", path)).path == path
    assert opened(library, Learned("song", str(tmp_path / "gone.txt"))).path == path
    assert opened(library, Learned("nameless", str(elsewhere))).path == str(elsewhere)
    assert opened(library, Learned("song")).path == path


def test_what_is_called_alike_is_no_candidate_for_a_text_that_had_a_path(library: Library) -> None:
    dropped(library, "song")
    assert not list(candidates(library, Learned("SONG", "/gone/SONG.txt")))
    assert [entry.name for entry in candidates(library, Learned("SONG"))] == ["song"]


def test_a_text_under_another_name_is_taken_only_where_it_is_the_same(library: Library) -> None:
    near = dropped(library, "chosen")
    assert opened(library, Learned("gone", "/gone.txt"), near).path == near
    dropped(library, "chosen", OTHER)
    with pytest.raises(NotFound) as found:
        opened(library, Learned("gone", "/gone.txt"), near)
    assert (found.value.title, found.value.changed, found.value.unreadable) == ("gone", None, None)


def test_a_text_that_changed_and_one_that_cannot_be_read_are_told_apart(library: Library) -> None:
    path = dropped(library, "song", OTHER)
    with pytest.raises(NotFound) as found:
        opened(library, Learned("song", path))
    assert found.value.changed is not None
    assert found.value.unreadable is None
    Path(path).write_bytes(bytes(range(256)) * 20)
    with pytest.raises(NotFound) as found:
        opened(library, Learned("song", path))
    assert found.value.changed is None
    assert "binary" in str(found.value.unreadable)
