"""The gauges on the screen: a line that a key shows, and that is painted when it changes."""

from typing import Any

from played import Play

from charplay.playground.gauges import Gauges
from charplay.playground.machine import MachineReading
from charplay.playground.preferences import read_preferences
from charplay.runs.home import Home


async def test_a_key_shows_them_and_the_next_start_has_them_still(play: Play, home: Home) -> None:
    async with play() as it:
        it.main.playground.gauges = Gauges(lambda: MachineReading(0.5, 0.25, 3 * 10**9, 10**9, 8 * 10**9))
        assert "CPU" not in it.seen()
        await it.press("G")
        await it.until(lambda: "CPU 50% (own 25%)   memory 3.0 / 8.0 GB (own 1.0 GB)" in it.seen())
        await it.press("G")
        await it.until(lambda: "CPU" not in it.seen())
        await it.press("G", "q")
        await it.until(lambda: it.app._exit)
    assert read_preferences(home.settings)[0].gauges
    async with play() as it:
        assert it.main.playground.gauges.on


async def test_the_same_line_is_not_painted_again(play: Play) -> None:
    async with play() as it:
        gauges: Any = it.main.gauges
        it.main.gauges.show("CPU 5%")
        await it.pilot.pause()
        painted: list[object] = []
        gauges.refresh = lambda *regions, **_: painted.append(regions) or gauges
        it.main.gauges.show("CPU 5%")
        assert not painted
        it.main.gauges.show("CPU 6%")
        assert painted
