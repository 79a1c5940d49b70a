"""A sitting's text is kept when it ends, offered to the next one, and goes on there as it would have here."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sitting import Sitting, fox_home, keep_run

from charplay.playground.instrument import Instrument
from charplay.playground.kept_texts import FOLDER, MOST
from charplay.runs.home import Home

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def written(instrument: Instrument) -> str:
    transcript = instrument.transcript
    assert transcript is not None
    return transcript.text()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = fox_home(tmp_path / "home")
    keep_run(made, "r-1")
    return made


def evening(home: Home) -> Sitting:
    """A sitting in which a text with branches is written, and a cursor left out on it."""
    sitting = Sitting(home).begin_writing().begin()
    sitting.until(lambda: sitting.playground.run_list.summaries)
    assert sitting.playground.play("r-1") == ""
    instrument = sitting.playground.instrument
    instrument.playing = False
    instrument.write(80)
    instrument.set_params(temperature=1.3, seed=9)
    instrument.insert(20, "the fox ")
    instrument.write(40)
    return sitting


def kept(home: Home) -> list[Path]:
    return sorted((home.texts / FOLDER).glob("*"))


def next_sitting(home: Home) -> Sitting:
    sitting = Sitting(home).begin_writing()
    sitting.playground.begin()
    sitting.quiet()
    sitting.playground.play("r-1")
    sitting.playground.instrument.playing = False
    sitting.advance()
    return sitting


def test_it_is_offered_and_goes_on_to_the_bit_with_its_branches_and_its_cursor(home: Home) -> None:
    before = evening(home).playground
    before.instrument.move_cursor(30)
    before.keep_text()
    sitting = next_sitting(home)
    after = sitting.playground
    assert any("<branches.take_up> goes on with your last text: 68 characters" in each for each in sitting.said)
    assert "branches" in after.announcements.kept_text
    assert after.take_up_text() == ""
    assert (after.instrument.cursor.position, after.instrument.playing) == (30, False)
    assert after.announcements.kept_text == ""
    assert after.instrument.params == before.instrument.params
    assert after.instrument.origin == before.instrument.origin
    for one in (before, after):
        one.instrument.put_cursor_away()
        one.instrument.write(60)
    assert written(after.instrument) == written(before.instrument)
    ours, theirs = before.instrument.branches, after.instrument.branches
    assert ours is not None
    assert theirs is not None
    texts = {theirs.text(name) for name in theirs.names}
    assert {ours.text(name) for name in ours.names} <= texts


def test_the_text_of_this_sitting_stays_beside_it(home: Home) -> None:
    evening(home).playground.keep_text()
    after = next_sitting(home).playground
    after.instrument.write(25)
    here = written(after.instrument)
    after.take_up_text()
    branches = after.instrument.branches
    assert branches is not None
    assert here in {branches.text(name) for name in branches.names}


def test_one_that_was_taken_up_is_kept_anew_in_its_place(home: Home) -> None:
    evening(home).playground.keep_text()
    (first,) = kept(home)
    after = next_sitting(home).playground
    after.take_up_text()
    assert after.take_up_text() == "No text of an earlier sitting is kept."
    after.instrument.write(5)
    after.keep_text()
    (second,) = kept(home)
    assert second != first
    third = next_sitting(home).playground
    assert third.take_up_text() == ""
    assert len(written(third.instrument)) == 73


def test_one_that_was_not_taken_up_stays_until_there_are_too_many(home: Home) -> None:
    for _ in range(MOST + 2):
        evening(home).playground.keep_text()
    assert len(kept(home)) == MOST


def test_where_the_weights_have_changed_others_of_the_run_go_on_from_the_end(home: Home) -> None:
    before = evening(home).playground
    before.keep_text()
    run = home.checkpoints / "r-1"
    for name in ("best.safetensors", "latest.safetensors"):
        (run / name).unlink()
    other = keep_run(home, "r-2", step=900)
    for name in ("best.safetensors", "latest.safetensors"):
        (run / name).write_bytes((other.folder / name).read_bytes())
    after = next_sitting(home).playground
    text = written(before.instrument)
    assert after.take_up_text() == ""
    assert written(after.instrument) == text
    after.instrument.write(10)
    transcript = after.instrument.transcript
    assert transcript is not None
    assert [span.source for span in transcript.weights_spans][-1] == "r-1, step 900"
    assert written(after.instrument).startswith(text)


def test_where_the_run_is_gone_it_can_be_read(home: Home) -> None:
    before = evening(home).playground
    before.keep_text()
    text = written(before.instrument)
    for name in ("best.safetensors", "latest.safetensors"):
        (home.checkpoints / "r-1" / name).unlink()
    keep_run(home, "r-2")
    sitting = Sitting(home).begin_writing().begin()
    sitting.until(lambda: sitting.playground.run_list.summaries)
    sitting.playground.play("r-2")
    sitting.playground.take_up_text()
    branches = sitting.playground.instrument.branches
    assert branches is not None
    assert text in {branches.text(name) for name in branches.names}
    sitting.advance()
    assert any("can only be read any more" in each for each in sitting.said)


def test_what_the_demo_writes_by_itself_is_nobodys(home: Home) -> None:
    sitting = Sitting(home).begin_writing().begin()
    instrument = sitting.playground.instrument
    assert sitting.playground.kept_texts.keep(instrument, NOW) is None  # nothing writes
    sitting.playground.play("demo")
    instrument.write(30)
    assert sitting.playground.kept_texts.keep(instrument, NOW) is None
    instrument.insert(30, "mine")
    assert sitting.playground.kept_texts.keep(instrument, NOW) is not None


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "foreign"])
def test_a_damaged_file_is_passed_over_or_refused_in_a_sentence(home: Home, damage: str) -> None:
    evening(home).playground.keep_text()
    (path,) = kept(home)
    data = path.read_bytes()
    changed = {
        "cut": data[: len(data) // 2],
        "flipped": data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
        "empty": b"",
        "foreign": json.dumps({"format": 1}).encode(),
    }
    path.write_bytes(changed[damage])
    after = next_sitting(home).playground
    refusal = after.take_up_text()
    assert refusal == "No text of an earlier sitting is kept." or "cannot be taken up" in refusal
    assert after.instrument.branches is not None
    assert after.instrument.branches.names == ("1",)


def test_a_full_disk_holds_nobody_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    playground = evening(home).playground

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("charplay.playground.kept_texts.replace_bytes", full)
    playground.keep_text()
    assert kept(home) == []
