"""The transcript on its sheet: where each character stands, in which colour, and what is struck out or gone."""

import random
from typing import TYPE_CHECKING, Any

import pytest
from scripted_models import SONG, reciter, scholar, text_of

from charplay.sampling.prompts import Prompt
from charplay.sampling.recording import Recording
from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.candidates import CandidatesDialog
from charplay.tui.panes.transcript_view import MARGIN
from charplay.tui.presentation.tinting import COPIED, LEFT_OUT, PROMPT, column_of, tint_number, tints

if TYPE_CHECKING:
    from tui_widgets.conftest import Stage

KEYS = ("left", "right", "up", "down", "home", "end", "pageup", "pagedown", "escape")


def numbers(stage: Any) -> list[int]:
    """The palette numbers of the present text, asked anew."""
    view = stage.pane.view
    return list(view._numbers(view._first, view.sheet.end))


def underlined(stage: Any) -> str:
    return "".join(
        each if number >= COPIED else "." for each, (_, number) in zip(stage.text, stage.cells(), strict=True)
    )


@pytest.mark.parametrize("luck", [1, 2, 3])
async def test_looking_changes_nothing_on_the_sheet_nor_what_comes_next(stage: "Stage", luck: int) -> None:
    dice = random.Random(luck)
    async with stage.run_test(size=(70, 14)) as pilot:
        for _ in range(3):
            stage.write(dice.randrange(60))
            for key in dice.choices((*KEYS, "branches", "type", "candidates"), k=8):
                if not stage.instrument.cursor.is_out:
                    stage.pane.open_row("cursor")
                if key == "branches":
                    assert stage.instrument.branches
                    stage.push_screen(BranchesDialog(stage.instrument.branches, str))
                elif key == "candidates":
                    position = stage.instrument.cursor.position
                    assert position is not None
                    found = stage.instrument.all_candidates(position)
                    assert found
                    stage.push_screen(CandidatesDialog(found))
                elif key == "type":
                    stage.instrument.typing = True
                    stage.pane.open_row("typing")
                await pilot.press(key if key in KEYS else "escape")
            stage.instrument.put_cursor_away()
            stage.show()
        stage.write(20)
        assert stage.text == text_of(scholar(), len(stage.transcript))
        assert stage.cells() == stage.expected()
        assert len(stage.instrument.branches.branches) == 1


@pytest.mark.parametrize("luck", range(12))
async def test_whatever_is_played_the_sheet_shows_it(stage: "Stage", luck: int) -> None:
    dice = random.Random(luck)
    instrument, view = stage.instrument, stage.pane.view

    def somewhere() -> int:
        return dice.randrange(len(stage.text) + 1)

    def replay() -> None:
        if instrument.recording is not None:
            instrument.replay(instrument.recording)

    ways = [
        lambda: instrument.write(dice.randrange(1, 40)),
        lambda: instrument.insert(somewhere(), "".join(dice.choices("to beZ\n", k=3))),
        lambda: instrument.switch_to(dice.choice(instrument.branches.names)),
        lambda: instrument.restart(prompt="".join(dice.choices("to beZY", k=dice.randrange(6)))),
        lambda: instrument.play(scholar(dice.randrange(9)), f"step {luck}", live=dice.random() < 0.5),
        lambda: instrument.update_weights(scholar(dice.randrange(9)), "live, step 7"),
        lambda: instrument.begin_passage(Prompt(0, "to be", "Z"), "the song"),
        lambda: instrument.set_params(temperature=dice.random()),
        replay,
    ]
    async with stage.run_test(size=(40, 14)):
        for _ in range(40):
            for _ in range(dice.randrange(1, 4)):
                dice.choice(ways)()
            stage.sync()
            assert stage.cells() == stage.expected()
            struck = [at for at, (_, number) in enumerate(stage.expected()) if number == LEFT_OUT]
            assert [at for at in range(view.sheet.end - view._first) if view.is_struck(view._first + at)] == struck
            places = [view.index(at) for at in range(len(stage.transcript) + 1)]
            assert [view.position(place) for place in places] == list(range(len(places)))
            assert places == [at + view._first for at in range(len(places) + len(struck)) if at not in struck]


async def test_it_stands_there_as_it_was_written(empty_stage: "Stage") -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 14)):
        assert stage.rows() == "▌"
        stage.play(reciter())
        stage.begin(temperature=0.0)
        stage.pass_time(2)
        assert stage.rows().startswith("to be or not to be\nthat is the question\nto be")


@pytest.mark.parametrize("speed", [4.0, 15.0, 30.0, 100.0])
@pytest.mark.parametrize("live", [False, True])
async def test_what_is_written_is_soon_seen(empty_stage: "Stage", speed: float, live: bool) -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 14)):
        stage.play(reciter(), "live, step 0", live=live)
        stage.instrument.speed = speed
        for _ in range(10):
            stage.pass_time(0.1)
            assert len(stage.transcript) - len(stage.pane.sheet) <= max(2, speed / 10)
        assert len(stage.pane.sheet) > 0


async def test_the_live_run_takes_over_on_a_new_line_and_marks_its_steps(empty_stage: "Stage") -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.instrument.set_params(temperature=0.0)
        stage.play(reciter())
        stage.write(5)
        assert stage.pane.sheet.margin == 0
        stage.play(reciter("noise\n"), "live, step 0", live=True)
        assert stage.pane.sheet.margin == MARGIN
        stage.write(6)
        stage.instrument.update_weights(reciter("noise\n"), "live, step 1,204")
        stage.write(5)
        stage.show()
        rows = stage.rows().split("\n")
        assert [row.split() for row in rows] == [["to", "be"], ["0", "noise"], ["1,204", "noise▌"]]
        await pilot.pause()
        assert "live, step 1,204  seed 1" in stage.top()
        stage.instrument.restart()
        stage.write(3)
        stage.sync()
        assert stage.rows().split() == ["1,204", "noi▌"]  # a text begun anew stands alone
        stage.instrument.switch_to("1")
        stage.sync()
        assert (stage.rows(), stage.pane.sheet.margin) == ("to be▌", 0)


# Its colours.


async def test_each_character_has_the_tint_of_the_temperature_that_made_it(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)):
        stage.write(1)
        stage.instrument.set_params(temperature=0.9)
        stage.write(1)
        assert list(stage.pane.sheet.text.numbers) == [tint_number("temperature", 0.8), tint_number("temperature", 0.9)]


async def test_a_text_is_tinted_by_each_tint_or_not_at_all(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(30)
        written = [stage.transcript[at] for at in range(30)]
        expected = {name: [tint_number(name, getattr(each, column_of(name))) for each in written]
                    for name in tints() if column_of(name)}  # fmt: skip
        expected["plain"] = [0] * len(written)
        for name in (*tints()[1:], tints()[0]):
            stage.pane.set_tint(name)
            assert [number for _, number in stage.cells()] == numbers(stage) == expected[name]
            await pilot.pause()
            assert (name in str(stage.pane.border_title)) == (name != tints()[0])
        stage.pane.set_tint("surprise")
        stage.write(1)
        assert stage.pane.sheet.text.numbers[-1] == tint_number("surprise", stage.transcript[30].surprise)


async def test_underlined_is_what_lies_in_a_stretch_of_at_least_that_length(empty_stage: "Stage") -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.play(reciter("to be? that is not it"))
        stage.write(10)
        stage.search()
        for least in (5, 4, 6):
            stage.pane.copies.min_length.value = least
            stage.pane.copies.post_message(stage.pane.copies.Moved(least))
            await pilot.pause()
            stage.write(50)
            stage.look()
            text = stage.text
            inside = {
                at
                for start in range(len(text) - least + 1)
                if text[start : start + least] in SONG
                for at in range(start, start + least)
            }
            assert 0 < len(inside) < len(text)
            assert underlined(stage) == "".join(each if at in inside else "." for at, each in enumerate(text))
            assert [number for _, number in stage.cells()] == numbers(stage)
            assert f"{100 - 100 * len(inside) / len(text):.0f} % new" in stage.read(stage.pane.copies._meter)
        stage.memorization.toggle()
        stage.show()
        assert underlined(stage) == "." * len(text)


async def test_copies_are_underlined_beside_what_was_left_out_and_below_another_text(empty_stage: "Stage") -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 14)):
        stage.play(reciter())
        stage.write(30)
        stage.search()
        assert underlined(stage) == stage.text
        stage.instrument.restart(prompt="toZ be")
        stage.play(reciter())  # below; it goes on from the prompt
        stage.write(30)
        stage.look()
        marked = [number >= COPIED for _, number in stage.cells()]
        assert marked == [True, True, False] + [True] * (len(" be") + 30)
        assert stage.cells()[2] == ("Z", LEFT_OUT)
        stage.instrument.insert(10, "q")
        stage.look()
        assert underlined_without(stage) == "." * 11
        stage.play(reciter(), run="other")
        stage.write(30)
        stage.sync()
        assert not any(number >= COPIED for _, number in stage.cells())


def underlined_without(stage: Any) -> str:
    """What of the text is underlined, the prompt's unknown characters passed over."""
    cells = [number for _, number in stage.cells() if number != LEFT_OUT]
    return "".join(each if number >= COPIED else "." for each, number in zip(stage.text, cells, strict=True))


# Branches.


async def test_a_branch_stands_there_from_where_it_left(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)):
        stage.write(40)
        before = stage.text
        other = next(each for each in "abehinoqrstu" if each != before[30])
        stage.instrument.pick(stage.transcript, 30, other)
        stage.sync()
        assert stage.cells() == stage.expected()
        stage.write(10)
        assert stage.text[:31] == before[:30] + other
        assert stage.cells() == stage.expected()
        stage.instrument.insert(2, "or")
        stage.sync()
        assert stage.cells() == stage.expected()
        stage.instrument.switch_to("1")
        stage.sync()
        assert stage.cells() == stage.expected()
        stage.write(30)
        stage.instrument.switch_to("2")
        stage.sync()
        assert stage.cells() == stage.expected()


async def test_a_live_runs_branch_has_the_steps_of_its_own_past(empty_stage: "Stage") -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 30)):
        stage.play(scholar(1), "live, step 0", live=True)
        first = stage.pane.view._first
        stage.write(60)
        stage.instrument.update_weights(scholar(2), "live, step 100")
        stage.write(30)
        assert stage.pane.sheet.text.marks == ["0", "100"]
        stage.instrument.insert(55, "to be")
        stage.sync()
        assert stage.cells() == stage.expected()
        assert stage.pane.sheet.text.marks == ["0", "100"]  # the present weights go on from there
        assert stage.pane.sheet.text._marked == [first, 55]
        stage.instrument.switch_to("1")
        stage.sync()
        assert stage.cells() == stage.expected()
        assert (stage.pane.sheet.text.marks, stage.pane.sheet.text._marked) == (["0", "100"], [first, 60])


async def test_another_model_writes_below(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)):
        stage.write(20)
        stage.instrument.insert(18, "to")
        above = stage.text
        stage.play(scholar(3), "demo, step 9")
        stage.write(5)
        assert stage.pane.view._first == len(above)
        assert stage.cells() == stage.expected()
        lines = [stage.pane.sheet.text.wrapped.line(line).start for line in range(stage.pane.sheet.text.lines)]
        assert len(above) in lines


async def test_of_a_prompt_with_struck_out_characters_every_branch_shows_its_own(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)):
        stage.begin("tZoYb")
        stage.write(6)
        whole, view = stage.cells(), stage.pane.view
        assert [number for _, number in whole[:5]] == [PROMPT, LEFT_OUT, PROMPT, LEFT_OUT, PROMPT]
        stage.instrument.pick(stage.transcript, 1, "e")
        stage.sync()
        assert stage.text == "te"
        assert [glyph for glyph, _ in stage.cells()] == ["t", "Z", "e"]
        stage.write(5)
        assert "".join(glyph for glyph, _ in stage.cells()) == "tZ" + stage.text[1:].replace("\n", "")
        assert [view.position(at) for at in range(6)] == [0, 1, 1, 2, 3, 4]
        stage.instrument.switch_to("1")
        stage.sync()
        assert stage.cells() == whole
        assert [view.position(at) for at in range(6)] == [0, 1, 1, 2, 2, 3]


async def test_of_a_text_whose_beginning_was_let_go_another_branch_is_shown_whole(
    stage: "Stage", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("charplay.tui.widgets.growing_text.MOST_CHARACTERS", 2000)
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(300)
        stage.instrument.insert(100, "e")
        stage.write(2600)
        assert stage.pane.sheet.gone
        stage.instrument.switch_to("1")
        stage.sync()
        await pilot.pause()
        sheet = stage.pane.sheet
        assert sheet.end - stage.pane.view._first == len(stage.transcript) == 300
        assert stage.cells() == stage.expected()
        assert numbers(stage) == [number for _, number in stage.expected()]
        stage.pane.view.recolour()
        await pilot.pause()


async def test_after_a_passage_what_the_model_writes_begins_a_line(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)):
        for prompt, breaks in (("to be or", True), ("to Zbe or", True), ("to be not", False)):
            stage.instrument.begin_passage(Prompt(0, prompt if breaks else "else", " not"), "the song")
            if not breaks:
                stage.instrument.restart(prompt=prompt)
            stage.write(3)
            stage.sync()
            sheet = stage.pane.sheet
            starts = [sheet.text.wrapped.line(line).start for line in range(sheet.text.lines)]
            assert (len(prompt) in starts) == (breaks or "\n" in stage.text[-3:-2])


# The cursor on it.


@pytest.mark.parametrize("size", [(60, 10), (78, 12), (120, 40)])
async def test_the_cursor_is_always_in_sight(stage: "Stage", size: tuple[int, int]) -> None:
    async with stage.run_test(size=size) as pilot:
        stage.write(1500)
        stage.pane.open_row("cursor")
        for key in ("", "up", "up", "pageup", "pageup", "home", "down", "right", "pagedown", "end", "left"):
            await pilot.press(*([key] if key else []))
            await pilot.pause()
            sheet = stage.pane.sheet
            assert sheet.point is not None
            line = sheet.text.line_of(sheet.point)
            assert sheet.top <= line < sheet.top + sheet.size.height
            drawn = [segment.style for segment in sheet.render_line(line - sheet.top)]
            assert sheet.get_component_rich_style("pointing--point") in drawn


async def test_up_and_down_keep_the_column_and_every_glyph_can_be_pointed_at(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.instrument.insert(0, "to be\nor\nthat is")
        stage.instrument.playing = False
        stage.sync()
        stage.pane.open_row("cursor")
        await pilot.press("up", "up")
        sheet = stage.pane.sheet
        assert sheet.point is not None
        assert stage.text[sheet.point] == "\n"
        assert "↵" in sheet.render_line(0).text
        await pilot.press("left", "left", "down", "down")
        assert (sheet.point, stage.text[sheet.point]) == (12, "t")


async def test_the_cursor_comes_out_where_the_text_is_read_and_stays_within_the_present_one(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(100)
        stage.play(scholar(2), "demo, step 9")
        stage.write(1500)
        first, sheet = stage.pane.view._first, stage.pane.sheet
        stage.pane.open_row("cursor")
        assert (sheet.point, stage.instrument.cursor.position) == (first + 1499, 1499)
        await pilot.press("home")
        assert (sheet.point, stage.instrument.cursor.position) == (first, 0)
        await pilot.press("left")
        assert sheet.point == first
        await pilot.press("end")
        assert stage.instrument.cursor.position == 1500
        stage.instrument.put_cursor_away()
        stage.show()
        assert sheet.point is None
        sheet.action_scroll_pages(-1)
        reading = sheet.first_in_sight()
        stage.pane.open_row("cursor")
        assert sheet.point == reading


async def test_a_struck_out_character_is_passed_over_harmlessly(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.begin("tZoY")
        stage.write(6)
        assert [number for _, number in stage.cells()[:4]] == [PROMPT, LEFT_OUT, PROMPT, LEFT_OUT]
        stage.pane.open_row("cursor")
        await pilot.press("home", "right")
        assert "left out of the prompt" in stage.read(stage.pane.look)
        assert stage.instrument.cursor.on_unknown
        await pilot.press("right")
        assert not stage.instrument.cursor.on_unknown
        assert (stage.instrument.cursor.position, stage.pane.sheet.point) == (1, 2)


async def test_whether_the_struck_out_characters_are_in_sight(stage: "Stage") -> None:
    async with stage.run_test(size=(40, 8)):
        assert not stage.pane.view.struck_in_sight
        stage.begin("Zo")
        assert stage.pane.view.struck_in_sight
        for _ in range(60):
            stage.write(20)
            assert stage.pane.view.struck_in_sight == ("Z" in stage.rows())
        assert not stage.pane.view.struck_in_sight
        stage.pane.sheet.action_scroll_to_line(0)
        assert stage.pane.view.struck_in_sight


async def test_a_replay_begins_on_an_empty_sheet(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)):
        stage.write(30)
        before = stage.rows()
        stage.instrument.replay(Recording.of(stage.transcript))
        stage.sync()
        assert stage.rows() == "▌"
        stage.write(30)
        assert stage.rows() == before
