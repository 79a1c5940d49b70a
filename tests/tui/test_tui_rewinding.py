"""Going back in the text, in the whole program: found from the key line and the help, and played under dialogs."""

import pytest
from played import Play

from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.candidates import CandidatesDialog
from charplay.tui.dialogs.keys import key_lines


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_rewind_and_branches_are_found_from_the_key_line_and_at_the_top_of_the_help(
    play: Play, size: tuple[int, int]
) -> None:
    async with play(size=size) as it:
        keys = it.seen().splitlines()[-1]
        assert all(label in keys for label in ("b rewind", "e type", "g branches"))
        await it.press("question_mark")
        first = [
            [text.strip() for text, _ in line] for line in key_lines(it.screen._sections, it.app.get_key_display)[:4]
        ]
        assert first[0] == ["Text"]
        assert [line[0] for line in first[1:]] == ["b", "e", "g"]
        await it.press("escape", "1", "question_mark")
        assert it.screen.lines.lines[0][0][0] == "Corpus"


async def test_a_text_is_gone_back_in_branched_and_found_again(play: Play) -> None:
    async with play() as it:
        it.instrument.playing = False
        it.write(30, 5.0)
        before = it.instrument.generator.text
        it.instrument.playing = True
        await it.press("b")
        assert not it.instrument.at_work
        await it.press("home", "right", "right", "enter")
        assert isinstance(it.screen, CandidatesDialog)
        await it.press(next(character for character in "ab" if character != before[2]))
        assert it.app.screen is it.main
        assert it.instrument.playing
        assert it.instrument.generator.text.startswith(before[:2])
        assert "branch 2" in it.seen()
        await it.press("g")
        assert isinstance(it.screen, BranchesDialog)
        assert not it.instrument.at_work
        await it.press("up", "enter")
        assert it.instrument.playing
        await it.until(lambda: "held: space" not in it.seen())
        assert it.instrument.generator.text.startswith(before)
        await it.press("g", "escape")
        assert it.instrument.playing
        assert it.instrument.generator.text.startswith(before)


async def test_enter_twice_takes_the_likeliest_other_and_what_stands_there_is_said_to(play: Play) -> None:
    async with play() as it:
        it.write(30, 5.0)
        before = it.instrument.generator.text
        await it.press("5", "b", "home", "right", "enter", before[1])
        await it.until(lambda: "stands there already; pick another" in it.seen())
        likeliest = next(
            candidate.character
            for candidate in it.instrument.generator.inspect(1, 3).candidates
            if candidate.character != before[1]
        )
        await it.press("enter", "enter")
        assert it.instrument.generator.text[:2] == before[0] + likeliest
        assert "branch 2" in it.seen()


async def test_a_branch_of_the_live_run_is_followed_again_and_one_of_another_network_is_left_alone(play: Play) -> None:
    async with play() as it:
        _text, source = it.main.text, it.main.playground.follower
        it.write(10, 5.0)
        await it.training()
        await it.until(lambda: it.instrument.following)
        it.write(10, 5.0)
        await it.press("5", "g", "up", "enter")
        await it.until(lambda: not source.following)
        assert it.instrument.generator.source.startswith("demo")
        await it.press("g", "down", "enter")
        await it.until(lambda: source.following)
        assert it.instrument.generator.source.startswith("live")
