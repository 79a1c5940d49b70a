"""A home that may be read and not written: who only reads is served, who would write is told in a sentence."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from charplay.cli.errors import EXIT_FAILED
from charplay.runs.home import Home
from charplay.runs.run import Run


@pytest.fixture
def sealed(
    home: Home, saved_run: Run, text_file: Path, unprivileged: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Home]:
    """The home, with a run and a text, as another user's."""
    (home.corpora / text_file.name).write_text(text_file.read_text())
    everything = [home.root, *home.root.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    # Root is asked what it was permitted, not what this thread has kept of it; so the question is answered here.
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    yield home
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)


READING = [
    "runs", "runs show {run}", "sample {run} --length 9", "score {run} {path}", "describe --corpus {text}",
    "corpora", "corpora show {text}", "runs export {run} copy.safetensors", "sample demo --length 9", "doctor",
]  # fmt: skip
WRITING = ["train --corpus {text} --steps 1", "runs delete {run} --yes", "corpora add /dev/null"]


@pytest.mark.fault("50")
@pytest.mark.parametrize("line", READING)
def test_who_only_reads_is_served(
    sealed: Home, cli: Callable[..., SimpleNamespace], saved_run: Run, text_file: Path, line: str
) -> None:
    before = sorted(sealed.root.rglob("*"))
    said = cli(*line.format(run=saved_run.name, text=text_file.stem, path=text_file).split())
    assert (said.code, said.err) == (0, "")
    assert sorted(sealed.root.rglob("*")) == before


@pytest.mark.fault("50")
@pytest.mark.parametrize("line", WRITING)
def test_who_would_write_is_told(
    sealed: Home, cli: Callable[..., SimpleNamespace], saved_run: Run, text_file: Path, line: str
) -> None:
    said = cli(*line.format(run=saved_run.name, text=text_file.stem, path=text_file).split())
    assert said.code == EXIT_FAILED
    assert "cannot be" in said.err
    assert len(said.err.splitlines()) == 1
    assert (saved_run.folder / "run.json").exists()
