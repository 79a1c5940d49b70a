import json
from itertools import combinations

import pytest
from textual.app import App
from textual.events import Paste

from charplay.formatting.sanitize import sanitize
from charplay.playground.saved_texts import MOST_RECENT, RECENT, Generation, ModelOrigin, keep_recent
from charplay.sampling.params import SamplingParams
from charplay.sampling.recording import Recording
from charplay.tui.panes.sampling_filters import SamplingFilters
from charplay.tui.panes.text import MOST_READ, TextPane
from charplay.tui.presentation.tinting import (
    LEFT_OUT,
    PROMPT,
    tint_number,
)
from charplay.tui.widgets.slider import Slider

SONG = "to be or not to be\nthat is the question\n"


OFF = SamplingFilters().values


class Stage(App):
    def __init__(self, folder):
        super().__init__()
        self.now = 0.0
        self.pane = TextPane(folder, clock=lambda: self.now)
        self.notices = []
        self.copied = ""

    def compose(self):
        yield self.pane

    async def on_mount(self):
        await self.pane.unfold()

    def on_text_pane_notice(self, message):
        self.notices.append(message.text)

    def copy_to_clipboard(self, text):
        self.copied = text

    def pass_time(self, seconds, ticks=30):
        for _ in range(round(seconds * ticks)):
            self.now += 1 / ticks
            self.pane._tick()

    def write(self, number):
        for _ in range(number):
            self.pane._advance(self.pane.generator, 1)
        self.pane._paint()

    def sheet(self):
        writing = self.pane.writing
        rows = [writing.render_line(y).text for y in range(writing.size.height)]
        return "\n".join(row.rstrip() for row in rows).rstrip()

    def drawn(self):
        return len(self.pane.generator.transcript)


@pytest.fixture
def stage(tmp_path, reciter):
    app = Stage(tmp_path / "texts")
    app.model = reciter(SONG)
    return app


def greedy(app):
    app.pane.begin("", 0.0, 30.0)


async def test_it_writes_as_fast_as_asked_from_the_start(stage):
    async with stage.run_test(size=(80, 14)):
        greedy(stage)
        stage.pane.show_model(stage.model, "demo")
        stage.pass_time(2)
        assert 58 <= stage.drawn() <= 60
        assert stage.sheet().startswith("to be or not to be\nthat is the question\nto be")
        stage.pane.sliders.speed.value = 4.0
        before = stage.drawn()
        stage.pass_time(2)
        assert 7 <= stage.drawn() - before <= 9


@pytest.mark.parametrize("speed", [4.0, 15.0, 30.0, 100.0])
@pytest.mark.parametrize("follow", [False, True])
async def test_what_is_written_is_soon_seen(stage, speed, follow):
    async with stage.run_test(size=(80, 14)):
        stage.pane.show_model(stage.model, "live, step 0", follow=follow)
        stage.pane.sliders.speed.value = speed
        for _ in range(10):
            stage.pass_time(0.1)
            assert stage.drawn() - len(stage.pane.writing) <= max(2, speed / 10)
        assert len(stage.pane.writing) > 0


async def test_a_stalled_clock_is_not_made_up_for_in_one_go(stage):
    async with stage.run_test(size=(80, 14)):
        greedy(stage)
        stage.pane.show_model(stage.model, "demo")
        stage.now += 60
        stage.pane._tick()
        assert stage.drawn() <= 8


async def test_hold_one_character_and_go_on(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo")
        stage.pane.action_write()
        stage.pass_time(1)
        assert stage.drawn() == 0
        await pilot.press("full_stop", "full_stop")
        assert stage.drawn() == 2
        assert not stage.pane.playing
        await pilot.press("enter")
        stage.pass_time(1)
        assert stage.drawn() > 20


async def test_the_temperature_is_in_hand_at_once_and_acts_on_the_next_character(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo")
        assert stage.focused is stage.pane.sliders.temperature
        stage.pane.action_one()
        await pilot.press("right", "right")
        stage.pane.action_one()
        assert [stage.pane.generator.transcript[i].temperature for i in (0, 1)] == pytest.approx([0.8, 0.9])
        stage.pane.set_temperature(-1)
        await pilot.pause()
        assert stage.pane.generator.params.temperature == pytest.approx(0.85)
        assert list(stage.pane.writing.text.numbers) == [
            tint_number("temperature", 0.8),
            tint_number("temperature", 0.9),
        ]


async def test_the_live_run_takes_over_on_a_new_line_and_marks_its_steps(stage, reciter):
    async with stage.run_test(size=(80, 14)) as pilot:
        greedy(stage)
        stage.pane.show_model(stage.model, "demo")
        stage.write(5)
        stage.pane.show_model(reciter("noise "), "live, step 0", follow=True)
        stage.write(6)
        stage.pane.writing.append("\n")
        stage.pane.update_weights(reciter("noise "), "live, step 1,204")
        stage.write(5)
        rows = stage.sheet().split("\n")
        assert [row.split() for row in rows] == [["to", "be"], ["0", "noise"], ["1,204", "noise▌"]]
        await pilot.pause()
        top = stage.pane.render_lines(stage.pane.outer_size.region)[0].text
        assert "live, step 1,204  seed 1" in top


async def test_a_prompt_is_edited_and_what_the_model_does_not_know_is_struck_out(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo")
        stage.write(5)
        stage.pane.playing = False
        await pilot.press("e", "n", "o", "Z", "backslash", "n", "enter")
        assert stage.pane.prompt == "noZ\n"
        assert stage.pane.generator.text == "no\n"
        assert list(stage.pane.writing.text.numbers) == [PROMPT, PROMPT, LEFT_OUT, PROMPT]
        assert "held" in stage.pane._hinted
        await pilot.press("enter")
        assert "unknown to the network: Z" in stage.pane._hinted
        await pilot.press("e", "x", "escape")
        assert stage.pane.prompt == "noZ\n"
        assert stage.focused is stage.pane.sliders.temperature


async def test_what_was_left_out_of_the_prompt_is_told_as_long_as_it_is_in_sight(stage):
    async with stage.run_test(size=(80, 14)):
        stage.pane.show_model(stage.model, "demo")
        stage.pane.begin("Zo", 0.8, 30.0)
        for _ in range(100):
            stage.pass_time(1)
            told = "unknown to the network: Z" in stage.pane._hinted
            assert told == ("Z" in stage.sheet())
        assert not told
        stage.pane.writing.action_scroll_to_line(0)
        stage.pass_time(1)
        assert "unknown to the network: Z" in stage.pane._hinted


async def test_what_the_model_does_not_know_is_told_as_the_prompt_has_it(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo")
        await pilot.press("e")
        stage.pane._entry.open("no\u0301\t")
        await pilot.pause()
        assert stage.pane._hinted.endswith(r"unknown to the network: \u{301} \t")
        await pilot.press("escape", "e")
        stage.pane._entry.open("no{}\\")
        await pilot.pause()
        assert stage.pane._hinted.endswith("unknown to the network: { } \\")


@pytest.mark.timeout(30)
@pytest.mark.parametrize("prompt", ["no\u0301t", "t\to\r", "\u0939\u093f\u200d", "a\x1b]0;t\x07\u202e", "\\\\n\n"])
async def test_the_network_gets_what_is_meant_and_the_prompt_opens_again_with_it(stage, reciter, prompt):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(reciter(prompt + "rest"), "demo")
        stage.pane.playing = False
        stage.pane._prompt = prompt
        for key in ("e", "i"):
            await pilot.press(key)
            entry = stage.focused
            entry.open(prompt)
            await pilot.pause()
            assert sanitize(entry.value) == entry.value
            await pilot.press("enter")
        assert stage.pane.prompt == prompt
        assert stage.pane.generator.text == prompt * 2
        await pilot.press("e")
        assert stage.pane._entry.prompt == prompt


async def test_a_prompt_that_would_take_long_to_read_is_cut_and_the_pane_says_so(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo")
        stage.pane.playing = False
        await pilot.press("e")
        stage.pane._entry.post_message(Paste("not\r" + "be " * 90_000))
        await pilot.pause()
        await pilot.press("enter")
        assert stage.pane.generator.text == stage.pane.prompt == ("be " * 90_000)[-MOST_READ:]
        assert stage.notices == ["Left out: all but the last 4,000 of 270,004 characters."]
        await pilot.press("i")
        stage.pane.own.post_message(Paste("to " * 5_000))
        await pilot.pause()
        await pilot.press("enter")
        assert stage.drawn() == 2 * MOST_READ
        assert len(stage.notices) == 2
        stage.pane.begin("to" * MOST_READ, 0.8, 30.0)
        assert stage.drawn() == MOST_READ
        assert stage.pane.generator.prompt == "to" * (MOST_READ // 2)


async def test_anew_takes_the_next_seed_and_keeps_the_text_by_itself(stage, tmp_path):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo, step 3,000")
        stage.write(5)
        written = stage.pane.generator.text
        await pilot.press("n")
        assert stage.pane.generator.params.seed == 2
        assert stage.drawn() == 0
        (line,) = (tmp_path / "texts" / RECENT).read_text().splitlines()
        kept = json.loads(line)
        assert (kept["text"], kept["seed"], kept["source"]) == (written, 1, "demo, step 3,000")
    assert len((tmp_path / "texts" / RECENT).read_text().splitlines()) == 1


async def test_copy_and_keep(stage, tmp_path):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.begin("not", 0.5, 30.0)
        stage.pane.show_model(stage.model, "demo, step 3,000")
        stage.pane.playing = False
        stage.write(3)
        stage.pane.set_temperature(2)
        await pilot.pause()
        stage.write(3)
        await pilot.press("y", "w", "w")
        assert stage.copied == stage.pane.generator.text
        texts = sorted((tmp_path / "texts").glob("*.txt"))
        assert len(texts) == 2
        assert texts[0].read_text() == stage.pane.generator.text
        about = json.loads(texts[0].with_suffix(".json").read_text())
        assert about["prompt"] == "not"
        assert about["temperatures"] == [[3, 0.5], [6, pytest.approx(0.6)]]
        assert stage.notices[0] == "Copied 9 characters."
        assert stage.notices[1].startswith("Written to texts/")


async def test_a_kept_text_names_its_run_and_every_change_of_weights(stage, tmp_path, reciter):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.playing = False
        stage.pane.show_model(stage.model, "live, step 0", follow=True, origin=ModelOrigin("fox-1", "/runs/fox-1"))
        stage.write(3)
        stage.pane.update_weights(reciter(SONG), "live, step 1,200")
        stage.write(2)
        await pilot.press("w")
        (path,) = (tmp_path / "texts").glob("*.json")
        about = json.loads(path.read_text())
        assert (about["run"], about["path"], about["seed"], about["prompt"]) == ("fox-1", "/runs/fox-1", 1, "")
        assert about["weights"] == [[0, "live, step 0", 0], [3, "live, step 1,200", 1200]]
        await pilot.press("n")
    kept = json.loads((tmp_path / "texts" / RECENT).read_text().splitlines()[0])
    assert kept["weights"] == about["weights"]


async def test_filters_that_were_on_are_on_and_shown(stage):
    async with stage.run_test(size=(80, 14)):
        stage.pane.show_model(stage.model, "demo")
        stage.pane.begin("", 0.8, 30.0, {"top_k": 3.0, "top_p": 1.0, "min_p": 0.0})
        assert stage.pane.generator.params.top_k == 3
        assert stage.pane.filters.display
        assert stage.pane.filters.values == {
            "repetition_penalty": 1.0, "repetition_window": 64.0, "bias": "", "top_k": 3.0, "top_p": 1.0, "min_p": 0.0
        }  # fmt: skip


async def test_a_folder_that_cannot_be_written_is_one_sentence(stage, tmp_path):
    (tmp_path / "texts").write_text("in the way")
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo")
        stage.write(3)
        await pilot.press("w", "n")
        assert len(stage.notices) == 1
        assert stage.notices[0].startswith("The text could not be written: ")


async def test_filters_open_by_a_key_and_act(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(stage.model, "demo")
        assert not stage.pane.filters.display
        await pilot.press("m")
        assert stage.focused is stage.pane.filters.repetition_penalty
        await pilot.press("tab", "tab", "tab")
        assert stage.focused is stage.pane.filters.top_k
        await pilot.press(*["shift+left"] * 12)
        assert stage.pane.generator.params.top_k == 1
        await pilot.press(*["shift+right"] * 12, "m")
        assert stage.pane.generator.params.top_k is None
        assert not stage.pane.filters.display
        assert stage.focused is stage.pane.sliders.temperature


ACTING = {
    "repetition_penalty": (1.2, "repetition 1.20"), "bias": ("e=1", "bias"), "top_k": (3.0, "top-k 3"),
    "top_p": (0.01, "top-p 0.01"), "min_p": (0.1, "min-p 0.10"), "stops": (r"to|\n", "stop texts"),
}  # fmt: skip


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_what_acts_on_the_text_without_being_seen_stands_beside_the_sliders(stage, width):
    async with stage.run_test(size=(width, 14)) as pilot:
        pane, sliders = stage.pane, stage.pane.sliders
        sign = sliders.query_one("#in-force")
        pane.show_model(stage.model, "demo")
        for acting in ((), *combinations(ACTING, 1), ("top_p", "stops"), tuple(ACTING)):
            filters = {name: ACTING[name][0] for name in acting if name != "stops"}
            pane.begin("", 0.8, 30.0, OFF | filters, ACTING["stops"][0] if "stops" in acting else "|")
            for hidden in (False, True):
                unseen = [said for name, (_, said) in ACTING.items() if name in acting and (hidden or name == "stops")]
                if pane.has_class("-filters") == hidden:
                    await pilot.press("m")
                await pilot.pause()
                told = sign.render_line(0).text if sign.display else ""
                assert told == (f"{len(unseen)} filters" if len(unseen) > 1 else "".join(unseen))
                for widget in (sliders.temperature, sliders.speed, *([sign] if told else [])):
                    assert sliders.region.contains_region(widget.region)
                assert width < 80 or all(each.label in each._written_label() for each in sliders.query(Slider))


async def test_it_is_told_whether_a_key_a_ride_or_a_list_of_stop_texts_has_put_it_in_force(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        pane, sign = stage.pane, stage.pane.sliders.query_one("#in-force")
        pane.show_model(stage.model, "demo")
        pane.playing = False
        await pilot.press("m", "tab", "tab", "tab", "tab", "left", "m")
        assert sign.content == "top-p 0.99"
        pane.ride(Recording("", 9, ((0, SamplingParams(min_p=0.2)),)))
        stage.write(1)
        assert sign.content == "min-p 0.20"
        await pilot.press("d", *"to", "enter")
        assert sign.content == "2 filters"


@pytest.mark.parametrize("size", [(78, 12), (60, 10), (120, 40), (40, 6), (200, 50)])
async def test_it_fits(stage, size):
    async with stage.run_test(size=size) as pilot:
        stage.pane.show_model(stage.model, "demo, step 3,000")
        stage.write(500)
        await pilot.pause()
        assert stage.pane.bars.display == (size[0] >= 70)
        for widget in (stage.pane.writing, stage.pane.sliders.temperature, stage.pane.sliders.speed):
            assert widget.region.width > 8
            assert stage.pane.region.contains_region(widget.region)


async def test_without_a_model_every_key_is_harmless(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        await pilot.press("full_stop", "n", "enter", "y", "w", "m", "m", "e", "a", "enter", "right", "plus", "minus")
        stage.pass_time(0.5)
        assert stage.sheet() == "▌"


def test_the_recent_texts_are_bounded(tmp_path):
    from datetime import UTC, datetime

    for number in range(MOST_RECENT + 5):
        keep_recent(tmp_path, Generation("demo", "", number, (), "x" * 50_000), datetime(2026, 1, 1, tzinfo=UTC))
    lines = [json.loads(line) for line in (tmp_path / RECENT).read_text().splitlines()]
    assert [line["seed"] for line in lines] == list(range(5, MOST_RECENT + 5))
    assert max(len(line["text"]) for line in lines) == 20_000
