"""The notebook in docs/ runs as it is written, from its first cell to its last."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import charplay
from charplay.runs.home import Home

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def run_cell(source: str, names: dict[str, Any]) -> Any:
    """Run a cell as a notebook does, and return the value of its last line; None where that is a statement."""
    module = ast.parse(source)
    last = module.body.pop() if isinstance(module.body[-1], ast.Expr) else None
    exec(compile(module, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None


def test_every_cell_runs_and_shows_what_it_should(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    names: dict[str, Any] = {}
    shown = [run_cell("".join(cell["source"]), names) for cell in cells if cell["cell_type"] == "code"]
    texts, described, trained, training, sample, surprisal, found = shown
    assert "lesson-brackets" in texts
    assert described[0] > 1000
    assert trained is None
    assert capsys.readouterr().out.count("held-out") >= 4
    assert "<svg" in training._repr_html_()
    assert isinstance(sample, charplay.Sample)
    assert isinstance(surprisal, charplay.Surprisal)
    assert "<span" in sample._repr_html_() + surprisal._repr_html_()
    assert float(found.rpartition(" ")[2]) > 0.5
    assert [run.name for run in charplay.list_runs()] == [training.run, "demo"]


def test_nothing_that_was_shown_is_kept_in_it() -> None:
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
