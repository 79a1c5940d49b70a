"""Live surgery on the screen: every live field of the run under way, and no other, can be changed."""

import dataclasses
from typing import Any, cast

import pytest
from played import Play, Played

from charplay.protocol.commands import SetHyperparameter, Undo
from charplay.protocol.events import Changed, Finished
from charplay.recipes.recipe import LIVE
from charplay.tui.dialogs.live_hyperparameters import LiveHyperparametersDialog


async def opened(it: Played, **over: Any) -> LiveHyperparametersDialog:
    """The dialog over a run of two layers with these values."""
    await it.press("t")
    await it.until(lambda: it.trainer.requests)
    started = it.trainer.started()
    values = {"num_layers": 2, **over}
    it.trainer.put(dataclasses.replace(started, recipe={**started.recipe, **values}), it.trainer.progress(100))
    await it.until(lambda: it.main.playground.runs.state.status == "training")
    await it.press("4")
    await it.until(lambda: it.main.playground.runs.state.recipe)
    await it.press("e")
    await it.until(lambda: isinstance(it.screen, LiveHyperparametersDialog) and it.screen.edits.names)
    return cast("LiveHyperparametersDialog", it.screen)


def changes(it: Played) -> list[tuple[str, object]]:
    return [(each.field, each.value) for each in it.trainer.commands if isinstance(each, SetHyperparameter)]


async def to(it: Played, dialog: LiveHyperparametersDialog, field: str) -> None:
    await it.press("home", *["down"] * list(dialog.edits.names).index(field))


SOUND = {
    "input_dropout": "0.1", "dropout": "0.2", "output_dropout": "0.3", "weight_drop": "0.4", "sequence_length": "16",
    "batch_size": "8", "learning_rate": "0.002", "weight_decay": "0.05", "clip_norm": "0.5", "clip_value": "0.25",
}  # fmt: skip
START = {**dict.fromkeys(SOUND, 0.0), "sequence_length": 64, "batch_size": 32, "learning_rate": 0.01, "clip_norm": 1.0,
         "clip_value": None}  # fmt: skip


async def test_every_live_field_can_be_changed_and_the_form_stays_the_next_run(play: Play) -> None:
    assert set(SOUND) == set(LIVE)
    async with play() as it:
        form = it.main.form.draft.asked
        dialog = await opened(it, **START)
        assert set(dialog.edits.names) == set(LIVE)
        for field, text in SOUND.items():
            await to(it, dialog, field)
            await it.press("enter", *["backspace"] * 8, *text, "enter")
        await it.until(lambda: len(changes(it)) == len(SOUND))
        assert dict(changes(it)) == {field: float(text) for field, text in SOUND.items()}
        await it.until(lambda: not dialog.edits.asked)  # all of them heeded
        assert it.main.form.draft.asked == form
        await it.press("escape")
        await it.until(lambda: len(it.main.playground.runs.history.marks) == len(SOUND))


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("dropout", "1.5", "dropout must be"),
        ("learning_rate", "auto", "learning rate must be a number above 0 and at most 100, not 'auto'"),
        ("sequence_length", "0", "length must be a whole number from 1 to 65,536, not '0'"),
        ("sequence_length", "60000", "too short for length 60,000"),
    ],
)
async def test_what_cannot_be_is_said_while_it_is_typed_and_never_sent(
    play: Play, field: str, text: str, why: str
) -> None:
    async with play() as it:
        dialog = await opened(it)
        await to(it, dialog, field)
        await it.press("enter", *["backspace"] * 8, *text)
        await it.until(lambda: why in it.seen())
        await it.press("enter", "escape")
        assert isinstance(it.screen, LiveHyperparametersDialog)
        assert why not in it.seen()
        assert not changes(it)


async def test_a_nudge_is_one_change_however_many_steps_it_has(play: Play) -> None:
    async with play() as it:
        dialog = await opened(it, weight_drop=0.0)
        await to(it, dialog, "weight_drop")
        await it.press("right", "right", "right")
        await it.until(lambda: changes(it))
        assert changes(it) == [("weight_drop", 0.15)]


async def test_leaving_sends_what_was_nudged_last_and_z_takes_it_back(play: Play) -> None:
    async with play() as it:
        dialog = await opened(it, clip_norm=1.0)
        await to(it, dialog, "clip_norm")
        await it.press("left", "escape")
        await it.until(lambda: changes(it) == [("clip_norm", 0.8)])
        await it.until(lambda: len(it.main.playground.runs.state.changes) == 1)
        await it.press("e")
        await it.until(lambda: isinstance(it.screen, LiveHyperparametersDialog) and "0.8" in it.seen())
        await it.press("z")
        await it.until(lambda: any(isinstance(each, Undo) for each in it.trainer.commands))
        it.trainer.put(Changed(step=100, field="undo", old=100, new=100),
                       Changed(step=100, field="clip_norm", old=0.8, new=1.0))  # fmt: skip
        await it.until(lambda: it.screen.edits.recipe.clip_norm == 1.0)


async def test_it_leaves_by_itself_when_the_run_ends_and_cannot_be_opened_without_one(play: Play) -> None:
    async with play() as it:
        await it.press("4", "e")
        assert it.screen is it.main
        await opened(it)
        it.trainer.put(Finished(step=100, run=it.trainer.run.name, checkpoint="x", train_loss=1.2, val_loss=1.5,
                                val_loss_cold=1.6, steps=100))  # fmt: skip
        await it.until(lambda: it.screen is it.main)
