"""Live values are checked as they are typed, held back while they are nudged, and sent once."""

import pytest
from spoken_trainer import RECIPE, REQUEST, Clock, SpokenTrainer, progress, started

from charplay.playground.live_edits import SEND_SECONDS, LiveEdits
from charplay.playground.run_controller import RunController
from charplay.protocol.commands import SetHyperparameter, Undo
from charplay.protocol.events import Changed, Stopped
from charplay.recipes.recipe import LIVE
from charplay.recipes.specs import spec


@pytest.fixture
def edits(runs: RunController, trainer: SpokenTrainer, clock: Clock) -> LiveEdits:
    """Of a run with two layers, on a text of 5,000 characters."""
    runs.start(REQUEST)
    recipe = {**RECIPE.model_dump(), "num_layers": 2, "dropout": 0.0, "clip_norm": 1.0, "clip_value": None}
    trainer.tell(started(recipe=recipe), progress(100))
    runs.advance()
    return LiveEdits(runs, clock)


def test_every_live_field_is_there_and_only_those_that_mean_anything(
    edits: LiveEdits, runs: RunController, trainer: SpokenTrainer, clock: Clock
) -> None:
    assert set(edits.names) == set(LIVE)
    trainer.tell(Changed(step=100, field="num_layers", old=2, new=1))
    runs.advance()
    assert set(LiveEdits(runs, clock).names) == set(LIVE) - {"dropout"}


def test_a_value_is_sent_at_once_and_asked_for_until_it_is_heeded(
    edits: LiveEdits, runs: RunController, trainer: SpokenTrainer
) -> None:
    assert edits.set("dropout", "0.25") == ""
    assert trainer.asked == [SetHyperparameter("dropout", 0.25)]
    assert (edits.asked, edits.value("dropout"), edits.recipe.dropout) == ({"dropout": 0.25}, 0.25, 0.0)
    assert not edits.look(), "nothing was told since"
    trainer.tell(Changed(step=100, field="dropout", old=0.0, new=0.25))
    runs.advance()
    assert edits.look()
    assert not edits.asked
    assert edits.value("dropout") == edits.recipe.dropout == 0.25


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("dropout", "1.5", "dropout must be"),
        ("learning_rate", "auto", "learning rate must be a number above 0 and at most 100, not 'auto'"),
        ("sequence_length", "0", "length must be a whole number from 1 to 65,536, not '0'"),
        ("sequence_length", "60000", "too short for length 60,000"),
    ],
)
def test_what_cannot_be_is_said_and_never_sent(
    edits: LiveEdits, trainer: SpokenTrainer, field: str, text: str, why: str
) -> None:
    assert why in edits.check(field, text)
    assert why in edits.set(field, text)
    assert not edits.asked
    assert not trainer.asked


def test_a_nudge_is_one_change_however_many_steps_it_has(
    edits: LiveEdits, trainer: SpokenTrainer, clock: Clock
) -> None:
    for _ in range(3):
        assert edits.nudge("dropout", 1) == ""
        clock.now += SEND_SECONDS - 0.1
        edits.advance()
    assert not trainer.asked
    clock.now += 0.1
    edits.advance()
    edits.advance()
    assert trainer.asked == [SetHyperparameter("dropout", 0.15)]


def test_a_nudge_there_and_back_changes_nothing(edits: LiveEdits, trainer: SpokenTrainer) -> None:
    edits.nudge("dropout", 1)
    edits.nudge("dropout", -1)
    edits.send()
    assert not trainer.asked


def test_a_nudge_of_none_gives_the_number_that_the_field_starts_from(edits: LiveEdits, trainer: SpokenTrainer) -> None:
    edits.nudge("clip_value", -1)
    edits.send()
    assert trainer.asked == [SetHyperparameter("clip_value", spec("clip_value").start)]


def test_an_undo_forgets_what_is_held_back(edits: LiveEdits, runs: RunController, trainer: SpokenTrainer) -> None:
    trainer.tell(Changed(step=100, field="clip_norm", old=1.0, new=0.8))
    runs.advance()
    edits.look()
    edits.nudge("dropout", 1)
    edits.undo()
    edits.send()
    assert trainer.asked == [Undo()]
    assert edits.value("dropout") == 0.0


def test_it_is_over_when_the_run_has_ended(edits: LiveEdits, runs: RunController, trainer: SpokenTrainer) -> None:
    assert not edits.over
    trainer.tell(Stopped(step=100, reason="asked", run="r-1"))
    runs.advance()
    assert edits.over
    assert not edits.look()


def test_what_changes_nothing_says_why(edits: LiveEdits, trainer: SpokenTrainer) -> None:
    assert edits.undo() == "no live change can be taken back"
    assert edits.nudge("dropout", -1) == "this is the smallest value"
    assert edits.set("dropout", "0.95") == ""
    assert edits.nudge("dropout", 1) == "this is the largest value"
    assert trainer.asked == [SetHyperparameter("dropout", 0.95)]
