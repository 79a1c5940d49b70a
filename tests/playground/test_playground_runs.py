"""A run is started, steered and ended by plain calls, whatever its trainer has heard of yet."""

from collections.abc import Callable

import pytest
from spoken_trainer import REQUEST, Clock, SpokenTrainer, progress, started

from charplay.playground.run_controller import UNBEGUN_SECONDS, RunController
from charplay.protocol.commands import (
    Pause,
    ProcessSuspended,
    PublishWeights,
    Resume,
    Save,
    SetHyperparameter,
    StepOnce,
    Stop,
    Undo,
)
from charplay.protocol.events import Changed, Event, Failed, Finished, Paused, Preparing, Resumed, Saved, Stopped
from charplay.protocol.request import TrainRequest

Hear = Callable[..., list[Event]]


def moved(step: int, old: float, new: float) -> Changed:
    return Changed(step=step, field="learning_rate", old=old, new=new)


def test_a_start_asks_for_weights_before_the_first_step(runs: RunController, trainer: SpokenTrainer) -> None:
    runs.start(REQUEST)
    assert trainer.requests == [REQUEST]
    assert trainer.commands == [PublishWeights()]
    assert (runs.state.status, runs.state.phase, runs.busy) == ("preparing", "starting", True)


def test_before_a_run_and_after_it_nothing_is_sent(runs: RunController, trainer: SpokenTrainer, hear: Hear) -> None:
    def everything() -> None:
        for order in (runs.stop, runs.pause, runs.resume, runs.step, runs.save, runs.undo, runs.publish):
            order()
        runs.set_hyperparameter("dropout", 0.1)
        runs.suspended(3.0)

    everything()
    assert not trainer.commands
    runs.start(REQUEST)
    trainer.alive = False
    hear(Failed(message="It broke."))
    trainer.commands.clear()
    everything()
    assert not trainer.commands


@pytest.mark.parametrize(
    ("orders", "sent"),
    [
        ("pr", [Pause(), Resume()]),
        ("prp", [Pause(), Resume(), Pause()]),
        ("pssr", [Pause(), StepOnce(), StepOnce(), Resume()]),
        ("prs", [Pause(), Resume()]),
        ("pp", [Pause()]),
        ("r", []),
        ("s", []),
        ("xpsx", [Stop("asked")]),
    ],
)
def test_orders_count_from_when_they_are_given(
    training: RunController, trainer: SpokenTrainer, orders: str, sent: list[object]
) -> None:
    for order in orders:
        {"p": training.pause, "r": training.resume, "s": training.step, "x": training.stop}[order]()
    assert trainer.asked == sent


def test_a_pause_of_the_trainer_s_own_can_be_ended(training: RunController, trainer: SpokenTrainer, hear: Hear) -> None:
    hear(Paused(step=100, reason="numbers went bad"))
    assert training.paused
    training.resume()
    hear(Resumed(step=100))
    assert trainer.asked == [Resume()]
    assert not training.paused


def test_the_next_run_begins_when_the_one_before_has_told_all(
    training: RunController, trainer: SpokenTrainer, hear: Hear
) -> None:
    other = TrainRequest(home="/other")
    training.start(other)
    assert trainer.asked == [Stop("asked")]
    trainer.alive = False
    hear(Saved(step=100, path="", best=False), Stopped(step=100, reason="asked", run="r-1"))
    assert trainer.requests == [REQUEST]
    assert training.busy, "the next one waits"
    training.advance()
    assert trainer.requests == [REQUEST, other]
    assert training.state.status == "preparing"


def test_two_quick_starts_begin_the_later_one(training: RunController, trainer: SpokenTrainer) -> None:
    later = TrainRequest(home="/later")
    training.start(TrainRequest(home="/sooner"))
    training.start(later)
    trainer.alive = False
    training.advance()
    assert trainer.requests == [REQUEST, later]
    assert trainer.asked == [Stop("asked")]


def test_a_trainer_that_ends_without_a_word_has_failed(training: RunController, trainer: SpokenTrainer) -> None:
    trainer.alive = False
    (event,) = training.advance()
    assert isinstance(event, Failed)
    assert training.state.status == "failed"
    assert training.advance() == []


def test_what_a_trainer_told_last_counts_before_its_end(
    training: RunController, trainer: SpokenTrainer, hear: Hear
) -> None:
    trainer.alive = False
    told = hear(
        Finished(step=100, run="r-1", checkpoint="x", train_loss=1.0, val_loss=1.5, val_loss_cold=None, steps=100)
    )
    assert [event.kind for event in told] == ["finished"]
    assert training.state.status == "finished"


def test_a_save_is_asked_for_and_a_new_run_forgets_that(training: RunController, trainer: SpokenTrainer) -> None:
    training.save()
    assert trainer.asked == [Save()]
    assert training.save_asked
    training.start(REQUEST)
    assert not training.save_asked


def test_the_process_may_be_suspended(training: RunController, trainer: SpokenTrainer) -> None:
    training.suspended(None)
    training.suspended(12.5)
    assert trainer.asked == [ProcessSuspended(None), ProcessSuspended(12.5)]


def test_undo_is_sent_while_there_is_a_change_to_take_back(
    training: RunController, trainer: SpokenTrainer, hear: Hear
) -> None:
    training.undo()
    assert not trainer.asked
    hear(moved(100, 0.005, 0.01), progress(200))
    training.undo()
    assert trainer.asked == [Undo()]
    hear(Changed(step=100, field="undo", old=200, new=100), moved(100, 0.01, 0.005))
    training.undo()
    assert trainer.asked == [Undo()]
    assert training.state.step == 100


def test_the_rate_is_what_was_set_until_the_trainer_has_heard_of_it(training: RunController, hear: Hear) -> None:
    peak = training.state.peak_rate
    assert isinstance(peak, float)
    assert training.peak_rate == peak
    training.set_hyperparameter("learning_rate", 0.02)
    assert training.peak_rate == 0.02
    hear(moved(100, peak, 0.01), progress(200))  # heard of what came before
    assert (training.state.peak_rate, training.peak_rate) == (0.01, 0.02)
    hear(moved(200, 0.01, 0.02), moved(200, 0.02, 0.001))
    assert training.peak_rate == 0.001
    hear(Changed(step=100, field="undo", old=200, new=100), moved(100, 0.001, 0.01))
    assert training.peak_rate == 0.01


def test_what_was_never_heeded_ends_with_the_run(training: RunController, trainer: SpokenTrainer, hear: Hear) -> None:
    training.set_hyperparameter("learning_rate", 0.02)
    trainer.alive = False
    hear(Stopped(step=100, reason="asked", run="r-1"))
    assert not training.unheeded


@pytest.mark.parametrize(
    ("choice", "sent"),
    [
        ("stop", [Stop("asked")]),
        ("go-on", [Resume()]),
        ("lower-rate", [SetHyperparameter("learning_rate", 0.003 / 3.0), Resume()]),
        ("halve-batch", [SetHyperparameter("batch_size", 16), Resume()]),
        ("", []),
    ],
)
def test_a_paused_run_is_recovered(
    runs: RunController, trainer: SpokenTrainer, hear: Hear, choice: str, sent: list[object]
) -> None:
    runs.start(REQUEST)
    hear(started(recipe={"learning_rate": 0.003, "batch_size": 32}), progress(100))
    hear(Paused(step=100, reason="numbers went bad"))
    runs.recover(choice)
    assert trainer.asked == sent


def test_a_run_that_goes_on_by_itself_is_not_recovered(training: RunController, trainer: SpokenTrainer) -> None:
    training.recover("lower-rate")
    assert not trainer.asked


@pytest.mark.fault("1")
def test_closing_waits_no_longer_than_it_was_told(
    training: RunController, trainer: SpokenTrainer, clock: Clock
) -> None:
    training.close("terminated", 1.5)
    assert trainer.asked == [Stop("terminated")]
    assert training.state.status == "stopping"
    clock.now = 1.4
    assert training.closing
    clock.now = 1.5
    assert not training.closing


def test_closing_ends_when_the_run_has_saved(training: RunController, trainer: SpokenTrainer) -> None:
    training.close("asked", 1.5)
    trainer.alive = False
    assert not training.closing


def test_a_run_that_has_not_begun_is_hardly_waited_for(
    runs: RunController, trainer: SpokenTrainer, hear: Hear, clock: Clock
) -> None:
    runs.start(REQUEST)
    hear(Preparing(phase="importing torch"))
    runs.close("asked", 1.5)
    clock.now = UNBEGUN_SECONDS
    assert not runs.closing
    assert trainer.asked == [Stop("asked")]


def test_closing_lets_no_other_run_begin(training: RunController, trainer: SpokenTrainer) -> None:
    training.start(TrainRequest(home="/other"))
    training.close("asked", 1.5)
    trainer.alive = False
    training.advance()
    assert trainer.requests == [REQUEST]


def test_without_a_run_there_is_nothing_to_close(runs: RunController, trainer: SpokenTrainer) -> None:
    runs.close("asked", 1.5)
    assert not runs.closing
    assert not trainer.commands
