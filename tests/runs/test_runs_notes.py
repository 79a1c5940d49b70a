"""What a person noted of a run."""

from pathlib import Path

import pytest

from charplay.runs.errors import RunError
from charplay.runs.home import Home
from charplay.runs.notes import FILE_NAME, RunNotes, read_notes, write_notes
from charplay.runs.store import RunStore


@pytest.mark.parametrize("damage", ["", "{", '{"favourite": "perhaps"}', "[]", '{"note": 3}'])
def test_notes_that_cannot_be_read_are_none(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE_NAME).write_text(damage)
    assert read_notes(tmp_path) == RunNotes()


@pytest.mark.parametrize("note", ["", "a line", "zwei\nZeilen", "\x1b[31m", "😀" * 2000])
def test_a_note_comes_back_as_it_was(tmp_path: Path, note: str) -> None:
    write_notes(tmp_path, note=note)
    write_notes(tmp_path, favourite=True)
    assert read_notes(tmp_path) == RunNotes(favourite=True, note=note)


def test_a_note_does_not_make_a_run_newer(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    (home.checkpoints / "one").mkdir()
    (home.checkpoints / "one" / "metrics.jsonl").write_text("")
    (before, *_) = RunStore(home).list()
    RunStore(home).note("one", favourite=True)
    (after, *_) = RunStore(home).list()
    assert (after.modified, after.favourite) == (before.modified, True)


def test_where_nothing_can_be_written_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="nothing can be noted of gone"):
        write_notes(tmp_path / "gone", favourite=True)
