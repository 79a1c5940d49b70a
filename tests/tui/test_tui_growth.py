"""Row 22: what is opened and closed leaves nothing, and what is trained and stopped leaves no more than its run."""

import gc
from collections import Counter

import pytest
from played import Play, Played
from textual._styles_cache import StylesCache
from textual.dom import DOMNode
from textual.timer import Timer

from charplay.protocol.events import Finished

DIALOGS = [("?",), ("1", "v"), ("4", "y"), ("ctrl+p",), ("5", "m")]
"""Keys that open something over the main screen, or in it; escape closes it."""


def alive() -> Counter[str]:
    """How many widgets, caches of their lines, and timers there are, by their type."""
    gc.collect()
    kinds = DOMNode | StylesCache | Timer
    return Counter(type(each).__name__ for each in gc.get_objects() if issubclass(type(each), kinds))


async def a_round(it: Played, runs: int) -> None:
    for keys in DIALOGS:
        await it.press(*keys)
        await it.pilot.pause()
        await it.press("escape", "escape")
        await it.until(lambda: it.screen is it.main)
    await it.press("t")
    await it.until(lambda: len(it.trainer.requests) == runs)
    it.trainer.put(it.trainer.started(), it.trainer.progress(100))
    await it.until(lambda: it.main.playground.runs.state.status == "training")
    it.trainer.put(Finished(step=100, run=it.trainer.run.name, checkpoint="x", train_loss=1.2, val_loss=None,
                            val_loss_cold=None, steps=100))  # fmt: skip
    await it.until(lambda: not it.main.playground.runs.busy)
    await it.pilot.pause()


@pytest.mark.fault("22")
async def test_what_was_opened_and_trained_leaves_nothing_behind(play: Play) -> None:
    async with play() as it:
        for runs in (1, 2):
            await a_round(it, runs)
        settled = alive()
        for runs in (3, 4):
            await a_round(it, runs)
        assert alive() - settled == Counter()
        kept = it.main.set_interval(60, lambda: None)
        assert alive() - settled == Counter([type(kept).__name__]), "and what stays is noticed"
