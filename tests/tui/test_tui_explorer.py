"""The explorer on the screen: its places, its search, and what goes on behind it."""

import json
from typing import Any

import pytest
from played import Play
from sitting import FOX
from textual._compositor import Compositor

from charplay.playground.exploring.tabs import TABS
from charplay.runs.home import Home
from charplay.tui.dialogs.cleaning import CleaningDialog
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.keys import KeysDialog, key_lines
from charplay.tui.dialogs.shannon import ShannonDialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.widgets.row_list import RowList


async def explore(it: Any) -> ExplorerScreen:
    """Open the chosen text."""
    await it.press("1", "v")
    await it.until(lambda: isinstance(it.screen, ExplorerScreen) and "of 5,390" in it.seen())
    screen: ExplorerScreen = it.screen
    return screen


async def test_one_goes_to_places_and_back_step_by_step(play: Play) -> None:
    async with play((80, 24)) as it:
        screen = await explore(it)
        await it.press("colon", *"50%", "enter")
        await it.until(lambda: "50.0%" in it.seen())
        assert screen.page.place == FOX.rindex("\n", 0, 2694) + 1
        await it.press("colon", *"nowhere", "enter")
        await it.until(lambda: '"nowhere" is no place; type 12,345 or 40% or L120.' in it.seen())
        await it.press("escape")
        assert screen.page.place == 0
        await it.press("escape")
        assert it.screen is it.main


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_hits_are_counted_and_marked_and_the_mode_is_changed_by_tab(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        screen = await explore(it)
        await it.press("slash", "tab", *"Lazy", "enter")
        await it.until(lambda: '"Lazy" does not occur.' in it.seen())
        await it.press("slash", "tab", *r"l\w+y", "enter")
        await it.until(lambda: r'"l\w+y": 1 of 70 hits' in it.seen())
        await it.press("n", "n", "N")
        assert r'"l\w+y": 2 of 70 hits' in it.seen()
        assert screen.page.marked == (112, 116)
        await it.press("slash", "up")
        assert screen.foot.entry.text == r"l\w+y"
        await it.press("escape")
        assert it.screen is screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_held_out_part_is_guessed_and_the_rounds_are_kept(
    play: Play, home: Home, size: tuple[int, int]
) -> None:
    async with play(size) as it:
        screen = await explore(it)
        await it.press("G")
        await it.until(lambda: "That is played in the held-out part" in it.seen())
        await it.press("colon", *"95%", "enter")
        await it.until(lambda: "held out" in it.seen())
        place = screen.explorer.focus
        await it.press("G")
        await it.until(lambda: "▌" in it.seen() and isinstance(it.screen, ShannonDialog))
        wrong = "z" if FOX[place] != "z" else "x"
        await it.press(wrong)
        await it.until(lambda: f"not {wrong}" in it.seen())
        for character in FOX[place : place + 20]:
            await it.press({"\n": "enter", " ": "space"}.get(character, character))
        await it.until(lambda: "The round is over" in it.seen())
        assert "20 of 20, in bits a character:" in it.seen()
        assert "2 guesses" not in it.seen(), "only the newest are listed"
        await it.press("enter")
        await it.press("tab")
        await it.until(lambda: "1 of 20" in it.seen() and "you in 21" in it.seen())
        await it.press("escape")
        assert it.screen is screen
    first, second = map(json.loads, home.shannon.read_text().splitlines())
    assert (first["position"], first["turns"][0]["guesses"], second["position"]) == (place, 2, place + 20)


async def test_the_writing_goes_on_behind_it(play: Play) -> None:
    async with play(writing=True) as it:
        await explore(it)
        length = len(it.instrument.generator.text)
        await it.until(lambda: len(it.instrument.generator.text) > length)


async def test_a_passage_is_copied_and_becomes_the_prompt(play: Play) -> None:
    async with play((80, 24)) as it:
        screen = await explore(it)
        await it.press("slash", *"quick", "enter")
        await it.until(lambda: "1 of 70 hits" in it.seen())
        await it.press("y")
        assert it.app.clipboard == "quick"
        await it.press("P")
        assert it.instrument.prompt == "the quick"
        screen.explorer.read_from(0)
        await it.press("y")
        assert it.app.clipboard.startswith("the quick brown fox")


async def test_every_key_of_it_is_in_its_help(play: Play) -> None:
    async with play((120, 40)) as it:
        screen = await explore(it)
        await it.press("question_mark")
        await it.until(lambda: isinstance(it.screen, KeysDialog))
        said = " ".join(text for line in key_lines(it.screen._sections, it.app.get_key_display) for text, _ in line)
        assert all(command.help in said for command in screen.commands)


async def test_the_tint_has_a_legend(play: Play) -> None:
    async with play((80, 24)) as it:
        await explore(it)
        await it.press("v")
        await it.until(lambda: "surprise under demo" in it.seen() and "8 bits and more" in it.seen())
        await it.press("v")
        assert "probability under demo" in it.seen()
        assert "100 %" in it.seen()


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_every_tab_is_drawn_within_the_screen(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        screen = await explore(it)
        await it.press("slash", *"fox", "enter", "2")
        await it.until(lambda: "cover" in it.seen() and "SMALL LETTER O" in it.seen())
        await it.press("3")
        await it.until(lambda: "words," in it.seen() and "█" in it.seen())
        await it.press("4")
        await it.until(lambda: "70 hits; followed by" in it.seen())
        for line in it.seen().splitlines():
            assert len(line) == size[0]
        assert it.seen().splitlines()[-1].rstrip().endswith("esc back")
        await it.press("tab")
        assert screen.explorer.tabs.open == "keys"
        assert "Choose another text" in it.seen()
        await it.press("7")
        await it.until(lambda: "nothing is cleaned; 5,390 characters" in it.seen() and "accents and all" in it.seen())
        assert it.seen().splitlines()[-1].rstrip().endswith("esc back")
        await it.press("tab")
        assert screen.explorer.tabs.open == "read"
        await it.press("shift+tab")
        assert screen.explorer.tabs.open == TABS[-1]


async def test_a_row_is_opened_in_the_text_and_escape_goes_back_to_it(play: Play) -> None:
    async with play((80, 24)) as it:
        screen = await explore(it)
        await it.press("2")
        await it.until(lambda: "SPACE" in it.seen())
        await it.press("home", "S", "down", "enter")
        await it.until(lambda: "of 70 hits" in it.seen() or "of 140 hits" in it.seen())
        assert screen.explorer.tabs.open == "read"
        await it.press("escape")
        assert screen.explorer.tabs.open == "chars"
        assert isinstance(screen.focused, RowList)
        assert screen.focused.cursor == 1
        await it.press("s", "y")
        assert "U+" in it.app.clipboard
        await it.press("w")
        await it.until(lambda: "Written: " in it.seen())
        await it.press("P")
        assert "The text begins with the" in it.seen()


async def test_keys_that_mean_nothing_in_the_text_say_why(play: Play) -> None:
    async with play((80, 24)) as it:
        await explore(it)
        for key, said in (("s", "This is the text itself"), ("enter", "This is the text itself"),
                          ("u", "That changes what the tab of words counts")):  # fmt: skip
            await it.press(key)
            assert said in it.seen()


async def test_ranges_are_marked_and_cut_by_keys(play: Play) -> None:
    async with play((80, 24)) as it:
        screen = await explore(it)
        await it.press("slash", *"quick", "enter")
        await it.until(lambda: "1 of 70 hits" in it.seen())
        await it.press("m", "n", "n", "m")
        await it.until(lambda: "characters marked in 1 range; x cuts them" in it.seen())
        assert screen.page.ranges(0, 9) == [screen.explorer.ranges.marked[0]]
        await it.press("x")
        draft = it.main.playground.draft
        await it.until(lambda: draft.asked.cleaning and draft.asked.cleaning[0].startswith("cut(4-163, of="))
        await it.press("z", "K")
        await it.until(lambda: draft.asked.cleaning and draft.asked.cleaning[0].startswith("cut(0-4;163-5390, of="))


async def test_cleaning_rules_are_switched_for_the_next_run(play: Play) -> None:
    async with play((80, 24)) as it:
        await explore(it)
        await it.press("7", "home")
        await it.until(lambda: "ascii" in it.seen())
        await it.press("enter")
        draft = it.main.playground.draft
        await it.until(lambda: draft.asked.cleaning == ("ascii",) and "next run: ascii; 5,390" in it.seen())
        await it.press("e")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        await it.press("escape", "1", "e")
        assert "That is for the cleaning rules; 7 opens them." in it.seen()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_form_has_a_checklist_of_rules(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        await it.press("2", "m")
        form = it.screen.query_one("#form")
        while form.selected != "cleaning":
            await it.press("down")
        await it.press("enter")
        await it.until(lambda: isinstance(it.screen, CleaningDialog) and "nothing is cleaned; 5,390" in it.seen())
        await it.press("home", "down", "enter")
        draft = it.main.playground.draft
        await it.until(lambda: draft.asked.cleaning == ("basic-36",) and "5,390 \u2192 5,390 characters" in it.seen())
        await it.press("down", "enter")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        await it.press("end", *"(10-20)", "enter")
        await it.until(lambda: draft.asked.cleaning == ("basic-36", "cut(10-20)") and "5,380" in it.seen())
        await it.press("escape")
        assert it.screen is it.main


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_an_x_ray_is_drawn_walked_zoomed_and_left(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        screen = await explore(it)
        await it.press("6")
        await it.until(lambda: "held out, from character" in it.seen() and " nats" in it.seen())
        tab = screen.explorer.tabs.xray
        await it.until(lambda: not tab.at_work)
        for line in it.seen().splitlines():
            assert len(line) == size[0]
        assert it.seen().splitlines()[-1].rstrip().endswith("esc back")
        await it.press("end")
        assert tab.cell == len(tab.map.grid) - 1
        assert "held out" in it.seen().splitlines()[-2]
        await it.press("k", "h", "l", "up", "home", "right")
        assert tab.cell == 1
        place = tab.position
        assert place is not None
        await it.press("y")
        assert it.app.clipboard == FOX[place : place + 256]
        await it.press("enter")
        assert screen.explorer.tabs.open == "read"
        assert screen.page.marked == (place, place + 256)
        await it.press("escape")
        assert screen.explorer.tabs.open == "xray"
        assert tab.cell == 1
        await it.press("v")
        await it.until(lambda: "demo" in it.seen().splitlines()[1])


async def test_a_table_says_where_its_cursor_stands_before_the_next_look(play: Play) -> None:
    async with play((120, 40)) as it:
        screen = await explore(it)
        await it.press("3")
        await it.until(lambda: "row 1 of" in it.seen())
        screen._ticker.pause()
        await it.press("down", "down")
        assert "row 3 of" in it.seen()


async def test_a_cursor_that_moves_has_two_rows_drawn(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = list[int]()
    plain = RowList.render_line
    monkeypatch.setattr(RowList, "render_line", lambda rows, y: (drawn.append(y), plain(rows, y))[1])
    async with play((120, 40)) as it:
        screen = await explore(it)
        await it.press("3")
        await it.until(lambda: "row 1 of" in it.seen())
        screen._ticker.pause()
        await it.pilot.pause()
        drawn.clear()
        await it.press("down")
        await it.until(lambda: drawn)
        assert set(drawn) == {0, 1}


async def test_neither_facts_nor_what_is_typed_have_the_screen_laid_out(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    reflow, laid_out = Compositor.reflow, list[object]()
    monkeypatch.setattr(Compositor, "reflow", lambda *given: (laid_out.append(given), reflow(*given))[1])
    async with play((120, 40)) as it:
        screen = await explore(it)
        screen._ticker.pause()
        await it.press("slash")
        await it.until(lambda: screen.foot.asking)
        laid_out.clear()
        await it.press(*"typed")
        await it.until(lambda: "(tab changes): typed" in it.seen())
        assert not laid_out
        await it.press("escape")
        await it.until(lambda: not screen.foot.asking)
        laid_out.clear()
        await it.press("down", "pagedown", "r")
        screen.foot.show("character 12,345", "searching")
        await it.until(lambda: "character 12,345" in it.seen() and "searching" in it.seen())
        assert not laid_out
