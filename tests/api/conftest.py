"""A home of one's own, a text to learn, and a checkpoint that needed no training."""

from pathlib import Path

import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.runs.checkpoint import write_checkpoint
from charplay.runs.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home."""
    monkeypatch.setenv("CHARPLAY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    home = Home.locate()
    home.prepare()
    return home


@pytest.fixture
def pangram(home: Home) -> str:
    """The name of a text in the home."""
    (home.corpora / "pangram.txt").write_text(TEXT)
    return "pangram"


@pytest.fixture
def checkpoint(tmp_path: Path, home: Home) -> Path:
    """A checkpoint with random weights."""
    path = tmp_path / "tiny.safetensors"
    write_checkpoint(path, tiny_checkpoint())
    return path
