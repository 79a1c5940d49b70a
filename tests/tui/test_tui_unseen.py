"""While the terminal is behind nobody sees what would be drawn, and nothing is written and charted for nobody."""

import asyncio

import pytest

from charplay.tui.panes import text_writing
from charplay.tui.widgets import chart


@pytest.mark.fault("17", "18")
async def test_what_nobody_sees_waits_until_the_terminal_reads_on(play, monkeypatch):
    async with play(writing=True) as it:
        await it.training()
        await it.until(lambda: it.main.source.following and len(it.main.text.player.tape) > 2)
        for module in (text_writing, chart):
            monkeypatch.setattr(module, "unseen", lambda _: True)
        player, plot = it.main.text.player, it.main.training.chart
        written, drawn = len(player.tape), plot._grid
        it.trainer.put(it.trainer.progress(900))
        await it.until(lambda: plot._changed)
        await asyncio.sleep(2 * chart.REPAINT_SECONDS)
        assert len(player.tape) == written
        assert plot._grid is drawn
        for module in (text_writing, chart):
            monkeypatch.setattr(module, "unseen", lambda _: False)
        await it.until(lambda: len(player.tape) > written and plot._grid is not drawn)
