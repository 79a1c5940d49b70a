"""The page of faults: every one that a user is likely to meet is covered by a test that names it."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "RELIABILITY.md").read_text()
ROWS = {number: bool(star) for number, star in re.findall(r"^\| (\d+)( ★)? \|", PAGE, re.MULTILINE)}
UNTESTED = set(re.findall(r"\d+", re.search(r"^Covered by no test here: (.*)$", PAGE, re.MULTILINE).group(1)))


def named(source: str) -> set[str]:
    """The rows that a file's tests name: the arguments of `fault(...)`, however it is reached."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    marks = [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == "fault"]
    return {argument.value for mark in marks for argument in mark.args if isinstance(argument, ast.Constant)}


COVERED = {row for path in TESTS.rglob("test_*.py") for row in named(path.read_text())}


def test_every_starred_row_is_covered_or_said_not_to_be():
    assert sorted({row for row, starred in ROWS.items() if starred} - COVERED - UNTESTED, key=int) == []


def test_tests_name_only_rows_that_are_on_the_page():
    assert ROWS.keys() >= COVERED


def test_what_the_page_says_is_covered_by_no_test_is_so():
    assert {row for row in ROWS if row not in COVERED} == UNTESTED


def test_the_page_has_all_rows_once():
    assert list(ROWS) == [str(number) for number in range(1, 59)]
    assert sum(ROWS.values()) > 20


def test_a_mark_is_found_where_it_stands():
    source = '@pytest.mark.fault("1", "2")\ndef test(): ...\nx = pytest.param("a", marks=fault("3"))\n'
    assert named(source) == {"1", "2", "3"}
