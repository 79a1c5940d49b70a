"""Which weights are played: a checkpoint's, or those of the run under way as it learns."""

from pathlib import Path

import numpy as np
import pytest
from sitting import Sitting, fox_home, keep_run

from charplay.playground.run_state import RunState
from charplay.playground.saved_texts import ModelOrigin
from charplay.playground.weight_follower import PUBLISH_SECONDS
from charplay.protocol.events import Published
from charplay.runs.checkpoint import CheckpointError, read_checkpoint
from charplay.runs.run import Run


class Learning:
    """A run that publishes weights."""

    def __init__(self, run: Run) -> None:
        self.live = RunState(run=run.name, folder=str(run.folder), recipe=run.resolved.model_dump())
        assert run.best is not None
        self.weights = dict(read_checkpoint(run.best).tensors)

    def publish(self, step: int, *, scale: float = 1.0) -> Published:
        return Published(step=step, weights={name: scale * each for name, each in self.weights.items()})


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    return Sitting(fox_home(tmp_path / "home")).begin_writing()


@pytest.fixture
def learning(sitting: Sitting) -> Learning:
    return Learning(keep_run(sitting.home, "live-1"))


def test_a_checkpoint_is_played_and_follows_nothing(sitting: Sitting) -> None:
    playground, run = sitting.playground, keep_run(sitting.home)
    assert run.best is not None
    sitting.follower.follow()
    sitting.follower.play(run.best, "kept-1")
    assert not sitting.follower.following
    assert playground.instrument.origin == ModelOrigin("kept-1", str(run.best))
    run.best.write_bytes(b"no")
    sitting.follower.follow()
    with pytest.raises(CheckpointError):
        sitting.follower.play(run.best, "kept-1")
    assert sitting.follower.following


def test_the_live_runs_weights_write_on_in_the_same_text(sitting: Sitting, learning: Learning) -> None:
    follower, instrument = sitting.follower, sitting.playground.instrument
    follower.take(learning.publish(10), learning.live)
    assert instrument.generator is None  # nobody asked to follow
    follower.follow()
    follower.take(learning.publish(1200), learning.live)
    assert instrument.following
    assert instrument.generator is not None
    assert instrument.generator.source == "live, step 1,200"
    assert instrument.origin == ModelOrigin("live-1", learning.live.folder)
    instrument.write(20)
    before, generator = sitting.text, instrument.generator
    follower.take(learning.publish(1300, scale=0.5), learning.live)
    assert (instrument.generator, sitting.text, generator.source) == (generator, before, "live, step 1,300")
    model = generator.model
    follower.take(learning.publish(1300, scale=0.5), learning.live)
    assert generator.model is model  # in a pause the same weights come again
    follower.take(learning.publish(1300, scale=0.25), learning.live)
    assert generator.model is not model
    follower.end(learning.live)
    assert generator.source == "live-1, step 1,300"
    assert sitting.text == before
    assert np.isfinite(generator.logits).all()


def test_weights_are_asked_for_now_and_then_and_only_where_they_are_of_use(
    sitting: Sitting, learning: Learning
) -> None:
    follower, instrument = sitting.follower, sitting.playground.instrument

    def asks(after: float = 2 * PUBLISH_SECONDS) -> bool:
        sitting.now += after
        return follower.wants_weights()

    assert not asks()
    follower.follow(promised=True)
    assert not asks()
    follower.take(learning.publish(0), learning.live)
    assert asks()
    assert not asks(PUBLISH_SECONDS / 2)
    assert asks(PUBLISH_SECONDS)
    instrument.move_cursor(0)
    assert not asks()
    instrument.put_cursor_away()
    instrument.playing = False
    assert not asks()
    follower.follow()
    assert asks()  # the first ones are shown, held or not
