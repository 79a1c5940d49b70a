"""The page of faults: every one that a user is likely to meet is covered by a test that names it."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "RELIABILITY.md").read_text()
LINES = re.findall(r"^\| (\d+)( ★)? \|.*\| (.*) \|$", PAGE, re.MULTILINE)
ROWS = {number: set(tests.split(", ")) for number, _, tests in LINES}
"""The files that the page names, without what all their names begin with."""
STARRED = [number for number, star, _ in LINES if star]


def named(source: str) -> set[str]:
    """The rows that a file's tests name: the arguments of `fault(...)`, however it is reached."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    marks = [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == "fault"]
    return {str(argument.value) for mark in marks for argument in mark.args if isinstance(argument, ast.Constant)}


def covering() -> dict[str, set[str]]:
    """The files whose tests name a row, as the page writes them."""
    found: dict[str, set[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        for row in named(path.read_text()):
            found.setdefault(row, set()).add(path.stem.removeprefix("test_"))
    return found


def test_every_row_is_covered_by_the_tests_that_the_page_names() -> None:
    tests = covering()
    assert ROWS.keys() >= tests.keys()
    assert [row for row, files in ROWS.items() if not files <= tests.get(row, set())] == []


def test_the_page_has_all_rows_once() -> None:
    assert [number for number, _, _ in LINES] == [str(number) for number in range(1, 66)]
    assert len(STARRED) > 20


def test_a_mark_is_found_where_it_stands() -> None:
    source = '@pytest.mark.fault("1", "2")\ndef test(): ...\nx = pytest.param("a", marks=fault("3"))\n'
    assert named(source) == {"1", "2", "3"}
