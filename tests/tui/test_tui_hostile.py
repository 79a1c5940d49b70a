"""What lies on the disk, or comes at the wrong moment, never ends the screen."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from played import Play, Played

from charplay.playground.recipe_draft import RecipeDraft
from charplay.playground.recordings import read_ride
from charplay.protocol.events import Failed, Finished
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.sampling.params import SEEDS, SamplingParams
from charplay.sampling.recording import Recording
from charplay.sampling.stop_sequences import parse_stop_texts
from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.file_picker import FilePicker
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.score import ScoreDialog
from charplay.tui.dialogs.text_input import TextInputDialog

NOBODY = "~nobody-of-that-name/x"


async def typed(it: Played, text: str) -> None:
    it.screen.query_one("Input").value = text
    await it.press("enter")


@pytest.mark.fault("52")
async def test_a_damaged_checkpoint_and_a_user_who_does_not_exist_are_sentences_of_an_export(
    play: Play, kept_run: Callable[..., Run], tmp_path: Path
) -> None:
    run = kept_run()
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("3", "w")
        await typed(it, NOBODY)
        await it.until(lambda: "cannot be written" in it.seen())
        data = bytearray(run.best.read_bytes())
        data[-3] ^= 1
        run.best.write_bytes(data)
        await it.press("w")
        await typed(it, str(tmp_path / "copy"))
        await it.until(lambda: "the file is damaged" in " ".join(it.seen().split()))


async def test_a_path_of_nobody_is_no_ride(play: Play) -> None:
    with pytest.raises(Exception, match="does not exist"):
        read_ride(Path(NOBODY))
    async with play() as it:
        await it.press("5", "A", "o", "f")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        it.screen.query_one("Input").value = NOBODY
        await it.until(lambda: "does not exist" in it.seen())


async def test_a_folder_that_may_not_be_searched_is_listed_all_the_same(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unprivileged: None
) -> None:
    sealed = tmp_path / "sealed"
    (sealed / "inner").mkdir(parents=True)
    sealed.chmod(0o444)
    monkeypatch.chdir(tmp_path)
    async with play() as it:
        await it.press("1", "o")
        await it.until(lambda: isinstance(it.screen, FilePicker))
        it.screen.query_one("_Entries").enter(sealed)
        await it.until(lambda: "inner" in it.seen())
    sealed.chmod(0o755)


async def test_a_working_folder_that_has_gone_ends_nothing(
    play: Play, kept_run: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_run()
    gone = tmp_path / "gone"
    gone.mkdir()
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        monkeypatch.chdir(gone)
        gone.rmdir()
        await it.press("1", "o")
        await it.until(lambda: isinstance(it.screen, FilePicker))
        await it.press("escape", "3", "w")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        await it.press("escape")
        it.main.playground.corpora.choose("nosuch/text.txt")
        await it.until(lambda: "nosuch" in it.seen())
        monkeypatch.chdir(tmp_path)


async def test_texts_that_begin_while_the_branches_are_shown_leave_the_list_right(play: Play) -> None:
    async with play(writing=True) as it:
        await it.training()
        await it.until(lambda: "live, step 100" in it.seen())
        it.main.text.focus_first()
        for _ in range(25):
            await it.press("a")
        it.instrument.playing = True
        await it.until(lambda: len(it.instrument.generator.transcript) > 2)
        await it.press("g")
        await it.until(lambda: isinstance(it.screen, BranchesDialog))
        await it.press("home")
        run = it.trainer.run
        it.trainer.put(Finished(step=100, run=run.name, checkpoint="x", train_loss=1.2, val_loss=1.5, val_loss_cold=1.6,
                                steps=100))  # fmt: skip
        await it.until(lambda: it.main.playground.runs.state.status == "finished")
        it.main.playground.play("demo")
        it.screen.query_one("_Branches").refresh()
        await it.press("down", "space", "c", "escape", "up", "enter")
        await it.until(lambda: it.screen is it.main or isinstance(it.screen, BranchesDialog))
        assert it.app._exception is None


async def test_what_was_picked_for_a_text_that_is_gone_is_written_into_no_other(play: Play) -> None:
    async with play(writing=True) as it:
        await it.until(lambda: len(it.instrument.generator.transcript) > 8)
        it.instrument.playing = False
        looked_at = it.instrument.generator.transcript
        await it.press("a")
        await it.until(lambda: it.instrument.generator.transcript is not looked_at)
        it.write(12)
        before = it.instrument.generator.text
        it.instrument.pick(looked_at, 4, "z")
        assert it.instrument.generator.text == before
        it.instrument.pick(it.instrument.generator.transcript, 4, "z")
        assert it.instrument.generator.text == before[:4] + "z"


@pytest.mark.parametrize("end", [None, Failed(message="It could not begin.")])
async def test_stopping_one_run_for_the_next_leaves_no_text_called_live(play: Play, end: Failed | None) -> None:
    async with play(writing=True) as it:
        await it.training()
        await it.until(lambda: "live, step 100" in it.seen())
        name = it.trainer.run.name
        await it.press("t", "s")
        await it.until(lambda: len(it.trainer.requests) == 2)
        assert "live, step" not in it.seen()
        await it.until(lambda: f"{name}, step 100" in it.seen())
        if end is not None:
            it.trainer.put(end)
            await it.until(lambda: it.main.playground.runs.state.status == "failed")
            assert it.instrument.generator.source == f"{name}, step 100"


@pytest.mark.fault("37")
async def test_an_encoding_that_gives_half_a_character_is_refused_in_a_sentence(play: Play, home: Home) -> None:
    path = home.corpora / "escaped.txt"
    path.write_text(r"half a pair \ud800 and more text. " * 30)
    async with play() as it:
        await it.pilot.pause()  # the text pane has said that it is held
        it.main.playground.corpora.choose("escaped", "unicode_escape")
        await it.until(lambda: "would give halves of characters" in " ".join(it.seen().split()))


async def test_a_text_is_looked_at_once_however_often_it_was_asked_for(play: Play, home: Home) -> None:
    (home.corpora / "other.txt").write_text("another text. " * 40)
    async with play() as it:
        it.main.playground.corpora.refill()
        it.main.advance()
        await it.press("1", "home", "down")
        assert it.main.corpus.selected == "other"
        for _ in range(3):
            await it.press("v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen))
        await it.until(lambda: len(it.main.playground.jobs) == 0)
        await it.press("escape")
        await it.until(lambda: it.screen is it.main)


async def test_a_prompt_that_is_left_by_the_mouse_is_closed(play: Play) -> None:
    async with play() as it:
        await it.press("5", "P")
        await it.until(lambda: it.main.text.has_class("-prompting"))
        it.main.set_focus(it.main.runs.rows)
        await it.until(lambda: not it.main.text.has_class("-prompting"))
        assert it.main.focused is it.main.runs.rows


async def test_the_reference_lines_of_a_text_that_is_not_read_any_more_are_gone(play: Play, home: Home) -> None:
    (home.corpora / "binary.txt").write_bytes(bytes(range(256)) * 20)
    async with play() as it:
        await it.pilot.pause()  # the text pane has said that it is held
        await it.until(lambda: "blind guessing 3.33" in it.seen())
        it.main.playground.corpora.choose("binary")
        await it.until(lambda: "blind guessing" not in it.seen())


async def test_a_checkpoint_that_cannot_be_scored_is_named_when_the_others_are_through(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    run = kept_run()
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() > 0)
        await it.press("5", "i", "H")
        await it.until(lambda: isinstance(it.screen, ScoreDialog) and it.screen._scoring is None)
        await it.press("c")
        await it.until(lambda: isinstance(it.screen, MultiChoiceDialog))
        for path in (run.best, run.latest):
            path.write_bytes(path.read_bytes()[:-4] + b"\xff\xff\x7f\x7f")
        await it.press("space", "enter")
        await it.until(lambda: isinstance(it.screen, ScoreDialog) and it.screen._scoring is None)
        await it.until(lambda: "is damaged" in it.seen())


async def test_columns_show_their_first_characters_however_fast_they_begin(play: Play) -> None:
    async with play() as it:
        await it.press("5", "c")
        await it.until(lambda: isinstance(it.screen, ComparisonScreen) and it.screen.beside.columns)
        screen = it.screen
        for _ in range(3):
            screen.comparison.playing = True
            comparing = asyncio.ensure_future(screen._warm("0.2, 0.5"))
            while not comparing.done():
                screen._tick(1)
                screen.action_one()
                await asyncio.sleep(0)
            screen.comparison.playing = False
            await it.pilot.pause()
            screen.beside.add(screen.comparison.write(30, 5.0))
            for column in screen.beside.columns:
                shown = "".join(line.text for line in map(column.writing.render_line, range(6)))
                assert "".join(shown.replace("▌", "").split())[:9] == "".join(column.generator.text.split())[:9]


async def test_where_writing_holds_by_itself_the_bars_are_of_what_comes_next(play: Play) -> None:
    async with play(writing=True) as it:
        text = it.main.text
        it.instrument.stop_at(parse_stop_texts("e"))
        it.instrument.playing = True
        await it.until(lambda: not it.instrument.playing and it.instrument.generator.text.endswith("e"))
        candidates = [candidate.character for candidate in it.instrument.generator.candidates(3)]
        assert [character for character, *_ in text.bars._candidates[:3]] == candidates


def test_one_minute_is_no_minutes(tmp_path: Path) -> None:
    draft = RecipeDraft(tmp_path)
    draft.set("for", "1 minutes")
    assert draft.shown("for")[0] == "1 minute"


def test_json_of_a_ride_with_the_last_seed_is_a_ride() -> None:
    ride = Recording("a", 1, ((0, SamplingParams(seed=SEEDS - 1)),))
    assert Recording.from_json(json.dumps(ride.plain())) == ride
