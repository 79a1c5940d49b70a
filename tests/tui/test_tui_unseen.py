"""While the terminal is behind nobody sees what would be drawn, and nothing is written and asked for nobody."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from played import Play, Played
from textual.timer import Timer

from charplay.protocol.commands import PublishWeights
from charplay.tui.screens import main
from charplay.tui.textual_patches.backpressure import Ticker
from charplay.tui.textual_patches.patched_app import PatchedApp
from charplay.tui.widgets import chart


class StandsStill:
    """A terminal that is behind, and takes everything when the test says so."""

    fileno = None
    behind = stuck = False

    def __init__(self) -> None:
        self.waiting: list[Callable[..., Any]] = []

    def write(self, data: str) -> None:
        """Take what is no frame."""
        assert not self.behind

    def once_caught_up(self, then: Callable[..., Any]) -> None:
        self.waiting.append(then)

    def take(self) -> None:
        self.behind = False
        for then in self.waiting:
            then()
        self.waiting = []


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> StandsStill:
    """What the app takes for its terminal."""
    terminal = StandsStill()
    monkeypatch.setattr(PatchedApp, "terminal", property(lambda _: terminal))
    return terminal


def clocks_standing(it: Played) -> list[bool]:
    timers = it.app.backpressure._timers
    return [
        not each._active.is_set() if isinstance(each, Timer) else isinstance(each, Ticker) and each.paused
        for each in timers
    ]


@pytest.mark.fault("17", "18")
async def test_what_nobody_sees_waits_until_the_terminal_reads_on(
    play: Play, terminal: StandsStill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "UNSEEN_TICK", 60)  # as if it were not there: on a crowded machine its turn may come
    async with play(writing=True) as it:
        await it.training()
        await it.until(lambda: it.main.playground.follower.following and len(it.instrument.generator.transcript) > 2)
        terminal.behind = True
        await it.until(lambda: all(clocks_standing(it)))
        generator, plot = it.instrument.generator, it.main.training.chart
        written, drawn, asked = len(generator.transcript), plot._grid, it.trainer.commands.count(PublishWeights())
        it.trainer.put(it.trainer.progress(900))
        await asyncio.sleep(2 * chart.REPAINT_SECONDS)
        assert len(generator.transcript) == written
        assert plot._grid is drawn
        assert it.trainer.commands.count(PublishWeights()) == asked
        terminal.take()
        await it.until(lambda: len(generator.transcript) > written and plot._grid is not drawn)
        assert it.main.playground.runs.state.step == 900
        assert not any(clocks_standing(it))


@pytest.mark.fault("17")
async def test_a_run_that_waits_for_its_turn_has_it_though_nobody_sees(
    play: Play, terminal: StandsStill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main, "UNSEEN_TICK", 0.8)
    async with play(writing=True) as it:
        await it.training()
        terminal.behind = True
        await it.until(lambda: all(clocks_standing(it)))
        await it.press("t", "s")
        await it.until(lambda: len(it.trainer.requests) == 2)
        assert all(clocks_standing(it)), "and still nobody looks"
