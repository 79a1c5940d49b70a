"""The real program: a run is left from one terminal, which is killed, and taken up from another one."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from detached_runs import begun, charplay, place, status
from hosted import until
from pseudo_terminal import Terminal

from charplay.protocol.exit_codes import HUNG_UP
from charplay.runs.home import Home

__all__ = ["place"]


@pytest.mark.fault("65")
def test_a_run_is_left_its_terminal_killed_and_attached_to_from_another(
    terminal: Callable[..., Terminal], place: dict[str, str]
) -> None:
    run = begun(place)
    until(lambda: run.owner is None, 20)
    first = terminal([sys.executable, "-m", "charplay"], env=place)
    first.wait_for("u continues it", 60)
    first.press("u")
    first.wait_for("● training", 60)
    ours = run.owner
    first.press("D")
    until(lambda: (owner := run.owner) is not None and owner.socket, 60)
    first.wait_for("it outlives this terminal", 30)
    first.hang_up()
    owner = run.owner
    assert ours is not None
    assert owner is not None
    assert owner.pid != ours.pid
    before = status(place)["step"]
    until(lambda: status(place)["step"] > before, 20)
    second = terminal([sys.executable, "-m", "charplay", "attach", "own"], env=place)
    second.wait_for("● training", 60)
    charplay(place, "control", "own", "set", "learning_rate=0.001")
    second.wait_for("1e-3", 30)
    second.press("p")
    until(lambda: status(place)["state"] == "paused", 30)
    second.press("p")
    until(lambda: status(place)["state"] == "training", 30)
    second.press("x")
    until(lambda: run.owner is None, 30)
    assert [row["new"] for row in run.changes()] == [0.001]
    steps = [row["step"] for row in run.metrics()]
    assert steps == list(range(1, len(steps) + 1))


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
    until(lambda: status(place)["state"] == "training", 60)
    charplay(place, "control", "own", "stop")
