"""Columns: each writes what it would write alone, and one of them goes on in the text pane."""

from collections.abc import Callable
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from played import Play, Played
from textual.binding import Binding
from textual.geometry import Region
from textual.widgets import Input

from charplay.playground.checkpoints import list_checkpoints
from charplay.playground.comparison import DEFAULT
from charplay.playground.temperatures import parse_temperatures
from charplay.runs.run import Run
from charplay.sampling.generator import TextGenerator
from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.command import bindings as bindings_of
from charplay.tui.dialogs.comparison import ComparisonScreen
from charplay.tui.dialogs.multi_choice import MultiChoiceDialog
from charplay.tui.dialogs.side_by_side import ColumnPane, titles
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.panes.text import TextPane
from charplay.tui.widgets.growing_text import GrowingText
from charplay.tui.widgets.slider import Slider

PATIENT = 60.0


async def beside(it: Played) -> ComparisonScreen:
    """The columns, held."""
    await it.press("5", "c")
    await it.until(lambda: isinstance(it.screen, ComparisonScreen) and it.screen.beside.columns)
    it.screen.comparison.playing = False
    for generator in it.screen.comparison.generators:
        generator.restart()
    it.screen.beside.begin()
    return cast("ComparisonScreen", it.screen)


def alone(generator: TextGenerator, length: int, prompt: str = "") -> str:
    lone = TextGenerator(generator.model, prompt=prompt, params=generator.params)
    lone.advance(most=length)
    return lone.text


def sheet(column: ColumnPane) -> str:
    rows = [column.writing.render_line(y).text for y in range(column.writing.size.height)]
    return " ".join("".join(rows).replace("▌", " ").split())


async def test_every_column_writes_what_it_would_alone(play: Play) -> None:
    async with play() as it:
        it.begin("The ", 0.8)
        screen = await beside(it)
        assert [generator.params.temperature for generator in screen.comparison.generators] == list(DEFAULT)
        screen.beside.add(screen.comparison.write(150, PATIENT))
        for column in screen.beside.columns:
            assert column.generator.text == alone(column.generator, 150, "The ")
            assert sheet(column) == " ".join(column.generator.text.split())
        assert [str(column.border_title).strip() for column in screen.beside.columns] == [
            "0.20",
            "0.50",
            "1.00",
            "1.20",
        ]


async def test_the_chosen_column_warms_up_and_goes_on_in_the_text_pane(play: Play) -> None:
    async with play() as it:
        screen = await beside(it)
        await it.press("right", "right", "left", "full_stop", "right_square_bracket")
        chosen = screen.beside.columns[1].generator
        assert chosen.params.temperature == pytest.approx(0.55)
        assert [len(generator.transcript) for generator in screen.comparison.generators] == [1] * 4
        screen.beside.add(screen.comparison.write(40, PATIENT))
        stands = chosen.text
        await it.press("enter")
        await it.until(lambda: it.screen is it.main)
        assert it.instrument.playing
        assert "held: space" not in it.seen()
        it.instrument.playing = False
        assert it.instrument.generator is chosen
        assert it.instrument.generator.text.startswith(stands)
        assert it.instrument.params.temperature == pytest.approx(0.55)
        before = len(it.instrument.generator.transcript)
        it.write(10, PATIENT)
        assert {it.instrument.generator.transcript[before + at].temperature for at in range(10)} == {
            chosen.params.temperature
        }


async def test_another_seed_begins_all_anew(play: Play) -> None:
    async with play() as it:
        screen = await beside(it)
        screen.beside.add(screen.comparison.write(30, PATIENT))
        before = [generator.text for generator in screen.comparison.generators]
        seed = screen.comparison.generators[0].params.seed
        await it.press("a")
        assert {generator.text for generator in screen.comparison.generators} == {""}
        screen.beside.add(screen.comparison.write(30, PATIENT))
        assert [generator.text for generator in screen.comparison.generators] != before
        assert {generator.params.seed for generator in screen.comparison.generators} == {seed + 1}
        await it.press("escape")
        await it.until(lambda: it.screen is it.main)


async def test_columns_are_left_once_however_often_that_is_asked(play: Play) -> None:
    async with play() as it:
        screen = await beside(it)
        await it.press("question_mark")
        keys = it.app.screen
        screen.action_close()  # beneath another
        assert it.app.screen is keys
        await it.press("escape")
        assert it.app.screen is screen
        for _ in range(2):
            screen.action_close()
        await it.until(lambda: it.app.screen is it.main)


@pytest.mark.parametrize(("size", "most"), [((80, 24), 4), ((200, 50), 8), ((60, 20), 3)])
async def test_temperatures_are_edited_within_the_room_there_is(play: Play, size: tuple[int, int], most: int) -> None:
    async with play(size) as it:
        screen = await beside(it)
        assert len(screen.beside.columns) == min(most, len(DEFAULT))
        await it.press("e")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        field = it.screen.query_one(Input)
        for wrong in ("0.5", "1, x", "-1, 1", ", ".join(["1"] * (most + 1)), "nan 1"):
            field.value = wrong
            await it.press("enter")
            assert isinstance(it.screen, TextInputDialog)
        field.value = ", ".join(f"{at / 10}" for at in range(most))
        await it.press("enter")
        await it.until(lambda: len(screen.beside.columns) == most and it.screen is screen)
        await it.pilot.pause()
        screen.beside.add(screen.comparison.write(20, PATIENT))
        await it.pilot.pause()
        seen = it.seen()
        assert all(f" {at / 10:.2f} " in seen for at in range(most))
        assert "? keys" in seen
        assert "esc back" in seen or size[0] < 80
        assert all(column.is_on_screen and column.writing.size.width >= 15 for column in screen.beside.columns)


async def test_a_column_on_its_way_off_the_screen_can_still_be_painted(play: Play) -> None:
    async with play() as it:
        screen = await beside(it)
        screen.beside.add(screen.comparison.write(30, PATIENT))
        column = screen.beside.columns[0]
        await column.remove()
        column.writing.notify_style_update()
        assert [strip.text for strip in column.writing.render_lines(Region(0, 0, 5, 2))] == ["     "] * 2


async def test_temperatures_are_there_at_the_next_start(play: Play) -> None:
    async with play() as it:
        screen = await beside(it)
        await it.press("e")
        it.screen.query_one(Input).value = "0.4 0.6"
        await it.press("enter")
        await it.until(lambda: len(screen.beside.columns) == 2)
        await it.press("right_square_bracket", "escape")
        await it.until(lambda: it.screen is it.main)
        await it.press("q")
        await it.until(lambda: it.app._exit)
    async with play() as it:
        screen = await beside(it)
        assert [generator.params.temperature for generator in screen.comparison.generators] == [0.45, 0.6]


@pytest.mark.parametrize("kept", ["nonsense", "0.3", "1e999 1", ""])
async def test_temperatures_that_were_kept_and_are_none_are_passed_over(play: Play, kept: str) -> None:
    async with play() as it:
        it.main.playground.preferences.columns = kept
        screen = await beside(it)
        assert [generator.params.temperature for generator in screen.comparison.generators] == list(DEFAULT)


async def test_checkpoints_of_several_runs_are_written_side_by_side(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run(name="kept-1", step=500)
    kept_run(name="kept-2", step=700)
    async with play() as it:
        screen = await beside(it)
        found = list_checkpoints(it.main.playground.store.list())
        assert {(each.run, each.step) for each in found} >= {("kept-1", 500), ("kept-2", 700)}
        assert len({(each.run, each.step) for each in found}) == len(found) == 3  # the demo, too
        await it.press("c")
        await it.until(lambda: isinstance(it.screen, MultiChoiceDialog))
        await it.press("space", "enter")
        assert "1 are marked" in it.seen()
        await it.press("down", "space", "down", "space", "enter")
        await it.until(lambda: len(screen.beside.columns) == 3)
        assert [generator.source for generator in screen.comparison.generators] == [
            f"{e.run}, step {e.step:,}" for e in found
        ]
        screen.beside.add(screen.comparison.write(30, PATIENT))
        for generator in screen.comparison.generators:
            assert generator.text[:20] == alone(generator, 30)[:20]
            assert generator.params.temperature == it.instrument.params.temperature


async def test_a_checkpoint_that_is_gone_is_one_sentence(play: Play, kept_run: Callable[..., Run]) -> None:
    run = kept_run()
    async with play() as it:
        screen = await beside(it)
        await it.press("c")
        await it.until(lambda: isinstance(it.screen, MultiChoiceDialog))
        (run.folder / "best.safetensors").write_bytes(b"no")
        await it.press("space", "down", "space", "enter")
        await it.until(lambda: it.screen is screen and screen._what.has_class("-fault"))
        assert len(screen.beside.columns) == len(DEFAULT)


SOURCES = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from([1, 2000]), st.sampled_from([0.2, 0.5]))


@given(st.lists(SOURCES, min_size=1, max_size=8))
def test_titles_differ_where_columns_do(columns: list[tuple[str, int, float]]) -> None:
    named = titles([(f"{run}, step {step:,}", heat) for run, step, heat in columns])
    for one, title in zip(columns, named, strict=True):
        for other, another in zip(columns, named, strict=True):
            assert (one == other) == (title == another)
    assert all(named)


@given(st.lists(st.floats(0, 5), max_size=8), st.sampled_from([", ", " ", ","]))
def test_temperatures_are_read_as_they_are_written(values: list[float], between: str) -> None:
    assert parse_temperatures(between.join(map(str, values))) == values


def test_no_key_has_two_meanings_here_nor_in_the_text_pane() -> None:
    own = [binding for kind in TextPane.__mro__ for binding in vars(kind).get("BINDINGS", ())]
    for bindings in (
        [*ComparisonScreen.BINDINGS, *GrowingText.BINDINGS, *bindings_of(APP_COMMANDS)],
        [*own, *Slider.BINDINGS, *bindings_of((*SCREEN_COMMANDS, *APP_COMMANDS))],
    ):
        pressed = [key for binding in bindings if isinstance(binding, Binding) for key in binding.key.split(",")]
        assert sorted(pressed) == sorted(set(pressed))


async def test_columns_are_copied_and_kept(play: Play) -> None:
    async with play() as it:
        screen = await beside(it)
        screen.beside.add(screen.comparison.write(30, PATIENT))
        screen.comparison.playing = False
        await it.press("y", "w")
        assert it.app.clipboard == screen.comparison.text()
        (kept,) = it.main.playground.home.texts.glob("*-side-by-side.txt")
        assert kept.read_text() == screen.comparison.text()
