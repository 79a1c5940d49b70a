"""Nothing is painted, and no visible timer runs, while the terminal is behind; one frame catches up."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.app import App
from textual.widget import Widget
from textual.widgets import Static

from charplay.tui.textual_patches.backpressure import Ticker, set_visible_interval
from charplay.tui.textual_patches.patched_app import PatchedApp

TICK = 0.02


class Slow:
    """A terminal that catches up when the test says so."""

    behind = False

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def once_caught_up(self, then: Callable[..., Any]) -> None:
        self.asked.append(then)


class Ticking(PatchedApp):
    """Counts what a visible clock and one that is not do, and keeps the frames that Textual was given to send."""

    terminal = None

    def __init__(self) -> None:
        super().__init__()
        self.label, self.seen, self.unseen = Static("0"), 0, 0
        self.terminal = Slow()

    def compose(self) -> Iterator[Widget]:
        yield self.label

    def on_mount(self) -> None:
        set_visible_interval(self.label, TICK, self.tick)
        self.set_interval(TICK, self.count)

    def tick(self) -> None:
        self.seen += 1
        self.label.update(str(self.seen))

    def count(self) -> None:
        self.unseen += 1


@pytest.fixture
def frames(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The frames that Textual was given to send."""
    sent, display = [], App._display
    monkeypatch.setattr(App, "_display", lambda app, *frame: (sent.append(frame), display(app, *frame))[1])
    return sent


async def until(holds: Callable[..., Any]) -> None:
    for _ in range(600):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


@pytest.mark.fault("17")
async def test_nobody_looks_at_a_terminal_that_stands_still_and_one_frame_catches_up(frames: list[Any]) -> None:
    app = Ticking()
    async with app.run_test():
        await until(lambda: app.seen > 2 and frames)
        app.terminal.behind = True
        await until(lambda: app.terminal.asked)
        seen, unseen, sent = app.seen, app.unseen, len(frames)
        await until(lambda: app.unseen > unseen + 10)
        assert app.seen == seen
        assert len(frames) == sent
        assert len(app.terminal.asked) == 1, "it was asked once, and tells"
        app.terminal.behind = False
        app.terminal.asked.pop()()
        await until(lambda: app.seen > seen)
        assert len(frames) > sent
        assert not app.terminal.asked


@pytest.mark.fault("17", "18")
async def test_a_terminal_that_is_behind_again_at_once_is_waited_for_again(frames: list[Any]) -> None:
    app = Ticking()
    async with app.run_test():
        await until(lambda: frames)
        app.terminal.behind = True
        for _ in range(3):
            await until(lambda: app.terminal.asked)
            sent = len(frames)
            app.terminal.asked.pop()()
        await until(lambda: app.terminal.asked)
        assert len(frames) == sent
        app.terminal.behind = False
        app.terminal.asked.pop()()
        await until(lambda: len(frames) > sent)


async def test_a_timer_that_begins_meanwhile_stands_too(frames: list[Any]) -> None:
    app = Ticking()
    async with app.run_test():
        await until(lambda: frames)
        app.terminal.behind = True
        await until(lambda: app.terminal.asked)
        ticks: list[Any] = []
        set_visible_interval(app.label, TICK, lambda: ticks.append(True))
        await asyncio.sleep(5 * TICK)
        assert not ticks
        app.terminal.behind = False
        app.terminal.asked.pop()()
        await until(lambda: ticks)


async def test_in_an_app_that_knows_nothing_of_it_an_interval_is_an_interval() -> None:
    app: App[None] = App()
    ticks: list[Any] = []
    async with app.run_test():
        set_visible_interval(app.screen, TICK, lambda: ticks.append(True))
        await until(lambda: ticks)


async def test_a_clock_at_rest_ticks_seldom_and_at_once_when_something_moves() -> None:
    app, ticks = Ticking(), list[int]()
    async with app.run_test():
        ticker = Ticker(app.label, TICK, 1000, ticks.append)
        await until(lambda: ticks == [1, 1])
        ticker.quick = False
        await asyncio.sleep(3 * TICK)
        before = len(ticks)
        await asyncio.sleep(10 * TICK)
        assert len(ticks) == before <= 3
        ticker.quick = True
        await until(lambda: len(ticks) > before + 2)
        assert set(ticks) == {1}
        ticker.pause()
        ticker.quick = False
        ticker.quick = True
        await asyncio.sleep(3 * TICK)
        before = len(ticks)
        await asyncio.sleep(5 * TICK)
        assert len(ticks) == before, "who is asked for more while nobody sees it stands still all the same"
        ticker.resume()
        await until(lambda: len(ticks) > before)


async def test_a_clock_at_rest_tells_how_many_ticks_have_passed() -> None:
    app, ticks = Ticking(), list[int]()
    async with app.run_test():
        Ticker(app.label, TICK, 3, ticks.append).quick = False
        await until(lambda: len(ticks) > 2)
        assert set(ticks) <= {1, 3}
        assert ticks[-2:] == [3, 3]
