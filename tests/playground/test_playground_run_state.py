"""What is known of a run, event by event."""

from charplay.playground.run_state import RunState
from charplay.protocol.events import Changed, Evaluated, Failed, Preparing, Progress, Saved, Stopped, Working


def test_it_says_each_phase() -> None:
    state = RunState(status="preparing")
    state.apply(Preparing(phase="opening the device"))
    assert state.summary() == "opening the device"
    state.apply(Changed(step=3, field="learning_rate", old=1.0, new=0.5))
    assert state.peak_rate == 0.5
    assert state.learning_rate is None  # that of the last step, which is the schedule's
    state.apply(Saved(step=4, path="", best=False))
    state.apply(Stopped(step=5, reason="asked"))
    assert state.summary() == "stopped, saved step 4"
    state.apply(Failed(message="why", saved_step=None))
    assert (state.summary(), state.saved_step, state.message) == ("failed", 4, "why")


def test_what_is_taken_back_was_never_worse_nor_best() -> None:
    state = RunState(status="training")
    for step, loss, best in (
        (100, 2.0, True),
        (200, 1.9, True),
        (300, 2.1, False),
        (400, 2.2, False),
        (500, 2.3, False),
    ):
        state.apply(Evaluated(step=step, seconds=1.0, epoch=step / 100, val_loss=loss, val_accuracy=0.5, best=best))
    assert state.is_overfitting
    state.apply(Changed(step=250, field="undo", old=500, new=250))
    assert not state.is_overfitting
    assert (state.best_step, state.best_loss) == (200, 1.9)
    state.apply(Changed(step=150, field="undo", old=250, new=150))
    assert (state.best_step, state.best_loss) == (None, None)


def test_what_takes_a_while_between_two_steps_has_a_name_and_a_share() -> None:
    state = RunState(status="preparing")
    state.apply(Progress(step=90, rows=(), epoch=1.0, total_steps=90, done=1.0, chars_per_second=9e3, seconds_left=0.0))
    assert state.summary() == "training  step 90/90  9,000 chars/s  0:00 left"
    state.apply(Working(step=90, phase="measuring the held-out text", share=0.341))
    assert state.summary() == "training  step 90/90  measuring the held-out text 34 %"
    state.apply(Working(step=90, phase="saving"))
    assert state.summary() == "training  step 90/90  saving"
    state.apply(Working(step=90, phase=""))
    assert state.summary() == "training  step 90/90  9,000 chars/s  0:00 left"
