"""Layout, keys, settings, signals, abuse."""

import asyncio
import gc
import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from played import Play
from textual import events
from textual.binding import Binding
from textual.events import Key
from textual.widgets import Static

from charplay.playground.preferences import Preferences, read_preferences, write_preferences
from charplay.protocol.exit_codes import INTERRUPTED, SIGNALS
from charplay.runs.home import Home
from charplay.sampling.stop_sequences import parse_stop_texts
from charplay.tui.app_commands import APP_COMMANDS, SCREEN_COMMANDS
from charplay.tui.command import Bindings, bindings
from charplay.tui.dialogs.explorer import ExplorerScreen
from charplay.tui.dialogs.keys import KeysDialog, key_lines
from charplay.tui.screens.main import CONTROLLERS, TICKS_A_BAR
from charplay.tui.textual_patches.key_queue import KeyHandled
from charplay.tui.textual_patches.signals import listen
from charplay.tui.widgets.growing_text import GrowingText
from charplay.tui.widgets.row_editor import RowEditor
from charplay.tui.widgets.row_list import RowList
from charplay.tui.widgets.slider import Slider
from charplay.tui.widgets.text_page import TextPage

ORDER = [
    "up",
    "down",
    "tab",
    "enter",
    "escape",
    "t",
    "p",
    "x",
    "space",
    "1",
    "2",
    "3",
    "4",
    "5",
    "m",
    "b",
    "g",
    "o",
    "v",
]


def keys(bindings: Bindings) -> list[str]:
    return [key for each in bindings for key in (each.key if isinstance(each, Binding) else each[0]).split(",")]


COMMANDS = [each for controller in CONTROLLERS for each in controller.commands]


def at(place: str) -> Bindings:
    """The keys of commands, but for those that are left to whoever comes next."""
    return bindings(each for each in COMMANDS if each.place == place and not each.passes)


@pytest.mark.parametrize(
    "pane",
    [
        [*RowList.BINDINGS, *at("corpus")],
        [*RowList.BINDINGS, *at("form")],
        [*RowList.BINDINGS, *at("runs")],
        [*Slider.BINDINGS, *at("training")],
        [*Slider.BINDINGS, *at("text"), *GrowingText.BINDINGS],
        [*TextPage.BINDINGS, *ExplorerScreen.BINDINGS],
    ],
)
def test_no_key_has_two_meanings_in_one_pane(pane: Bindings) -> None:
    modal = TextPage.BINDINGS[0] in pane
    all_keys = keys([*pane, *bindings(APP_COMMANDS), *([] if modal else [*at(""), *bindings(SCREEN_COMMANDS)])])
    assert sorted(all_keys) == sorted(set(all_keys))


async def test_garbage_is_collected_from_when_the_panes_are_up(play: Play) -> None:
    gc.disable()
    try:
        async with play():
            assert gc.isenabled()
            assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
        gc.enable()


async def test_every_command_has_an_action_and_is_in_the_help(play: Play) -> None:
    async with play() as it:
        main = it.main
        for controller in main.commands.controllers:
            assert all(callable(getattr(controller, command.method)) for command in controller.commands)
        owners = [(main, bindings(SCREEN_COMMANDS)), (it.app, bindings(APP_COMMANDS)), (main, bindings(COMMANDS))]
        for owner, owned in owners:
            for binding in owned:
                place, _, action = binding.action.partition("(")[0].rpartition(".")
                node = {"": owner, "app": it.app, "screen": main}[place]
                assert callable(getattr(node, f"action_{action}"))
        await it.press("question_mark")
        assert isinstance(it.screen, KeysDialog)
        said = " ".join(text for line in key_lines(it.screen._sections, it.app.get_key_display) for text, _ in line)
        for _, owned in owners:
            assert all(binding.tooltip in said for binding in owned)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (99, 24), (100, 24), (120, 40), (200, 50)])
async def test_nothing_is_clipped_and_the_stage_is_whole(play: Play, width: int, height: int) -> None:
    async with play((width, height)) as it:
        for pane in "12345":
            await it.press(pane)
            assert it.main.focused is not None
            assert it.main.focused.is_on_screen
        shown = [pane.id for pane in (it.main.training, it.main.text) if pane.is_on_screen]
        assert shown == ["training", "text"]
        assert it.main.corpus.is_on_screen == (width >= 100)
        assert "q quit" in it.seen().splitlines()[-1]
        assert "temperature" in it.seen()


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_status_names_the_network_beside_a_text_with_a_very_long_name(
    play: Play, home: Home, width: int
) -> None:
    name = "a-text-" * 17 + "2"
    (home.corpora / f"{name}.txt").write_text("abc " * 100)
    async with play((width, 40), path=name) as it:
        await it.until(lambda: it.main.status.facts and it.main.status.facts[0] == name)
        await it.until(lambda: re.match(r" charplay   a-text-\S*2   lstm 1x32 ", it.seen()))


@pytest.mark.fault("20")
async def test_resizing_keeps_what_was_going_on(play: Play) -> None:
    async with play((120, 40)) as it:
        await it.training()
        await it.press("2")
        for size in [(80, 24), (50, 10), (1, 1), (300, 80), (80, 24), (120, 40)]:
            await it.pilot.resize_terminal(*size)
            await it.pilot.pause()
            if size == (50, 10):
                assert "needs 60 columns" in it.seen()
        assert it.main.playground.runs.state.status == "training"
        assert it.main.form._fields.has_focus


async def test_what_was_chosen_is_there_at_the_next_start(play: Play, home: Home) -> None:
    async with play() as it:
        it.instrument.set_params(top_k=40, top_p=0.9, min_p=0.05)
        it.instrument.stop_at(parse_stop_texts(r"the end|\n\n|a\\n"))
        await it.press("right_square_bracket", "B", "2", "down", "down", "right", "q")
        await it.until(lambda: it.app._exit)
        heat = it.instrument.params.temperature
    async with play(path=None) as it:
        assert it.main.playground.corpora.chosen.name == "fox"
        assert it.main.form.draft.asked.num_layers == 2
        assert it.instrument.params.temperature == heat
        drawn = it.instrument.params
        assert (drawn.top_k, drawn.top_p, drawn.min_p) == (40, 0.9, 0.05)
        assert it.instrument._stops == ("the end", "\n\n", r"a\n")
        assert it.app.theme == "charplay-light"


async def test_a_broken_settings_file_is_said_and_ignored(play: Play, home: Home) -> None:
    home.settings.write_text("{ this is not")
    async with play() as it:
        assert it.app._notices
        assert it.main.form.draft.preset == "quick"


async def test_peoples_settings_hold_from_the_start_and_wrong_ones_are_said(
    play: Play, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.user_settings.write_text('theme = "light"\nbell = true\nunit = "bit"\n')
    rung: list[bool] = []
    async with play() as it:
        assert it.app.theme == "charplay-light"
        await it.until(lambda: "the nearest is" in it.seen())  # and what the panes say at the start is not said over it
        monkeypatch.setattr(it.app, "bell", lambda: rung.append(True))
        await it.press("t")
        await it.until(lambda: it.main.playground.runs.state.busy)
        assert not rung
        await it.press("x")
        await it.until(lambda: bool(rung))
        assert not it.main.playground.runs.state.busy
    assert home.user_settings.read_text().startswith("theme")


@pytest.mark.parametrize("left", [True, False])
async def test_a_theme_that_is_set_begins_whatever_was_left(play: Play, home: Home, *, left: bool) -> None:
    write_preferences(home.settings, Preferences(light=left))
    async with play() as it:
        assert it.app.theme == ("charplay-light" if left else "charplay-dark")
    home.user_settings.write_text('theme = "dark"')
    async with play() as it:
        assert it.app.theme == "charplay-dark"


def test_settings_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    settings = Preferences("a", "koi8-r", "gpu", {"hidden_size": "96"}, "to be", 1.25, 60.0, light=True)
    write_preferences(path, settings)
    assert read_preferences(path) == (settings, "")
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", "hot"), ("temperature", -1), ("speed", True), ("form", []), ("corpus", 3), ("light", 1)],
)
def test_a_setting_of_the_wrong_kind_is_named_and_the_others_are_kept(
    tmp_path: Path, name: str, value: str | int | list[Any]
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"prompt": "kept", name: value}))
    settings, notice = read_preferences(path)
    assert name in notice
    assert settings == Preferences(prompt="kept")


def test_settings_that_cannot_be_written_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write_preferences(tmp_path / "file" / "settings.json", Preferences())


@pytest.mark.fault("14")
async def test_terminate_saves_and_leaves_with_143(play: Play) -> None:
    async with play() as it:
        await it.training()
        os.kill(os.getpid(), signal.SIGTERM)
        await it.until(lambda: it.app._exit)
        assert it.app.return_code == 143
        assert it.trainer.commands[-1].reason == "terminated"


@pytest.mark.fault("14")
def test_a_signal_after_the_loops_end_means_nothing_more() -> None:
    heard = []

    async def leave(code: int) -> None:
        heard.append(code)

    async def program() -> None:
        listen(leave, lambda: None)
        signal.raise_signal(signal.SIGINT)
        while not heard:
            await asyncio.sleep(0)

    asyncio.run(program())
    for number in SIGNALS:
        signal.raise_signal(number)
    assert heard == [INTERRUPTED]


async def test_random_keys_and_sizes_break_nothing(play: Play) -> None:
    async with play((80, 24)) as it:
        for number, key in enumerate(ORDER):
            await it.press(key)
            if number % 4 == 0:
                await it.pilot.resize_terminal(20 + number * 9, 5 + number * 2)
        assert it.trainer.most_at_work <= 1
        assert it.app.is_running


async def test_nothing_is_repainted_when_nothing_happens(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    async with play() as it:
        await it.until(lambda: it.main.playground.ruler.all_lines)
        await asyncio.sleep(1.2)  # the chart's own clock ticks twice a second
        painted = []
        for widget in (it.main.status, it.main.training.chart, it.main.hint, it.main.runs, it.main.corpus):
            monkeypatch.setattr(widget, "refresh", lambda *a, **_: painted.append(a))
        await asyncio.sleep(0.7)
        assert painted == []


def key(name: str) -> Key:
    return events.Key("space", " ") if name == " " else events.Key(name, name if len(name) == 1 else None)


async def test_a_key_shows_what_it_did_before_the_paint_and_everything_else_after_it(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play(writing=True) as it:
        late: list[str] = []
        show, advance = it.main.show, it.main.playground.advance
        monkeypatch.setattr(it.main, "show", lambda: (late.append("shown"), show()))
        monkeypatch.setattr(it.main.playground, "advance", lambda now: (late.append("went on"), advance(now))[1])
        for command in ("writing.warmer", "writing.faster"):
            it.main.action_run_command(command)
            assert it.main.text.controls.temperature.value == it.instrument.params.temperature
            assert it.main.text.controls.speed.value == it.instrument.speed
        assert not late
        await it.until(lambda: "shown" in late)
        assert late[0] == "went on"


async def test_while_it_writes_the_bars_are_shown_by_their_clock_alone_whatever_is_pressed(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play(writing=True) as it:
        shown: list[int] = []
        show = it.main.text.bars.set_candidates
        monkeypatch.setattr(
            it.main.text.bars, "set_candidates", lambda found: (shown.append(it.main._ticks), show(found))
        )
        end = it.main._ticks + 4 * TICKS_A_BAR
        while it.main._ticks < end:
            await it.press("right_square_bracket", "left_square_bracket", "plus", "minus")
            it.main.show()
            await asyncio.sleep(0.02)
        assert len(shown) >= 3
        assert [tick % TICKS_A_BAR for tick in shown] == [0] * len(shown)
        assert len(set(shown)) == len(shown)
        await it.press("space")
        await it.until(lambda: it.main.text.bars._candidates[0] == it.instrument.candidates(1)[0])


async def test_keys_that_are_typed_ahead_land_where_they_were_meant_to(play: Play) -> None:
    async with play() as it:
        value = ["2", "down", "down", "down", "enter", *["backspace"] * 6, "4", "8", "enter"]
        budget = ["down", "down", "down", "enter", *["backspace"] * 12, *"40 steps", "enter"]
        for name in [*value, *budget]:
            it.app.post_message(key(name))
        await it.until(lambda: it.main.form.draft.budget() == ("steps", 40))
        assert it.main.form.draft.asked.hidden_size == 48
        assert not it.trainer.requests
        for name in ("3", "2", "w", *"mine", "enter"):
            it.app.post_message(key(name))
        await it.until(lambda: it.main.form.draft.preset == "mine")
        assert not it.trainer.requests


async def test_a_key_waits_for_what_the_one_before_has_sent_on_its_way(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play() as it:
        form, submit = it.main.form, RowEditor.action_submit

        async def slow_submit(editor: RowEditor) -> None:
            form.call_later(asyncio.sleep, 1)  # a slow machine: what is submitted now arrives behind this
            await submit(editor)

        monkeypatch.setattr(RowEditor, "action_submit", slow_submit)
        for name in ["2", "down", "down", "down", "enter", *["backspace"] * 6, "4", "8", "enter", "down", "down"]:
            it.app.post_message(key(name))
        await it.until(lambda: form.draft.asked.hidden_size == 48)
        await it.until(lambda: it.app.key_queue.empty)
        assert it.app.focused is form._fields
        assert form._fields.cursor == 5


async def test_a_key_whose_way_ended_holds_the_next_one_up_for_a_moment_only(play: Play) -> None:
    async with play() as it:
        it.app.key_queue.follow(KeyHandled(), Static())  # nobody will ever hear of it
        it.app.post_message(key("2"))
        await it.until(lambda: it.app.focused is it.main.form._fields)


async def test_a_second_answer_takes_no_other_screen_away(play: Play) -> None:
    async with play() as it:
        await it.press("1", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen))
        preview = it.screen
        await it.press("ctrl+p")
        palette = it.screen
        for _ in range(2):
            palette._action_escape()
        assert it.screen is preview
        await it.press("ctrl+p", "escape", "escape")
        assert it.screen is it.main
        preview.action_close()
        assert it.screen is it.main


async def test_an_editor_that_is_opened_again_at_once_stays_open(play: Play) -> None:
    async with play() as it:
        await it.press("2", "down", "down", "down", "enter")
        it.main.form._editor.post_message(events.Hide())  # of the last closing, told late
        await it.press("7")
        assert it.app.focused is it.main.form._editor
        assert it.main.form._editor.value.endswith("7")


async def test_one_line_above_the_keys_says_what_the_text_pane_and_the_screen_have_to_say(play: Play) -> None:
    async with play(size=(80, 24), writing=True) as it:

        def line() -> str:
            return it.seen().splitlines()[-2]

        await it.until(lambda: "t trains" in line())
        it.main.action_run_command("writing.write")
        await it.until(lambda: "held: space goes on" in line())
        it.main.note("Something else.", warning=True)
        await it.until(lambda: "Something else." in line())
        it.main.hint._back.stop()
        it.main.hint._back = None
        it.main.hint._stand()
        assert "held" in str(it.main.hint.content)
        it.main.action_run_command("writing.write")
        await it.until(lambda: "t trains" in line())
        assert it.seen().count("t trains a network of your own") == 1
