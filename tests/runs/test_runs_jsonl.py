"""JSON Lines survive readers that end a line wherever Unicode does."""

import json
import sys
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from charplay.runs import jsonl

BREAKS = [character for character in map(chr, range(sys.maxunicode + 1)) if len(f"a{character}a".splitlines()) > 1]


def test_a_row_is_one_line_to_every_reader(tmp_path: Path) -> None:
    assert {"\n", "\x0b", "\x1c", "\x85", "\u2028", "\u2029"} <= set(BREAKS)
    rows = [{"step": step, "text": f"a{character}b"} for step, character in enumerate(BREAKS)]
    path = tmp_path / "samples.jsonl"
    jsonl.append(path, rows)
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == rows
    assert jsonl.read(path) == rows


@example("\u2028\\u2028")
@given(st.text(st.characters(codec="utf-8")))
def test_what_is_written_is_read_back(text: str) -> None:
    row = {"step": 1, text: [text, {"a": text}]} if text != "step" else {"step": 1}
    assert json.loads(jsonl._line(row)) == row
    assert jsonl._line(row).decode().count("\n") == 1 == len(jsonl._line(row).decode().splitlines())


def test_old_lines_are_read_and_cut_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text('{"step": 1, "text": "a\u2028b"}\n{"step": 2, "text": "\x85"}\n', "utf-8")
    assert [row["text"] for row in jsonl.read(path)] == ["a\u2028b", "\x85"]
    assert jsonl.newest(path)["text"] == "\x85"
    jsonl.truncate_after(path, 1)
    assert len(path.read_text("utf-8").splitlines()) == 1
    assert jsonl.read(path) == [{"step": 1, "text": "a\u2028b"}]
