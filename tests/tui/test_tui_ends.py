"""What lies over the screen about a run goes when the run has ended; what takes a while has a name in the header."""

from typing import Any

import pytest
from played import Play, Played

from charplay.playground.corpus_selection import CorpusSelection
from charplay.protocol.events import Changed, Event, Failed, Finished, Paused, Stopped, Working
from charplay.tui.dialogs.choice import ChoiceDialog


def end(it: Played, kind: type[Event]) -> Event:
    run: Any = it.trainer.run
    if kind is Finished:
        return Finished(
            step=100, run=run.name, checkpoint="x", train_loss=1.2, val_loss=1.5, val_loss_cold=1.6, steps=100
        )
    return Failed(step=100, message="It broke.") if kind is Failed else Stopped(step=100, reason="asked", run=run.name)


@pytest.mark.parametrize("kind", [Finished, Failed, Stopped])
@pytest.mark.parametrize("key", ["t", "q"])
async def test_a_question_about_a_run_goes_when_the_run_has_ended(play: Play, key: str, kind: type[Event]) -> None:
    async with play() as it:
        await it.training()
        await it.press(key)
        await it.until(lambda: isinstance(it.screen, ChoiceDialog))
        asked = it.screen
        assert "Training is under way" in it.seen()
        it.trainer.put(end(it, kind))
        await it.until(lambda: it.screen is not asked and not it.main.playground.runs.busy)
        assert not it.app._exit
        assert len(it.trainer.requests) == 1
        if it.screen is not it.main:  # what can be done after a failure
            await it.press("escape")
        await it.press("t")
        await it.until(lambda: len(it.trainer.requests) == 2)


async def test_what_is_asked_about_a_pause_goes_when_the_run_has_ended(play: Play) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(Paused(step=100, reason="numbers went bad"))
        await it.until(lambda: isinstance(it.screen, ChoiceDialog))
        it.trainer.put(end(it, Stopped))
        await it.until(lambda: it.screen is it.main)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_evaluation_is_no_hang(play: Play, size: tuple[int, int]) -> None:
    async with play(size) as it:
        await it.training()
        it.trainer.put(it.trainer.progress(3000), Working(step=3000, phase="measuring the held-out text", share=0.25))
        await it.until(lambda: "step 3,000/3,000  measuring the held-out text 25 %" in it.seen())
        assert "0:00 left" not in it.seen()
        it.trainer.put(Working(step=3000, phase=""))
        await it.until(lambda: "0:00 left" in it.seen())


async def test_a_text_that_is_read_is_named_in_the_header_while_nothing_trains(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with play() as it:
        monkeypatch.setattr(CorpusSelection, "reading", "reading the text 34 %")
        await it.until(lambda: "● reading the text 34 %" in it.seen())
        await it.training()
        await it.until(lambda: "● training  step 100" in it.seen() and "reading the text" not in it.seen())
        monkeypatch.setattr(CorpusSelection, "reading", "")
        it.trainer.put(end(it, Finished))
        await it.until(lambda: "● finished" in it.seen())


async def test_no_rate_is_shown_before_the_run_has_told_its_own(play: Play) -> None:
    async with play() as it:
        strip = it.main.training.strip
        await it.press("4", "t")
        await it.until(lambda: it.main.playground.runs.busy)
        await it.pilot.pause()
        assert not strip.rate.display
        assert it.main.training.chart.has_focus
        started = it.trainer.started()
        it.trainer.put(started, it.trainer.progress(100))
        await it.until(lambda: strip.rate.display)
        assert strip.rate.value == started.recipe["learning_rate"]


@pytest.mark.parametrize(("rate", "shown"), [(10.0, "1e1"), (0.00123, "1.23e-3"), (1e-7, "1e-7"), (100.0, "1e2")])
async def test_the_rate_on_the_slider_is_the_runs(play: Play, rate: float, shown: str) -> None:
    async with play() as it:
        await it.training()
        it.trainer.put(Changed(step=100, field="learning_rate", old=0.005, new=rate))
        await it.until(lambda: it.main.training.strip.rate.value == rate)
        await it.pilot.pause()
        line = next(line for line in it.seen().splitlines() if "learning rate ━" in line or "learning rate ●" in line)
        assert f" {shown} " in line
