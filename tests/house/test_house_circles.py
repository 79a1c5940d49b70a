"""No module leads back to itself: not by imports inside functions, and not by those for types alone."""

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def imported(tree: ast.Module, modules: set[str]) -> set[str]:
    """Which of the modules a file imports anywhere."""
    names = set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names & modules


def circle(sources: Mapping[str, str]) -> list[str]:
    """Modules of which each imports the one before, the first and the last the same; none where there is no circle."""
    graph = {name: imported(ast.parse(text), set(sources)) for name, text in sources.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """Every module of charplay as it is written; packages import nothing of ours."""
    paths = [path for path in (ROOT / "charplay").rglob("*.py") if path.name != "__init__.py"]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text() for path in paths}


def test_no_module_leads_back_to_itself(written: dict[str, str]) -> None:
    assert circle(written) == []


@pytest.mark.parametrize(
    "back",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from charplay.training.learner import Learner\n",
        "def late():\n    from charplay.training import learner\n",
        "import charplay.training.learner\n",
    ],
)
def test_a_circle_is_found_however_it_is_hidden(written: dict[str, str], back: str) -> None:
    found = circle({**written, "charplay.training.batches": written["charplay.training.batches"] + back})
    assert {"charplay.training.batches", "charplay.training.learner"} <= set(found)
