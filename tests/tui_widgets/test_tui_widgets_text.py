"""The text pane: what it shows of an instrument, what can be played on it, and that everything fits."""

import json
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from scripted_models import SONG, reciter, scholar
from textual.events import Paste
from textual.widgets import Static

from charplay.corpora.errors import CorpusError
from charplay.corpora.progress import Watch
from charplay.formatting.sanitize import sanitize
from charplay.playground.next_prompt import MAX_READ
from charplay.playground.saved_texts import RECENT
from charplay.playground.training_text import TrainingText
from charplay.sampling.bias_syntax import parse_bias
from charplay.sampling.params import SamplingParams
from charplay.sampling.prompts import Prompt
from charplay.sampling.recording import Recording
from charplay.tui.presentation.character_details import percent
from charplay.tui.presentation.tinting import LEFT_OUT, PROMPT
from charplay.tui.widgets.slider import Slider

if TYPE_CHECKING:
    from tui_widgets.conftest import Stage


def typing(stage: Any) -> None:
    """Open the line for a text of one's own."""
    stage.instrument.typing = True
    stage.pane.open_row("typing")


# The sliders.


async def test_the_temperature_is_in_hand_at_once_and_acts_on_the_next_character(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        assert stage.focused is stage.pane.controls.temperature
        stage.write(1)
        await pilot.press("right", "right")
        stage.write(1)
        assert [stage.transcript[at].temperature for at in (0, 1)] == pytest.approx([0.8, 0.9])
        stage.instrument.set_params(temperature=0.85)
        stage.show()
        assert stage.pane.controls.temperature.value == pytest.approx(0.85)
        assert stage.instrument.params.temperature == pytest.approx(0.85)


async def test_the_speed_is_that_of_the_slider_and_leaves_no_ride(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(5)
        stage.instrument.replay(Recording.of(stage.transcript))
        stage.pane.controls.speed.value = 4.0
        await pilot.pause()
        await pilot.press("tab", "right")
        assert stage.focused is stage.pane.controls.speed
        assert stage.instrument.speed == stage.pane.controls.speed.value > 4.0
        assert stage.instrument.replaying
        stage.instrument.speed = 90.0
        stage.show()
        assert stage.pane.controls.speed.value == 90.0


@pytest.mark.parametrize("slider", ["temperature", "top_p"])
async def test_any_other_slider_leaves_the_ride(stage: "Stage", slider: str) -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(5)
        stage.instrument.replay(Recording.of(stage.transcript))
        stage.show()
        assert "Replaying, 5 characters left" in stage.pane.hint()
        if slider == "top_p":
            stage.pane.open_row("filters")
            stage.set_focus(stage.pane.filters.top_p)
        await pilot.press("left")
        assert not stage.instrument.replaying
        assert "riding" not in stage.pane.hint()


async def test_what_a_ride_brings_is_shown_at_once_and_is_its_own(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        changes = ((0, SamplingParams(temperature=0.5)), (3, SamplingParams(temperature=1.1, top_k=3)))
        stage.instrument.replay(Recording("", 9, changes))
        stage.sync()
        for number, (temperature, k) in enumerate([(0.5, 1000)] * 3 + [(1.1, 3)] * 3):
            stage.write(1)
            assert stage.pane.controls.temperature.value == pytest.approx(temperature), number
            assert stage.pane.filters.values["top_k"] == k
        await pilot.pause()
        assert stage.instrument.replaying  # showing them is not moving them


async def test_going_back_to_a_branch_brings_its_parameters_and_its_name(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(40)
        stage.instrument.insert(20, "question")
        stage.instrument.set_params(temperature=1.1, top_k=3)
        stage.show()
        stage.instrument.switch_to("1")
        stage.sync()
        assert stage.pane.controls.temperature.value == pytest.approx(0.8)
        assert stage.pane.filters.values["top_k"] == 1000
        stage.instrument.switch_to("2")
        stage.sync()
        assert stage.pane.controls.temperature.value == pytest.approx(1.1)
        assert stage.pane.filters.values["top_k"] == 3
        await pilot.pause()
        assert "branch 2" in stage.top()


# The filters.


async def test_filters_open_by_a_key_and_act(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        assert not stage.pane.filters.display
        stage.pane.open_row("filters")
        await pilot.pause()
        assert stage.pane.filters.display
        assert stage.focused is stage.pane.filters.repetition_penalty
        await pilot.press("tab", "tab", "tab")
        assert stage.focused is stage.pane.filters.top_k
        await pilot.press(*["shift+left"] * 12)
        assert stage.instrument.params.top_k == 1
        await pilot.press(*["shift+right"] * 12)
        stage.pane.open_row("filters")
        await pilot.pause()
        assert stage.instrument.params.top_k is None
        assert not stage.pane.filters.display
        assert stage.focused is stage.pane.controls.temperature


async def test_filters_that_were_on_are_on_and_shown(empty_stage: "Stage") -> None:
    stage = empty_stage
    stage.instrument.set_params(top_k=3)
    async with stage.run_test(size=(80, 14)):
        stage.play(reciter())
        assert stage.instrument.params.top_k == 3
        assert stage.pane.filters.display
        assert stage.pane.filters.values == {
            "repetition_penalty": 1.0, "repetition_window": 64.0, "bias": "", "top_k": 3.0, "top_p": 1.0, "min_p": 0.0
        }  # fmt: skip


async def test_filters_stand_as_in_the_settings(stage: "Stage") -> None:
    bias = ((" ", 1.5), ("\n", float("-inf")), ("=", -2.0))
    wanted = SamplingParams(top_k=5, top_p=0.5, min_p=0.1, repetition_penalty=1.5, repetition_window=20, bias=bias)
    async with stage.run_test(size=(80, 14)):
        for each in (wanted, SamplingParams()):
            stage.pane.filters.show(each)
            assert stage.pane.filters.applied(SamplingParams()) == each


async def test_a_bias_is_kept_as_it_is_typed_and_what_is_wrong_with_it_is_told(empty_stage: "Stage") -> None:
    stage = empty_stage
    stage.instrument.typed_bias = "e=1 q"
    async with stage.run_test(size=(80, 14)) as pilot:
        assert stage.pane.filters.values["bias"] == "e=1 q"
        stage.play(scholar())
        stage.pane.open_row("filters")
        await pilot.press("tab", "tab", "end", *" q=-inf", "enter")
        assert stage.instrument.typed_bias == "e=1 q q=-inf"
        assert stage.pane.hint() == stage.pane.filters.bias.trouble != ""
        stage.set_focus(stage.pane.filters.bias)
        await pilot.press("end", *["backspace"] * 9, "enter")
        assert (stage.instrument.typed_bias, stage.instrument.params.bias) == ("e=1", (("e", 1.0),))
        assert stage.focused is stage.pane.filters.top_k
        assert stage.pane.hint() == ""


ACTING: dict[str, tuple[Any, str]] = {
    "repetition_penalty": (1.2, "repetition 1.20"), "bias": (parse_bias(["e=1"]), "bias"), "top_k": (3, "top-k 3"),
    "top_p": (0.01, "top-p 0.01"), "min_p": (0.1, "min-p 0.10"), "stops": (("to", "\n"), "stop texts"),
}  # fmt: skip


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_what_acts_on_the_text_without_being_seen_stands_beside_the_sliders(stage: "Stage", width: int) -> None:
    async with stage.run_test(size=(width, 14)) as pilot:
        pane, controls = stage.pane, stage.pane.controls
        sign = controls.query_one("#in-force")
        for acting in ((), *combinations(ACTING, 1), ("top_p", "stops"), tuple(ACTING)):
            stage.instrument.params = SamplingParams(**{name: ACTING[name][0] for name in acting if name != "stops"})
            stage.instrument.stop_at(ACTING["stops"][0] if "stops" in acting else ())
            stage.show()
            for hidden in (False, True):
                unseen = [said for name, (_, said) in ACTING.items() if name in acting and (hidden or name == "stops")]
                if pane.has_class("-filters") == hidden:
                    pane.open_row("filters")
                await pilot.pause()
                told = sign.render_line(0).text if sign.display else ""
                assert told == (f"{len(unseen)} filters" if len(unseen) > 1 else "".join(unseen))
                for widget in (controls.temperature, controls.speed, *([sign] if told else [])):
                    assert controls.region.contains_region(widget.region)
                assert width < 80 or all(each.label in each._written_label() for each in controls.query(Slider))


async def test_it_is_told_whether_a_key_a_ride_or_a_list_of_stop_texts_has_put_it_in_force(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        sign = stage.pane.controls.query_one("#in-force", Static)
        stage.pane.open_row("filters")
        await pilot.press("tab", "tab", "tab", "tab", "left")
        stage.pane.open_row("filters")
        assert sign.content == "top-p 0.99"
        stage.instrument.replay(Recording("", 9, ((0, SamplingParams(min_p=0.2)),)))
        stage.write(1)
        assert sign.content == "min-p 0.20"
        stage.instrument.stop_at(["to"])
        stage.show()
        assert sign.content == "2 filters"


# The prompt.


async def test_a_prompt_is_edited_and_what_the_model_does_not_know_is_struck_out(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(5)
        stage.instrument.playing = False
        stage.pane.open_row("prompt")
        assert stage.pane.hint() == "enter begins anew   escape leaves"
        await pilot.press("n", "o", "Z", "backslash", "n")
        assert stage.pane.hint().endswith("unknown to the network: Z")
        await pilot.press("enter")
        assert stage.instrument.prompt == "noZ\n"
        assert stage.text == "no\n"
        assert [number for _, number in stage.cells()] == [PROMPT, PROMPT, LEFT_OUT, PROMPT]
        assert "held" in stage.pane.hint()
        stage.instrument.playing = True
        assert "left out of the prompt, unknown to the network: Z" in stage.pane.hint()
        stage.pane.open_row("prompt")
        await pilot.press("x", "escape")
        assert stage.instrument.prompt == "noZ\n"
        assert not stage.pane.has_class("-prompting")
        assert stage.focused is stage.pane.controls.temperature


async def test_what_was_left_out_of_the_prompt_is_told_as_long_as_it_is_in_sight(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)):
        stage.begin("Zo")
        for _ in range(100):
            stage.pass_time(1)
            told = "unknown to the network: Z" in stage.pane.hint()
            assert told == ("Z" in stage.rows())
        assert not told
        stage.pane.sheet.action_scroll_to_line(0)
        stage.pass_time(1)
        assert "unknown to the network: Z" in stage.pane.hint()


async def test_what_the_model_does_not_know_is_told_as_the_prompt_has_it(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.open_row("prompt")
        stage.pane._entry.open("no\u0301\t")
        await pilot.pause()
        assert stage.pane.hint().endswith(r"unknown to the network: \u{301} \t")
        await pilot.press("escape")
        stage.pane.open_row("prompt")
        stage.pane._entry.open("no{}\\")
        await pilot.pause()
        assert stage.pane.hint().endswith("unknown to the network: { } \\")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("prompt", ["no\u0301t", "t\to\r", "\u0939\u093f\u200d", "a\x1b]0;t\x07\u202e", "\\\\n\n"])
async def test_the_network_gets_what_is_meant_and_the_prompt_opens_again_with_it(
    empty_stage: "Stage", prompt: str
) -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.play(reciter(prompt + "rest"))
        for place in ("prompt", "typing"):
            stage.instrument.typing = place == "typing"
            stage.pane.open_row(place)
            entry = stage.focused
            entry.open(prompt)
            await pilot.pause()
            assert sanitize(entry.value) == entry.value
            await pilot.press("enter")
        assert stage.instrument.prompt == prompt
        assert stage.text == prompt * 2
        stage.pane.open_row("prompt")
        assert stage.pane._entry.prompt == prompt


async def test_a_prompt_that_would_take_long_to_read_is_cut_and_the_pane_says_so(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.open_row("prompt")
        stage.pane._entry.post_message(Paste("not\r" + "be " * 90_000))
        await pilot.pause()
        await pilot.press("enter")
        assert stage.text == stage.instrument.prompt == ("be " * 90_000)[-MAX_READ:]
        assert stage.said == ["Left out: all but the last 4,000 of 270,004 characters."]
        typing(stage)
        stage.pane._own.post_message(Paste("to " * 5_000))
        await pilot.pause()
        await pilot.press("enter")
        assert len(stage.transcript) == 2 * MAX_READ
        assert len(stage.said) == 2


# The cursor, and words of one's own.


async def test_the_cursor_has_the_focus_while_it_is_out(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(30)
        stage.pane.open_row("cursor")
        assert not stage.instrument.at_work
        assert stage.focused is stage.pane.sheet
        assert stage.pane.hint() == "at 29   arrows move   enter picks   esc goes on"
        await pilot.press("left")
        assert stage.pane.hint().startswith("at 28 ")
        stage.instrument.put_cursor_away()
        stage.show()
        assert stage.instrument.at_work
        assert stage.pane.sheet.point is None
        assert stage.focused is stage.pane.controls.temperature
        assert stage.pane.hint() == ""
        stage.instrument.toggle()
        assert stage.pane.hint() == "held: <writing.write> goes on, <writing.write_one> writes one character"


async def test_the_cursor_tells_what_stands_under_it_and_the_bars_its_rivals(stage: "Stage") -> None:
    async with stage.run_test(size=(100, 14)) as pilot:
        stage.write(50)
        stage.pane.open_row("cursor")
        await pilot.press("left", "left", "left")
        assert stage.pane.sheet.point == 46
        there, line = stage.transcript[46], stage.read(stage.pane.look)
        assert f"rank {there.rank}" in line
        assert f"surprise {there.surprise:.2f} bits" in line
        assert percent(there.probability) in line
        assert "temperature 0.80" in line
        assert "demo, step 5" in line
        shown = [candidate[0] for candidate in stage.pane.bars._candidates]
        rivals = stage.instrument.generator.inspect(46, len(shown)).candidates
        assert shown == [candidate.character for candidate in rivals]
        await pilot.press("end")
        assert "the end" in stage.read(stage.pane.look)
        await pilot.press("home")
        assert stage.pane.sheet.point == 0


async def test_without_bars_the_line_names_the_rivals(stage: "Stage") -> None:
    async with stage.run_test(size=(60, 12)):
        stage.write(50)
        stage.pane.open_row("cursor")
        assert not stage.pane.bars.display
        favourite = stage.instrument.generator.inspect(49, 1).candidates[0]
        assert "likely" in stage.read(stage.pane.look)
        assert percent(favourite.filtered) in stage.read(stage.pane.look)


async def test_of_weights_that_are_gone_the_line_says_so(empty_stage: "Stage", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.sampling.segment.RECENT", 40)
    stage = empty_stage
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.play(scholar(1), "live, step 0", live=True)
        stage.write(60)
        stage.instrument.update_weights(scholar(2), "live, step 100")
        stage.write(30)
        stage.pane.open_row("cursor")
        await pilot.press(*["left"] * 34)
        assert "its candidates by live, step 100" in stage.read(stage.pane.look)
        await pilot.press("home", "right")
        assert "gone" in stage.read(stage.pane.look)
        assert not stage.pane.bars._candidates


async def test_text_of_ones_own_is_written_at_the_cursor_or_at_the_end(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 30)) as pilot:
        stage.write(20)
        before = stage.text
        typing(stage)
        assert not stage.instrument.at_work
        assert stage.pane.hint() == "enter writes it at the end   escape leaves"
        await pilot.press(*"to Z", "backslash", *"be")
        assert stage.pane.hint().endswith("unknown to the network: Z \\")
        await pilot.press("enter")
        assert stage.text == before + "to be"
        assert stage.said == ["Left out, unknown to the network: Z \\"]
        assert stage.instrument.at_work
        assert stage.focused is stage.pane.controls.temperature
        stage.pane.open_row("cursor")
        await pilot.press("home", "right", "right")
        typing(stage)
        assert stage.pane.hint().startswith("enter writes it at the cursor")
        await pilot.press(*"or", "enter")
        assert stage.text == before[:2] + "or"
        stage.pane.open_row("cursor")
        typing(stage)
        await pilot.press("escape")
        assert stage.pane.sheet.point == 3
        assert (stage.instrument.typing, stage.instrument.cursor.position) == (False, 3)
        assert stage.focused is stage.pane.sheet
        typing(stage)
        await pilot.press("enter")
        assert stage.text == before[:2] + "or"


async def test_an_untouched_pane_shows_nothing_of_this(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(10)
        pane = stage.pane

        def shown() -> tuple[bool, bool, bool, bool, bool]:
            return (pane.look.display, pane._own.display, pane._entry.display, pane.copies.display, pane.truth.display)

        assert shown() == (False, False, False, False, False)
        pane.open_row("cursor")
        await pilot.pause()
        assert shown() == (True, False, False, False, False)
        typing(stage)
        await pilot.pause()
        assert shown() == (True, True, False, False, False)
        await pilot.press("escape")
        stage.instrument.put_cursor_away()
        stage.show()
        await pilot.pause()
        assert shown() == (False, False, False, False, False)
        pane.open_row("prompt")
        await pilot.pause()
        assert shown() == (False, False, True, False, False)
        await pilot.press("escape")
        stage.memorization.toggle()
        stage.show()
        await pilot.pause()
        assert shown() == (False, False, False, True, False)


async def test_going_to_the_end_follows_the_text_again(stage: "Stage") -> None:
    async with stage.run_test(size=(60, 10)):
        stage.write(1500)
        stage.pane.sheet.action_scroll_pages(-3)
        assert not stage.pane.sheet.following
        stage.pane.open_row("end")
        assert stage.pane.sheet.following


@pytest.mark.parametrize(("height", "room"), [(14, True), (8, False)])
async def test_a_passages_own_continuation_is_shown_where_there_is_room(
    stage: "Stage", height: int, room: bool
) -> None:
    async with stage.run_test(size=(80, height)) as pilot:
        stage.instrument.begin_passage(Prompt(0, "to be", " or\n\x1bnot"), "the song")
        stage.sync()
        await pilot.pause()
        assert stage.pane.truth.display == room
        assert stage.read(stage.pane.truth).startswith("the song itself goes on:  or")
        assert "\x1b" not in stage.read(stage.pane.truth)
        stage.begin("else")
        assert not stage.pane.truth.display


# Copies.


async def test_the_training_text_that_is_read_or_is_not_here_is_told_in_the_meter(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)):
        stage.write(30)
        seen: list[Any] = []

        def work(watch: Watch) -> TrainingText:
            watch(0.07)
            stage.show()
            seen.append(stage.read(stage.pane.copies._meter))
            raise CorpusError("It is \x1b[31m not here.")

        stage.learn = work
        stage.memorization.toggle()
        stage.readings[-1].run()
        stage.show()
        assert seen == ["reading the training text: 7 %"]
        assert stage.said == ["It is \x1b[31m not here."]
        assert "not here" in stage.read(stage.pane.copies._meter)


@pytest.mark.parametrize("width", range(50, 101, 5))
async def test_the_meter_is_seen_whole_and_its_slider_too(empty_stage: "Stage", width: int) -> None:
    stage = empty_stage
    async with stage.run_test(size=(width, 14)) as pilot:
        stage.play(reciter())
        stage.write(100)
        stage.search()
        await pilot.pause()
        meter, slider = stage.pane.copies._meter, stage.pane.copies.min_length
        assert "O opens" in stage.read(meter)
        assert len(stage.read(meter)) <= meter.size.width
        assert stage.pane.content_region.contains_region(meter.region)
        assert stage.pane.content_region.contains_region(slider.region)
        assert slider.render_line(0).text.startswith("copied from ")


# Its room, and its end.


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_in_the_title_only_the_name_of_the_run_gives_way(empty_stage: "Stage", width: int) -> None:
    stage = empty_stage
    async with stage.run_test(size=(width, 14)) as pilot:
        assert "nothing writes yet" in stage.top()
        stage.play(reciter(), f"{'a-long-name-' * 6}01, step 20,000")
        stage.pane.set_tint("surprise")
        await pilot.pause()
        top = stage.top()
        assert top.startswith("╭─ Text ─")
        assert " a-long" in top
        assert top.endswith(", step 20,000  seed 1  surprise ─╮")


@pytest.mark.parametrize("size", [(78, 12), (60, 10), (120, 40), (40, 6), (200, 50)])
async def test_it_fits(stage: "Stage", size: tuple[int, int]) -> None:
    async with stage.run_test(size=size) as pilot:
        stage.write(500)
        await pilot.pause()
        assert stage.pane.bars.display == (size[0] >= 70)
        for widget in (stage.pane.sheet, stage.pane.controls.temperature, stage.pane.controls.speed):
            assert widget.region.width > 8
            assert stage.pane.region.contains_region(widget.region)


async def test_the_bars_show_what_may_come_next_and_not_what_hardly_can(empty_stage: "Stage") -> None:
    stage = empty_stage
    async with stage.run_test(size=(100, 14)) as pilot:
        stage.play(reciter())
        await pilot.pause()
        stage.show()
        assert [character for character, *_ in stage.pane.bars._candidates] == ["t"]
        for _ in range(3):
            shown = stage.pane.bars._candidates
            for _ in range(10):
                stage.write(1)
            stage.pane.refresh_state()
            assert stage.pane.bars._candidates is shown  # while it writes they have a clock of their own
            stage.pane.refresh_numbers()
            assert stage.pane.bars._candidates[0] == stage.instrument.candidates(1)[0]
        stage.write(1)
        stage.instrument.playing = False
        stage.pane.refresh_state()
        assert stage.pane.bars._candidates[0] == stage.instrument.candidates(1)[0]


async def test_other_weights_change_the_title_at_once_and_the_bars_by_their_clock(stage: "Stage") -> None:
    async with stage.run_test(size=(100, 14)):
        shown = stage.pane.bars._candidates
        stage.instrument.update_weights(reciter(), "run, step 70")
        stage.sync()
        assert "step 70" in stage.pane._source_within(60).plain
        assert "step 70" in str(stage.pane.border_title)
        assert stage.pane.bars._candidates is shown
        stage.instrument.restart()
        stage.sync()
        assert stage.pane.bars._candidates[0] == stage.instrument.candidates(1)[0]


async def test_without_a_model_everything_is_harmless(empty_stage: "Stage") -> None:
    stage = empty_stage
    async with stage.run_test(size=(80, 14)) as pilot:
        for place in ("cursor", "filters", "filters", "end"):
            stage.pane.open_row(place)
        stage.pane.open_row("prompt")
        await pilot.press("a", "enter", "right")
        typing(stage)
        await pilot.press("t", "enter", "escape")
        stage.pass_time(0.5)
        assert stage.rows() == "▌"
        assert stage.instrument.generator is None
        assert stage.instrument.prompt == "a"
        assert stage.instrument.params.temperature == pytest.approx(0.85)


async def test_leaving_keeps_the_text_too(stage: "Stage", tmp_path: Path) -> None:
    async with stage.run_test(size=(80, 14)):
        stage.write(5)
        written = stage.text
    (line,) = (tmp_path / "texts" / RECENT).read_text().splitlines()
    assert json.loads(line)["text"] == written


async def test_what_the_cleaning_of_the_run_does_is_told_while_one_types(stage: "Stage") -> None:
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.play(scholar(0, SONG, ("lowercase",)))
        stage.instrument.playing = False
        stage.pane.open_row("prompt")
        await pilot.press("n", "O")
        assert stage.pane.hint().endswith("escape leaves   lowercased as in training")
        await pilot.press("Z")
        assert stage.pane.hint().endswith("   lowercased as in training   unknown to the network: z")
        await pilot.press("enter")
        assert stage.text == "no"
        assert stage.cells() == [("n", PROMPT), ("o", PROMPT), ("z", LEFT_OUT)]
        assert stage.said == ["Lowercased as in training. Left out, unknown to the network: z"]
