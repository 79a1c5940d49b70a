"""Reading what was written: tints, and what is copied from the training text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from charplay.corpora.corpus import from_text
from charplay.corpora.errors import CorpusError
from charplay.playground.jobs import BackgroundJob
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.training_text import TrainingText
from charplay.sampling.substring_index import SubstringIndex
from charplay.tui.panes.text import TextPane
from charplay.tui.presentation.tinting import COPIED, PLAIN, column_of, tint_number, tints
from charplay.tui.widgets.surprisal_bars import means

SONG = "to be or not to be\nthat is the question\n"
LEARNED = TrainingText(from_text("the song", SONG), SubstringIndex(SONG), SONG)


class Stage(App):
    def __init__(self, folder, model):
        super().__init__()
        self.pane = TextPane(folder, clock=lambda: 0.0)
        self.model = model
        self.heard = []

    def compose(self):
        yield self.pane

    async def on_mount(self):
        await self.pane.unfold()
        self.pane.playing = False
        self.pane.show_model(self.model, "demo", origin=ModelOrigin("demo", "/demo"))

    def on_text_pane_notice(self, message):
        self.heard.append(message.text)

    def on_text_pane_sought(self, message):
        self.heard.append(message)

    def on_text_pane_opened(self, message):
        self.heard.append(message)

    def write(self, number):
        for _ in range(number):
            self.pane._advance(self.pane.generator, 1)
        self.pane._paint()

    def numbers(self):
        """The palette numbers of the text on the sheet."""
        return list(self.pane._numbers(self.pane._first, self.pane.writing.end))

    async def search(self, pilot, learned=LEARNED):
        """Press `o`, and let the training text be found."""
        await pilot.press("o")
        self.pane._indexing = job = BackgroundJob(lambda watch: learned)
        job.run()
        self.pane._look_on()
        await pilot.pause()

    def underlined(self):
        return "".join(
            character if number >= COPIED else "."
            for character, number in zip(self.pane.generator.text, self.numbers(), strict=True)
        )

    def look(self):
        while len(self.pane._marked) < len(self.pane.generator.transcript):
            self.pane._look_on()
        self.pane._measure()

    def meter(self):
        return str(self.pane.copies._meter.render())


@pytest.fixture
def stage(tmp_path, reciter):
    return Stage(tmp_path / "texts", reciter(SONG))


async def test_a_key_goes_through_the_tints(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(30)
        written = list(stage.pane.generator.transcript)
        expected = {
            name: [tint_number(name, getattr(each, column_of(name))) if column_of(name) else PLAIN for each in written]
            for name in tints()
        }
        for name in (*tints(), tints()[0]):
            assert stage.numbers() == expected[name]
            assert (name in str(stage.pane.border_title)) == (name != tints()[0])
            await pilot.press("v")
        assert len(set(stage.heard)) == len(tints())


@pytest.mark.parametrize("beyond", ["", "!"])
async def test_a_text_that_is_searched_in_part_is_said_to_be(stage, beyond):
    async with stage.run_test(size=(80, 14)) as pilot:
        await stage.search(pilot, TrainingText(from_text("a song", SONG + beyond), LEARNED.index, "a song"))
        said = f"Copies are looked for in the first {len(SONG)} characters of the training text."
        assert (said in stage.heard) == bool(beyond)


async def test_underlined_is_what_lies_in_a_stretch_of_at_least_that_length(stage, reciter):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.pane.show_model(reciter("to be? that is not it"), "other", origin=ModelOrigin("demo", "/demo"))
        stage.write(10)
        await stage.search(pilot)
        for least in (5, 4, 6):
            stage.pane.copies.least.value = least
            stage.pane.copies.post_message(stage.pane.copies.Moved())
            await pilot.pause()
            stage.write(50)
            stage.look()
            text = stage.pane.generator.text
            inside = {
                at
                for start in range(len(text) - least + 1)
                if text[start : start + least] in SONG
                for at in range(start, start + least)
            }
            assert 0 < len(inside) < len(text)
            assert stage.underlined() == "".join(c if at in inside else "." for at, c in enumerate(text))
            assert f"{100 - 100 * len(inside) / len(text):.0f} % new" in stage.meter()
        await pilot.press("o")
        assert stage.underlined() == "." * len(text)


async def test_the_source_of_the_newest_copy_or_of_that_under_the_cursor_is_opened(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        await pilot.press("O")
        assert "o looks" in stage.heard[-1]
        stage.write(30)
        await stage.search(pilot)
        stage.look()
        await pilot.press("O")
        opened = stage.heard[-1]
        assert opened.corpus is LEARNED.corpus
        assert LEARNED.corpus.text(*opened.passage) == stage.pane.generator.text[-30:]
        await pilot.press("c", "O")
        assert stage.heard[-1].passage == opened.passage


async def test_another_text_and_another_network_are_looked_through_anew(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(30)
        await stage.search(pilot)
        stage.look()
        assert len(stage.pane._marked) == 30
        await pilot.press("n")
        stage.write(25)
        stage.look()
        assert len(stage.pane._marked) == 25
        asked = len(stage.heard)
        stage.pane.show_model(stage.model, "other", origin=ModelOrigin("other", "/other"))
        await pilot.pause()
        assert len(stage.heard) == asked + 1
        assert stage.pane._marked is None
        assert not stage.underlined().strip(".")


async def test_an_index_that_comes_too_late_changes_nothing(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(30)
        await pilot.press("o")
        stage.pane._indexing = late = BackgroundJob(lambda watch: LEARNED)
        await pilot.press("o")
        assert late.cancelled
        late.run()
        stage.pane._look_on()
        await pilot.pause()
        assert stage.pane._marked is None
        assert not stage.underlined().strip(".")


async def test_where_the_training_text_is_not_here_it_is_said_in_one_sentence(stage):
    async with stage.run_test(size=(80, 14)) as pilot:
        stage.write(30)
        await pilot.press("o")

        def work(watch):
            watch(0.07)
            stage.pane._look_on()
            assert "7 %" in stage.meter()
            raise CorpusError("It is \x1b[31m not here.")

        stage.pane._indexing = job = BackgroundJob(work)
        job.run()
        stage.pane._look_on()
        await pilot.pause()
        assert stage.heard[-1] == "It is \x1b[31m not here."
        assert "not here" in stage.meter()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_in_the_title_only_the_name_of_the_run_gives_way(stage, reciter, width):
    async with stage.run_test(size=(width, 14)) as pilot:
        stage.pane.show_model(reciter(SONG), f"{'a-long-name-' * 6}01, step 20,000")
        await pilot.press("v")
        await pilot.pause()
        top = stage.pane.render_lines(stage.pane.outer_size.region)[0].text
        assert top.startswith("╭─ Text ─")
        assert " a-long" in top
        assert top.endswith(", step 20,000  seed 1  surprise ─╮")


@pytest.mark.parametrize("width", range(50, 101, 5))
async def test_the_meter_is_seen_whole_and_its_slider_too(stage, width):
    async with stage.run_test(size=(width, 14)) as pilot:
        stage.write(100)
        await stage.search(pilot)
        stage.look()
        await pilot.pause()
        assert "O opens" in stage.meter()
        meter, slider = stage.pane.copies._meter, stage.pane.copies.least
        assert len(stage.meter()) <= meter.size.width
        assert stage.pane.content_region.contains_region(meter.region)
        assert stage.pane.content_region.contains_region(slider.region)
        assert slider.render_line(0).text.startswith("copied from ")


@given(st.lists(st.floats(0, 20) | st.just(np.nan), max_size=50), st.integers(1, 30))
def test_a_column_shows_the_mean_of_its_stretch(bits, columns):
    bits = np.array(bits, float)
    found = means(bits, columns)
    assert len(found) == columns
    if len(bits) >= columns:
        borders = [at * len(bits) // columns for at in range(columns + 1)]
        for at in range(columns):
            known = [each for each in bits[borders[at] : borders[at + 1]] if not np.isnan(each)]
            assert np.isnan(found[at]) if not known else found[at] == pytest.approx(np.mean(known), abs=1e-9)
    elif len(bits):
        shown = {each for each in found.round(6) if not np.isnan(each)}
        assert shown == {each for each in bits.round(6) if not np.isnan(each)}
