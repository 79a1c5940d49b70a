"""Where the home is, and what `prepare` makes of it."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from charplay.runs.home import Home, HomeError


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder that is no home, and a user's data folder that is nobody's."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CHARPLAY_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def test_each_way_of_naming_a_home_gives_way_to_the_one_before(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = Home.locate().root
    assert tmp_path in last.parents
    assert last.name == "charplay"
    (elsewhere / ".charplay-home").touch()
    assert Home.locate().root == elsewhere
    monkeypatch.setenv("CHARPLAY_HOME", str(tmp_path / "named"))
    assert Home.locate().root == tmp_path / "named"
    assert Home.locate("~/here").root == tmp_path / "here"
    assert Home.locate("there").root == elsewhere / "there"
    monkeypatch.setenv("CHARPLAY_HOME", "")
    assert Home.locate().root == elsewhere
    assert sorted(p.name for p in tmp_path.iterdir()) == ["elsewhere"], "locating must make nothing"


def test_a_home_of_nobody_is_one_sentence(elsewhere: Path) -> None:
    with pytest.raises(HomeError, match="names no folder"):
        Home.locate("~nobody-of-that-name/charplay")


@pytest.mark.fault("59")
@pytest.mark.parametrize("fault", [RuntimeError("could not determine the home directory"), None])
def test_a_user_without_a_home_is_one_sentence(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    """Newer platformdirs raise, older ones return a path that begins with ~."""

    def unresolved(*_args: str, **_options: object) -> Path:
        if fault:
            raise fault
        return Path("~/.local/share/charplay")

    monkeypatch.setattr("platformdirs.user_data_path", unresolved)
    with pytest.raises(HomeError, match=r"has no home folder here; name a folder .* with --home or CHARPLAY_HOME"):
        Home.locate()
    assert Home.locate("there").root == elsewhere / "there"


def test_a_current_folder_that_has_gone_is_no_home(elsewhere: Path, tmp_path: Path) -> None:
    elsewhere.rmdir()
    assert tmp_path in Home.locate().root.parents
    with pytest.raises(HomeError, match="names no folder"):
        Home.locate("there")


def test_a_new_home_is_its_owners_alone(elsewhere: Path, tmp_path: Path) -> None:
    home = Home.locate()
    home.prepare()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    for folder in (home.corpora, home.checkpoints, home.texts, home.cache, home.log, home.presets):
        assert folder.is_dir()
        assert folder.parent == home.root
    assert home.settings == home.root / "settings.json"
    assert not home.settings.exists()


def test_preparing_again_changes_nothing(home: Home) -> None:
    (home.corpora / "mine.txt").write_text("mine")
    home.root.chmod(0o755)
    home.prepare()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o755
    assert (home.corpora / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("blocked", ["root", "above", "corpora"])
def test_a_file_in_the_way_is_one_sentence(tmp_path: Path, blocked: str) -> None:
    root = tmp_path / "above" / "root"
    path = {"root": root, "above": root.parent, "corpora": root / "corpora"}[blocked]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    with pytest.raises(HomeError, match=r"is not a folder; choose another with --home") as error:
        Home(root).prepare()
    assert "\n" not in str(error.value)


def test_a_folder_that_cannot_be_written_is_one_sentence(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tests may run as root, who may write everywhere; so the question is asked and answered here.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != home.checkpoints)
    with pytest.raises(HomeError, match=r"checkpoints cannot be written; choose another"):
        home.prepare()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Path, **_options: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(HomeError, match=r"cannot be made \(Read-only file system\)"):
        Home(tmp_path / "home").prepare()
