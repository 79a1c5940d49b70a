"""Rides are replayed, kept and opened; passages become prompts; the writing holds at stop texts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from played import Play, Played
from textual.widgets import Input

from charplay.cli.main import run
from charplay.playground.recordings import ENDING, kept_rides, read_ride
from charplay.playground.scales import TEMPERATURES
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.sampling.generator import TextGenerator
from charplay.sampling.prompts import choose
from charplay.sampling.recording import Recording
from charplay.tui.dialogs.choice import ChoiceDialog
from charplay.tui.dialogs.text_input import TextInputDialog
from charplay.tui.panes.transcript_view import MARGIN, step_of

PATIENT = 60.0
"""Seconds that drawing may take: a busy machine must not make a test."""


def write(it: Played, number: int) -> None:
    it.write(number, PATIENT)


def temperatures(generator: TextGenerator | None) -> list[float]:
    assert generator
    return [
        generator.transcript[at].temperature
        for at in range(len(generator.transcript))
        if generator.transcript[at].kind != "prompt"
    ]


def wander(it: Played) -> Iterator[None]:
    """A text that was written at several temperatures."""
    it.begin("to ", 0.8)
    for steps in (0, -8, 20):
        temperature = it.instrument.params.temperature
        it.instrument.set_params(temperature=TEMPERATURES.moved(temperature, steps))
        yield
        write(it, 20)


async def ridden(it: Played) -> tuple[str, list[float]]:
    """The text and the temperatures of a ride that was just ridden."""
    for _ in wander(it):
        await it.pilot.pause()
    assert len(set(temperatures(it.instrument.generator))) == 3
    return it.instrument.generator.text, temperatures(it.instrument.generator)


async def answer(it: Played, key: str) -> None:
    await it.press("A")
    await it.until(lambda: isinstance(it.screen, ChoiceDialog))
    await it.press(key)
    await it.until(lambda: it.screen is it.main)
    it.instrument.playing = False


async def test_a_ride_is_replayed_exactly_and_then_the_writing_holds(play: Play) -> None:
    async with play() as it:
        _text, generator = it.main.text, it.instrument.generator
        before, heats = await ridden(it)
        await answer(it, "r")
        write(it, 30)
        assert before.startswith(it.instrument.generator.text)
        assert it.instrument.params.temperature == temperatures(it.instrument.generator)[-1]
        it.instrument.playing = True
        write(it, 1000)
        assert (it.instrument.generator.text, temperatures(it.instrument.generator)) == (before, heats)
        assert not it.instrument.playing
        write(it, 5)  # by hand, at the last temperature
        assert len(it.instrument.generator.text) == len(before) + 5
        assert it.instrument.generator is generator
        assert temperatures(it.instrument.generator)[-1] == heats[-1] == it.instrument.params.temperature


async def test_another_seed_and_another_checkpoint_are_ridden_at_the_same_temperatures(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    kept_run()
    async with play() as it:
        before, heats = await ridden(it)
        await answer(it, "s")
        write(it, 1000)
        assert temperatures(it.instrument.generator) == heats
        assert it.instrument.generator.text != before
        assert it.instrument.generator.prompt == "to "
        await it.press("A", "c")
        await it.until(lambda: it.screen.query("_Answers") and "kept-1, step 500" in it.seen())
        await it.press("enter")
        await it.until(lambda: "kept-1" in it.instrument.generator.source)
        it.instrument.playing = False
        write(it, 1000)
        assert temperatures(it.instrument.generator) == heats
        assert it.instrument.generator.prompt == "to "
        assert it.instrument.origin.run == "kept-1"


@pytest.mark.parametrize("leave", ["slider", "escape", "typed", "anew"])
async def test_a_ride_can_be_left_at_any_character(play: Play, leave: str) -> None:
    async with play() as it:
        text = it.main.text
        before, _ = await ridden(it)
        text.controls.speed.value = 1.0  # what the clock writes meanwhile must not come to the ride's end
        await answer(it, "r")
        write(it, 30)
        assert "Replaying" in it.seen()
        if leave == "slider":
            await it.press("left_square_bracket")
        elif leave == "escape":
            await it.press("escape")
        elif leave == "typed":
            it.instrument.generator.write("and ")
        else:
            await it.press("a")
        stands, heat = it.instrument.generator.text, it.instrument.params.temperature
        write(it, 100)
        assert len(it.instrument.generator.text) == len(stands) + 100
        assert set(temperatures(it.instrument.generator)[len(stands) - len("to ") :]) == {heat}
        assert not it.instrument.generator.text.startswith(before)
        await it.until(lambda: "Replaying" not in it.seen())


async def test_ride_files_go_both_ways(
    play: Play, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with play() as it:
        before, heats = await ridden(it)
        await answer(it, "w")
        await it.until(lambda: list(home.texts.glob(f"*{ENDING}")))
    (kept,) = kept_rides(home.texts)
    again = tmp_path / "again.json"
    assert run(["--home", str(home.root), "sample", "demo", "--ride", str(kept), "--save-ride", str(again)]) == 0
    assert capsys.readouterr().out.rstrip("\n") == before.rstrip("\n")
    assert read_ride(again) == read_ride(kept)
    async with play() as it:
        write(it, 10)
        await it.press("A", "o")
        await it.until(lambda: kept.name in it.seen())
        await it.press("f")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        it.screen.query_one(Input).value = str(again)
        await it.press("enter")
        await it.until(lambda: it.screen is it.main)
        it.instrument.playing = False
        write(it, 1000)
        assert (it.instrument.generator.text, temperatures(it.instrument.generator)) == (before, heats)


async def test_what_is_no_ride_is_one_sentence(play: Play, home: Home) -> None:
    (home.texts / f"broken{ENDING}").write_text("{}")
    async with play() as it:
        write(it, 5)
        before = it.instrument.generator.text
        await it.press("A", "o", "enter")
        await it.until(lambda: "ride" in it.seen().splitlines()[-2])
        assert it.instrument.generator.text == before


async def test_a_passage_is_the_prompt_and_the_truth_stands_beside_it(play: Play) -> None:
    async with play() as it:
        text, whole = it.main.text, it.main.playground.corpora.corpus.text()
        seed, length = it.instrument.generator.params.seed, it.instrument.generator.model.recipe.sequence_length
        assert isinstance(length, int)
        for number in range(2):
            await it.press("r")
            chosen = choose(whole, "passage", seed=seed, number=number, length=min(length, 100))
            await it.until(lambda: it.instrument.generator.prompt == chosen.prompt)  # noqa: B023 - awaited at once
            assert whole[chosen.start :].startswith(chosen.prompt + chosen.truth)
            await it.until(lambda: f"goes on: {' '.join(chosen.truth.split()[:2])}"[:16] in it.seen())  # noqa: B023
        assert text.truth.display
        sheet = text.sheet
        write(it, 3)
        lines = [sheet.text.wrapped.line(line) for line in range(len(sheet.text.wrapped.starts))]
        assert text.sheet.gone + next(line.start for line in lines if line.stop > len(chosen.prompt)) == len(
            chosen.prompt
        )  # what the model writes begins a line
        it.instrument.restart(prompt="else")
        it.main._after_command()
        assert not text.truth.display


async def test_it_holds_where_the_text_ends_with_a_stop_text(play: Play) -> None:
    async with play() as it:
        it.begin("", 0.5)
        lone = TextGenerator(it.instrument.generator.model, params=it.instrument.generator.params)
        lone.advance(most=2000)
        await it.press("H")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        it.screen.query_one(Input).value = r"zzz|the |.\n"
        await it.press("enter")
        await it.until(lambda: it.screen is it.main)
        it.instrument.playing = True
        write(it, 2000)
        assert not it.instrument.playing
        drawn = lone.text[: len(it.instrument.generator.text)]
        assert it.instrument.generator.text == drawn
        assert drawn.endswith(("the ", ".\n"))
        assert "the " not in drawn[:-1]
        assert ".\n" not in drawn[:-1]
        it.instrument.playing = True
        write(it, 2000)
        assert len(it.instrument.generator.text) > len(drawn)
        await it.press("H")
        await it.until(lambda: isinstance(it.screen, TextInputDialog))
        assert it.screen.query_one(Input).value == r"zzz|the |.\n"
        it.screen.query_one(Input).value = "|"
        await it.press("enter")
        await it.until(lambda: it.screen is it.main)
        before = len(it.instrument.generator.text)
        write(it, 500)
        assert len(it.instrument.generator.text) == before + 500


async def test_settings_change_with_the_ride_filters_too(play: Play) -> None:
    async with play() as it:
        text = it.main.text
        it.begin("", 0.5)
        settings = it.instrument.generator.params
        ride = Recording("", 20, ((0, settings), (10, replace(settings, top_k=3, temperature=1.1))))
        it.instrument.replay(ride)
        it.instrument.playing = False
        write(it, 11)
        assert text.filters.top_k.value == 3
        assert it.instrument.params.temperature == pytest.approx(1.1)
        assert it.instrument.params == ride.changes[1][1]


@given(st.integers(0, 10**8))
def test_the_step_in_the_margin_is_whole_whatever_it_is(step: int) -> None:
    shown = step_of(f"live, step {step:,}")
    assert len(shown) < MARGIN
    exact = int(shown.replace(",", "").replace("k", "000"))
    assert exact == (step if step < 1_000_000 else step // 1000 * 1000)
