"""The real program: a run is left from one terminal, which is killed, and taken up from another one."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from detached_runs import TINY, begun, charplay, place, status
from hosted import until
from pseudo_terminal import Terminal
from trainings import commands_of, difference, replay, stop_at

from charplay.protocol.exit_codes import HUNG_UP
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.home import Home
from charplay.runs.run import Run

__all__ = ["place"]


@pytest.mark.fault("64", "65")
@pytest.mark.timeout(240)
def test_a_run_that_is_left_and_steered_from_another_terminal_is_to_the_bit_a_headless_one(
    terminal: Callable[..., Terminal], place: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = left_from_the_screen(terminal, place)
    attach = [sys.executable, "-m", "charplay", "attach", run.name]
    second = terminal(attach, env=place)
    second.wait_for("● training", 60)
    second.hang_up()  # whoever looks on may go at any moment
    third = terminal([sys.executable, "-m", "charplay"], env=place)  # where it is one of the runs in the list
    third.wait_for("trains on its own", 60)
    third.press("3", "r")
    third.wait_for("● training", 60)
    charplay(place, "control", run.name, "set", "learning_rate=0.001")
    third.wait_for("1e-3", 30)
    third.press("p")
    until(lambda: status(place, run)["state"] == "paused", 30)
    charplay(place, "control", run.name, "set", "clip_norm=0.5")
    third.press("p")
    until(lambda: status(place, run)["state"] == "training", 30)
    third.press("x")
    until(lambda: run.owner is None, 30)
    assert [(row["field"], row["new"]) for row in run.changes()] == [("learning_rate", 0.001), ("clip_norm", 0.5)]
    assert len(list(run.metrics())) > 100
    assert difference(run, headless(run, place, monkeypatch)) == ""


def left_from_the_screen(terminal: Callable[..., Terminal], place: dict[str, str]) -> Run:
    """A run that was begun on the screen and left from it, on a terminal that was killed then."""
    home = Home(Path(place["CHARPLAY_HOME"]))
    (home.presets / "small.toml").write_text("\n".join(["steps = 1000000", 'device = "cpu"', *TINY, ""]))
    home.settings.write_text(json.dumps({"preset": "small", "corpus": "fox"}))
    first = terminal([sys.executable, "-m", "charplay"], env=place)
    first.wait_for("parameters,", 60)
    first.press("t")
    first.wait_for("● training", 60)
    run = Run.open(next(home.checkpoints.glob("[!.]*")))
    ours = run.owner
    first.press("D")
    until(lambda: (owner := run.owner) is not None and owner.socket, 60)
    first.wait_for("it outlives this terminal", 30)
    first.hang_up()
    owner = run.owner
    assert ours is not None
    assert owner is not None
    assert owner.pid != ours.pid
    before = status(place, run)["step"]
    until(lambda: status(place, run)["step"] > before, 20)
    return run


def headless(run: Run, place: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The run of the same recipe that had the same changes at the same steps, and ended at the same one."""
    from charplay.training import step_reporter
    from charplay.training.run_training import open_training

    monkeypatch.setattr(step_reporter, "REPORT_SECONDS", 0.0)
    last, give = stop_at(run.newest_metrics()["step"]), replay(commands_of(run))
    inbox, home = CommandQueue(), place["CHARPLAY_HOME"]
    for event in open_training(TrainRequest(home=home, recipe=run.asked.model_dump(), name="headless"), inbox):
        give(event, inbox)
        last(event, inbox)
    return Run.open(Path(home) / "checkpoints" / "headless")


@pytest.mark.fault("65")
def test_a_link_that_is_lost_leaves_the_run_where_the_settings_say_so(
    terminal: Callable[..., Terminal], place: dict[str, str]
) -> None:
    run = begun(place)
    until(lambda: run.owner is None, 20)
    Home(Path(place["CHARPLAY_HOME"])).user_settings.write_text('on_hangup = "detach"\n')
    first = terminal([sys.executable, "-m", "charplay"], env=place)
    first.wait_for("u continues it", 60)
    first.press("u")
    first.wait_for("● training", 60)
    first.hang_up()
    until(lambda: (owner := run.owner) is not None and owner.socket, 60)
    assert first.wait(60) == HUNG_UP
    until(lambda: status(place, run)["state"] == "training", 60)
    charplay(place, "control", "own", "stop")
