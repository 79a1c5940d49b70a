"""A fault of the screen's own costs no training."""

import asyncio
import sys
from typing import Any

import pytest
from played import Play
from scripted_trainer import ScriptedTrainer
from textual.pilot import Pilot

from charplay.cli import play
from charplay.runs.home import Home
from charplay.tui.app import CharplayApp
from charplay.tui.dialogs.explorer import ExplorerScreen


def test_a_screen_that_breaks_down_has_the_run_saved_before_the_program_ends(
    monkeypatch: pytest.MonkeyPatch, home: Home, trainer: ScriptedTrainer, capfd: pytest.CaptureFixture[str]
) -> None:
    async def break_down(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, CharplayApp)
        main = pilot.app._main
        while not main.furnished or main.form.draft is None or main.playground.corpora.corpus is None:
            await asyncio.sleep(0.01)
        main.action_run_command("training.train")
        while not trainer.requests:
            await asyncio.sleep(0.01)
        trainer.put(trainer.started(), trainer.progress(100))
        while main.playground.runs.state.status != "training":
            await asyncio.sleep(0.01)
        main.call_later(lambda: 1 / 0)

    run = CharplayApp.run
    monkeypatch.setattr(CharplayApp, "run", lambda app: run(app, headless=True, size=(100, 30), auto_pilot=break_down))
    monkeypatch.setattr(play, "_open_training", trainer)
    monkeypatch.setattr(play, "_list_devices", list)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")

    assert play.play(str(home.root), str(home.corpora / "fox.txt")) == 1
    assert trainer.commands[-1].reason == "the screen broke down"
    assert trainer.at_work == 0
    assert "the screen broke down; the details are in" in capfd.readouterr().err


async def test_what_trips_while_it_is_taken_away_is_told_to_the_log_alone(
    play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    async with play() as it:
        await it.press("1", "v")
        await it.until(lambda: isinstance(it.screen, ExplorerScreen))
        preview = it.screen

        async def trip_late() -> None:
            while not preview._pruning:
                await asyncio.sleep(0)
            raise LookupError("nothing is here any more")

        preview.call_later(lambda: preview.run_worker(trip_late()))
        await it.press("escape")
        await it.until(lambda: "nothing is here any more" in caplog.text)
        assert it.app.is_running
        assert it.app.return_code is None
