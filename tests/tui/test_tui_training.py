"""The chart and what stands under it, as runs come and go."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from played import Play, Played

from charplay.formatting.loss_units import UNITS
from charplay.playground.chart_quantities import QUANTITIES
from charplay.protocol.commands import PublishWeights
from charplay.protocol.events import Changed, Evaluated, Failed, Finished, Sampled, Stopped
from charplay.recipes.network import whole
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.tui.dialogs.reader import ReaderDialog
from charplay.tui.dialogs.samples import SamplesDialog


def steps(it: Played) -> NDArray[np.float64]:
    return it.main.playground.runs.history.curves.points("train_loss")[0]


async def test_a_run_that_is_taken_up_has_its_own_curve_and_no_other(play: Play, kept_run: Callable[..., Run]) -> None:
    run = kept_run()
    async with play() as it:
        await it.training()
        await it.until(
            lambda: len(steps(it)) and it.main.playground.runs.history.curves.points("train_loss")[1].max() > 2.5
        )
        await it.press("x")
        await it.until(lambda: it.main.playground.runs.state.status == "stopped")
        it.main.playground.launcher.resume("kept-1")
        await it.until(lambda: len(it.trainer.requests) == 2)
        run.append("metrics", [{"step": 600, "epoch": 1.2, "seconds": 30.0, "train_loss": 9.0}])  # past the save
        it.trainer.put(it.trainer.started(step=500))
        await it.until(lambda: set(steps(it)) == {100, 200, 300, 400, 500})
        x, y = it.main.playground.runs.history.curves.points("train_loss", "characters")
        assert x[-1] == 500 * whole(run.resolved, "batch_size") * whole(run.resolved, "sequence_length")
        assert set(y) == {2.0}


async def test_in_a_pause_the_weights_that_write_already_are_not_told_again(play: Play) -> None:
    async with play(writing=True) as it:
        text = it.main.text
        demo = it.instrument.generator.model
        await it.training()
        await it.until(lambda: "live, step 100" in it.seen())
        await it.press("p")

        async def asked_again() -> None:
            before = it.trainer.commands.count(PublishWeights())
            await it.until(lambda: it.trainer.commands.count(PublishWeights()) > before + 1)

        await asked_again()
        marks = list(text.sheet.text.marks)
        await asked_again()
        assert text.sheet.text.marks == marks
        generator = it.instrument.generator
        generator.swap_model(demo, "demo")  # as a branch has it that goes back to before the run
        await it.until(lambda: generator.source == "live, step 100")
        assert text.sheet.text.marks == [*marks, "100"]


@pytest.mark.parametrize("take_off", [("c",), ("4", "d"), ("d", "d")])
async def test_the_runs_that_are_marked_are_those_on_the_chart_whoever_takes_one_off(
    play: Play, kept_run: Callable[..., Run], take_off: Any
) -> None:
    kept_run(finished=True)
    async with play() as it:
        await it.until(lambda: it.main.runs.rows.number() == 2)
        await it.press("3", "c")
        await it.until(lambda: "○ kept-1" in it.seen())
        await it.press(*take_off)
        await it.until(lambda: "○ kept-1" not in it.seen())
        assert it.main.runs.rows.markers == it.main.playground.chart.markers == {}


def edges(it: Played) -> tuple[str, str]:
    """What is written on the chart's border, above and below."""
    region, lines = it.main.training.region, it.seen().splitlines()
    return lines[region.y], lines[region.bottom - 1]


@pytest.mark.parametrize("number", [1, 2, 5])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
async def test_the_chart_names_its_quantity_and_each_run_by_the_marker_that_the_list_shows(
    play: Play, kept_run: Callable[..., Run], width: int, number: int
) -> None:
    names = [f"a-text-with-a-long-name-lstm-1x256-{at:02d}" for at in range(number)]
    for name in names:
        kept_run(name=name, finished=True)
    async with play((width, 40)) as it:
        await it.until(lambda: it.main.runs.rows.number() == number + 1)
        await it.press("3", "home", *["c", "down"] * number)
        await it.until(lambda: len(it.main.playground.chart.markers) == number)
        markers = it.main.playground.chart.markers
        for name, marker in markers.items():
            await it.until(lambda: re.search(rf"{marker} a-text\S+{name[-2:]} ", it.seen()))  # noqa: B023
        await it.press("4")
        for key in "v" * len(QUANTITIES) + "U" * len(UNITS):
            above, below = edges(it)
            assert f" {it.main.training._title} " in above
            assert all(f"{name[-2:]} {marker}" in below for name, marker in markers.items())
            await it.press(key)
        assert "train ⠶  held-out ●" in edges(it)[0]
        assert markers == {each.name: each.marker for each in it.main.training.chart._series[:number]}


async def test_the_learning_rate_can_be_moved_only_while_something_trains(play: Play) -> None:
    async with play() as it:
        training = it.main.training
        await it.press("4", "right")
        assert training.chart.has_focus
        assert not training.strip.rate.display
        await it.training()
        await it.until(lambda: training.strip.rate.has_focus)
        it.trainer.put(Finished(step=100, run=it.trainer.run.name, checkpoint="x", train_loss=1.2, val_loss=1.5,
                                val_loss_cold=1.6, steps=100))  # fmt: skip
        await it.until(lambda: training.chart.has_focus)
        assert not training.strip.rate.display


def moved(step: int, old: float, new: float) -> Changed:
    return Changed(step=step, field="learning_rate", old=old, new=new)


def undone(step: int) -> Changed:
    return Changed(step=step, field="undo", old=step, new=step)


async def test_the_learning_rate_shows_what_is_also_where_it_was_changed_elsewhere_or_taken_back(play: Play) -> None:
    async with play() as it:
        await it.training()
        await it.press("4")
        slider, live = it.main.training.strip.rate, it.main.playground.runs.state
        it.trainer.put(moved(100, 0.005, 0.015))
        await it.until(lambda: slider.has_focus and slider.value == 0.015)
        await it.press("right")
        higher = slider.value
        await it.until(lambda: live.peak_rate == higher > 0.015)
        it.trainer.put(undone(100), moved(100, higher, 0.015))
        await it.until(lambda: slider.value == 0.015)


async def test_the_learning_rate_stays_where_it_is_moved_to_until_the_trainer_has_heard_of_it(play: Play) -> None:
    async with play() as it:
        await it.training()
        it.trainer.deaf = True
        await it.press("4", "right", "right", "right")
        strip, live = it.main.training.strip, it.main.playground.runs.state
        asked = strip.rate.value
        assert live.peak_rate
        it.trainer.put(moved(100, live.peak_rate, asked / 2), it.trainer.progress(200))  # heard of what came before
        await it.until(lambda: live.peak_rate == asked / 2 and "step 200/" in it.seen())
        assert strip.rate.value == asked
        it.trainer.put(moved(200, asked / 2, asked), moved(200, asked, 0.001))
        await it.until(lambda: strip.rate.value == 0.001)


async def test_the_values_under_the_chart_are_of_one_text_and_as_many_as_fit(play: Play) -> None:
    async with play((200, 50)) as it:
        await it.training()

        def values() -> str:
            return it.main.training.strip._shown_values

        await it.until(lambda: values().startswith("train") and "accuracy 50%" in values())
        it.trainer.put(Evaluated(step=100, seconds=5.0, epoch=0.2, val_loss=1.9, val_accuracy=0.4, best=True))
        await it.until(lambda: values().startswith("val 1.900 nats") and "accuracy 40%" in values())
        await it.pilot.resize_terminal(80, 24)
        await it.until(lambda: "accuracy" not in values())
        await it.pilot.resize_terminal(200, 50)
        await it.until(lambda: "accuracy 40%" in values())
        it.trainer.put(Finished(step=100, run=it.trainer.run.name, checkpoint="x", train_loss=1.2, val_loss=1.8,
                                val_loss_cold=1.9, steps=100))  # fmt: skip
        await it.until(lambda: values().startswith("best val 1.800 nats") and "accuracy" not in values())


async def test_the_reference_lines_are_of_the_text_of_the_run_that_is_drawn(play: Play, home: Home) -> None:
    (home.corpora / "other.txt").write_text("ab" * 300)
    async with play() as it:
        await it.until(lambda: "blind guessing 3.33" in it.seen())
        it.main.playground.corpora.choose("other")
        await it.until(lambda: "blind guessing 0.69" in it.seen())
        it.main.playground.corpora.choose("fox")
        await it.until(lambda: "blind guessing 3.33" in it.seen())
        await it.until(lambda: "letter frequencies 2.94" in it.seen())
        await it.training()
        await it.until(lambda: "blind guessing 3.33" in it.seen())
        it.main.playground.corpora.choose("other")
        await it.until(lambda: len(it.main.playground.corpora.corpus or "") == 600)
        await it.pilot.pause(0.6)
        assert "blind guessing 3.33" in it.seen()


async def test_what_the_held_out_loss_is_worth_stands_below_the_chart_where_it_fits(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    run = kept_run(name="own")
    async with play((190, 50)) as it:
        await it.training()
        it.trainer.put(replace(it.trainer.started(), run="own", folder=str(run.folder)))
        await it.until(lambda: it.main.playground.ruler.all_lines)
        it.trainer.put(Evaluated(step=100, seconds=5.0, epoch=0.2, val_loss=2.2, val_accuracy=0.4, best=True))
        await it.until(lambda: "better than letter frequencies" in it.seen())
        assert "about 9 choices" not in it.seen()
        await it.pilot.resize_terminal(260, 50)
        await it.until(lambda: "2.20 nats: about 9 choices a character; better than letter frequencies" in it.seen())
        await it.pilot.resize_terminal(80, 24)
        await it.until(lambda: "better than" not in it.seen())
        await it.press("4", "i")
        await it.until(lambda: isinstance(it.screen, ReaderDialog))
        await it.until(lambda: "2.20 nats: about 9 choices a character" in it.seen() and "2-gram" in it.seen())


async def test_where_nothing_is_held_out_the_key_says_that_nothing_is_known(play: Play) -> None:
    async with play() as it:
        it.main.form.draft.set("validation_fraction", "0")
        await it.until(lambda: not it.main.playground.ruler.all_lines)
        await it.press("4", "i")
        await it.until(lambda: "Nothing is known of this text" in it.seen())


async def test_rounds_of_samples_are_gone_through_and_the_newest_is_followed(play: Play) -> None:
    def sampled(step: int, **over: Any) -> Sampled:
        return Sampled(step=step, epoch=step / 500, **{"temperature": 0.5, "prompt": "the ", "text": "fox", **over})

    async with play() as it:
        await it.press("4", "v")
        await it.until(lambda: "No sample was written yet" in it.seen())
        await it.training()
        it.trainer.put(sampled(100, text="long ago"), sampled(200, text="a \x1b[31mdog\nbarks", truth="lazy dog"),
                       sampled(200, temperature=1.0, text="a cat"))  # fmt: skip
        await it.until(lambda: len(it.main.playground.runs.history.samples.newest) == 2)
        await it.press("v")
        assert isinstance(it.screen, SamplesDialog)
        await it.until(lambda: "a cat" in it.seen())
        for told in ("step 200, epoch 0.40: 2 of 2, the newest is followed", "temperature 0.5", "temperature 1",
                     "barks", "lazy dog", "the "):  # fmt: skip
            assert told in it.seen()
        assert re.search(r"text +truth", it.seen())
        assert "long ago" not in it.seen()
        assert "\x1b" not in it.seen()
        it.trainer.put(sampled(300, text="newer still"))
        await it.until(lambda: "newer still" in it.seen())
        await it.press("shift+left")
        await it.until(lambda: "long ago" in it.seen() and "step 100, epoch 0.20: 1 of 3" in it.seen())
        it.trainer.put(sampled(400, text="unseen"))
        await it.until(lambda: "1 of 4" in it.seen())
        assert "unseen" not in it.seen()
        await it.press("right")
        await it.until(lambda: "step 200" in it.seen())


@pytest.mark.parametrize("end", [Stopped(step=100, reason="asked", run="r"), Failed(step=100, message="It broke.")])
async def test_what_has_ended_is_not_called_live(play: Play, end: Stopped | Failed) -> None:
    async with play(writing=True) as it:
        await it.main.workers.wait_for_complete()
        it.main.action_run_command("training.train")
        await it.until(lambda: it.trainer.requests)
        it.trainer.put(it.trainer.started(), it.trainer.progress(100))
        await it.until(lambda: "live, step" in it.seen())
        it.trainer.put(end)
        await it.until(lambda: not it.main.playground.runs.state.busy)
        await it.until(lambda: f"{it.trainer.run.name}, step" in str(it.main.text.border_title))
        assert "live" not in str(it.main.text.border_title)


async def test_a_text_that_has_changed_is_asked_about(play: Play, kept_run: Callable[..., Run]) -> None:
    kept_run()
    async with play() as it:
        it.main.playground.launcher.resume("kept-1")
        await it.until(lambda: it.trainer.requests)
        it.trainer.put(Failed(message="fox is not the text that kept-1 began with.", changed_text=True))
        await it.until(lambda: "go on with the text as it is now" in it.seen())
        await it.press("b")
        assert len(it.trainer.requests) == 1
        it.main.playground.launcher.resume("kept-1")
        await it.until(lambda: len(it.trainer.requests) == 2)
        it.trainer.put(Failed(message="fox is not the text that kept-1 began with.", changed_text=True))
        await it.until(lambda: "go on with the text as it is now" in it.seen())
        await it.press("g")
        await it.until(lambda: len(it.trainer.requests) == 3)
        assert [request.changed_text for request in it.trainer.requests] == [False, False, True]
        assert it.trainer.requests[2].resume == it.trainer.requests[1].resume


async def test_details_show_a_run_whole_and_the_list_marks_what_writes_and_what_is_liked(
    play: Play, kept_run: Callable[..., Run]
) -> None:
    run = kept_run(name="liked-1", finished=True)
    assert run.best is not None
    run.keep_snapshot(read_checkpoint(run.best), 2.5)
    async with play((120, 40)) as it:
        await it.until(lambda: it.main.runs.rows.number() == 2)
        await it.press("3", "home", "asterisk")
        await it.until(lambda: re.search(r" ★liked-1 ", it.seen()))
        await it.press("i")
        await it.until(lambda: "snapshot" in it.seen())
        assert re.search(r"best +step 500  epoch 1\.00  held-out 2\.100", it.seen())
        assert re.search(r"hidden_size +12", it.seen())
        await it.press("down", "down", "enter")
        await it.until(lambda: re.search(r"▸liked-1 ", it.seen()))
        assert it.main.playground.instrument.origin.path == str(run.snapshots[0])
        await it.press("slash", *"nosuch", "enter")
        await it.until(lambda: "Runs /nosuch" in it.seen())
        assert it.main.runs.rows.number() == 0
