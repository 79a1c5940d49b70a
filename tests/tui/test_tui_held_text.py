"""What a dialog does to the writing behind it: it waits, which is said, or goes on."""

import pytest
from played import Play, Played

from charplay.tui.dialogs.branches import BranchesDialog
from charplay.tui.dialogs.dialog import Dialog, HeldLine
from charplay.tui.dialogs.live_hyperparameters import LiveHyperparametersDialog


async def opened(it: Played, *keys: str) -> None:
    await it.press(*keys)
    await it.until(lambda: isinstance(it.screen, Dialog))


async def test_the_text_waits_behind_a_dialog_which_says_so_and_goes_on_after_it(play: Play) -> None:
    async with play(writing=True) as it:
        await it.until(lambda: it.instrument.transcript and len(it.instrument.transcript) > 3)
        await opened(it, "5", "g")
        await it.until(lambda: it.screen.query(HeldLine))
        assert isinstance(it.screen, BranchesDialog)
        assert "The text waits" in it.seen()
        assert not it.instrument.at_work
        await it.press("escape")
        await it.until(lambda: it.instrument.at_work)


async def test_a_text_that_was_held_before_is_not_said_to_wait(play: Play) -> None:
    async with play() as it:
        await opened(it, "5", "g")
        assert not it.screen.query(HeldLine)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_text_goes_on_behind_the_live_values(play: Play, size: tuple[int, int]) -> None:
    async with play(size, writing=True) as it:
        await it.training()
        await it.press("4")
        await it.until(lambda: it.main.playground.runs.state.recipe)
        await opened(it, "e")
        assert isinstance(it.screen, LiveHyperparametersDialog)
        assert it.instrument.transcript is not None
        before = len(it.instrument.transcript)
        await it.until(lambda: len(it.instrument.transcript or ()) > before + 3)
        assert not it.screen.query(HeldLine)
