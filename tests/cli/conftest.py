"""A home of one's own, the command line in this process, and a run that needed no training."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_model import TEXT, tiny_checkpoint

from charplay.cli.main import run
from charplay.runs.home import Home
from charplay.runs.run import Run


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home, and an empty current folder outside it."""
    monkeypatch.setenv("CHARPLAY_HOME", str(tmp_path / "home"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    home = Home.locate()
    home.prepare()
    return home


@pytest.fixture
def cli(home: Home, capfd: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """`cli("runs", "list")` gives the exit code, stdout, stderr, and the JSON lines where stdout is JSON."""

    def call(*arguments: str | Path | float) -> SimpleNamespace:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        lines = [json.loads(line) for line in out.splitlines()] if out.startswith("{") else []
        return SimpleNamespace(code=code, out=out, err=err, lines=lines)

    return call


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    """A small text outside the home."""
    path = tmp_path / "pangram.txt"
    path.write_text(TEXT)
    return path


@pytest.fixture
def saved_run(home: Home) -> Run:
    """A run with a latest checkpoint and two rows of metrics."""
    made = tiny_checkpoint()
    run = Run.create(
        home.checkpoints,
        asked=made.recipe,
        resolved=made.recipe,
        corpus=made.corpus,
        vocabulary=made.vocabulary,
        facts={"device": "cpu"},
    )
    run.write_latest(made)
    run.append("metrics", [{"step": step, "epoch": 0.5, "seconds": 3.0, "train_loss": 2.0} for step in (4, 7)])
    run.append("metrics", [{"step": 7, "epoch": 0.5, "seconds": 3.0, "val_loss": 2.5, "val_accuracy": 0.3}])
    return run
