"""Training as its consumers see it: a stream of events that takes commands."""

import errno
import os
import threading
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from trainings import Only, Train, abandon, failure

from charplay.protocol.commands import (
    Pause,
    ProcessSuspended,
    PublishWeights,
    Resume,
    Save,
    SetHyperparameter,
    StepOnce,
    Stop,
)
from charplay.protocol.events import (
    Changed,
    Evaluated,
    Event,
    Failed,
    Finished,
    Paused,
    Preparing,
    Progress,
    Published,
    Resumed,
    Sampled,
    Saved,
    Started,
    Stopped,
    Warned,
)
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.checkpoint import Checkpoint, read_checkpoint
from charplay.runs.run import Run
from charplay.training import learner as learner_module
from charplay.training import step_reporter
from charplay.training.gradients import clip
from charplay.training.run_training import open_training

PHASES = ["importing torch", "opening the device", "reading the text", "taking the first step"]


def test_a_run_from_beginning_to_end(train: Train, only: Only, home: Path, quick_disk: None) -> None:
    events = train()
    assert [event.phase for event in only(events, Preparing)] == PHASES
    (started,), (finished,) = only(events, Started), only(events, Finished)
    assert events[-1] is finished
    assert started.total_steps == finished.steps == 20
    steps = [row.step for event in only(events, Progress) for row in event.rows if row.train_loss is not None]
    assert steps == [3, 6, 9, 12, 15, 18]
    assert [event.step for event in only(events, Evaluated)] == [7, 14, 20]
    best = min(only(events, Evaluated), key=lambda event: event.val_loss)
    checkpoint = read_checkpoint(Path(finished.checkpoint))
    assert (checkpoint.step, checkpoint.val_loss, finished.val_loss) == (best.step, best.val_loss, best.val_loss)
    assert finished.val_loss_cold is not None
    run = Run.open(Path(started.folder))
    assert run.finished
    assert run.finished["val_loss"] == finished.val_loss
    assert run.facts["torch"] == torch.__version__
    assert run.facts["why"]
    read = run.read_resume()
    assert read is not None
    assert [row["step"] for row in run.metrics() if "train_loss" in row] == steps
    assert [row["step"] for row in run.metrics() if "val_loss" in row] == [7, 14, 20]
    assert [event.step for event in only(events, Saved)] == [5, 7, 10, 14, 15, 20]
    assert finished.train_loss == pytest.approx(read[1]["ledger"]["epoch_loss"] or finished.train_loss)


def test_the_same_seed_is_the_same_run_and_another_is_not(train: Train, only: Only) -> None:
    one, two, three = (only(train(seed=seed), Finished)[0] for seed in (1, 1, 2))
    assert one.val_loss == two.val_loss != three.val_loss


@pytest.mark.parametrize("phase", PHASES)
def test_a_stop_is_heeded_in_every_phase(train: Train, only: Only, phase: str) -> None:
    def stop(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Preparing) and event.phase == phase:
            inbox.put(Stop("quit"))

    events = train(stop)
    assert isinstance(events[-1], Stopped)
    assert events[-1].reason == "quit"
    assert not only(events, Progress) or events[-1].step == 0


def test_commands_before_the_first_step(train: Train, only: Only) -> None:
    """Published at step 0 is pure noise, and comes before any step."""

    def publish(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Started):
            inbox.put(PublishWeights())

    events = train(publish)
    (published,) = only(events, Published)
    assert published.step == 0
    assert events.index(published) < events.index(only(events, Progress)[0])
    assert set(published.weights) == set(read_checkpoint(Path(only(events, Finished)[0].checkpoint)).tensors)


def test_pause_step_once_resume(train: Train, only: Only) -> None:
    seen = []

    def steer(event: Event, inbox: CommandQueue) -> None:
        seen.append(event)
        if isinstance(event, Progress) and event.step == 4 and not any(isinstance(e, Paused) for e in seen):
            inbox.put(Pause())
        elif isinstance(event, Paused):
            inbox.put(StepOnce())
            inbox.put(StepOnce())
        elif isinstance(event, Progress) and event.step == 6:
            inbox.put(SetHyperparameter("learning_rate", 0.002))
            inbox.put(SetHyperparameter("learning_rate", "nonsense"))
            inbox.put(SetHyperparameter("hidden_size", 3))
            inbox.put(Save())
            inbox.put(Resume())

    events = train(steer)
    paused, resumed = events.index(only(events, Paused)[0]), events.index(only(events, Resumed)[0])
    between = [e for e in events[paused:resumed] if isinstance(e, Progress)]
    assert [e.step for e in between] == [5, 6]
    assert [[row.step for row in each.rows] for each in between] == [[5], [6]], "each step that was asked for is told"
    (changed,) = only(events, Changed)
    assert (changed.field, changed.new) == ("learning_rate", 0.002)
    assert len(only(events, Warned)) == 2
    run = Run.open(Path(only(events, Started)[0].folder))
    assert [change["step"] for change in run.changes()] == [6]
    rates = {row["step"]: row["learning_rate"] for row in run.metrics() if "learning_rate" in row}
    assert max(rate for step, rate in rates.items() if step > 6) <= 0.002 < rates[3]
    assert only(events, Finished)[0].steps == 20


def test_a_pause_is_no_training_time(train: Train, only: Only, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step == 2:
            inbox.put(Pause())
        if isinstance(event, Paused):
            import time

            time.sleep(0.5)
            inbox.put(Resume())

    events = train(wait, evaluate_every=100, save_every=100)
    (paused,), (resumed,) = only(events, Paused), only(events, Resumed)
    assert resumed.seconds - paused.seconds < 0.4


@pytest.mark.parametrize("foretold", [True, False], ids=["the screen", "no screen"])
@pytest.mark.fault("16")
def test_what_ctrl_z_takes_is_in_no_row(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch, foretold: bool
) -> None:
    """The screen tells before it stops, since another thread of it trains on; without one, the handler is in a step."""
    gone, plain, calls = 3.0, clip, iter(range(1, 10**6))

    def stop_within(*args: list[torch.Tensor], inbox: CommandQueue, **options: Any) -> torch.Tensor:
        if next(calls) == 6:
            time.sleep(gone)
            if not foretold:
                inbox.put(ProcessSuspended(gone))
        return plain(*args, **options)

    def watch(event: Event, inbox: CommandQueue) -> None:
        monkeypatch.setattr(learner_module, "clip", partial(stop_within, inbox=inbox))
        if foretold and isinstance(event, Progress) and event.step == 5:
            inbox.put(ProcessSuspended(None))
            threading.Timer(gone, inbox.put, [ProcessSuspended(gone)]).start()

    if foretold:
        calls = iter(range(100, 10**6))
    events = train(watch, log_every=1)
    seconds = [row.seconds for event in only(events, Progress) for row in event.rows]
    assert len(seconds) >= 20
    assert seconds == sorted(seconds)
    assert max(b - a for a, b in pairwise(seconds)) < gone - 1


def test_published_weights_are_of_the_step_that_they_say_though_it_is_not_read_yet(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_reporter, "REPORT_SECONDS", 1e6)
    plain, calls = clip, iter(range(1, 10**6))

    def ask(_event: Event, inbox: CommandQueue) -> None:
        def asked(*args: list[torch.Tensor], **options: Any) -> torch.Tensor:
            if next(calls) in (5, 6):
                inbox.put(PublishWeights())
            return plain(*args, **options)

        monkeypatch.setattr(learner_module, "clip", asked)

    events = train(ask, log_every=100, evaluate_every=100, save_every=100)
    assert [event.step for event in only(events, Published)] == [5, 6]


def test_published_weights_are_copies(train: Train, only: Only) -> None:
    def publish(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step in {1, 10}:
            inbox.put(PublishWeights())

    first, later = only(train(publish, log_every=1), Published)[:2]
    name = "rnn.weight_hh_l0"
    assert first.weights[name].dtype == np.float32
    assert not np.array_equal(first.weights[name], later.weights[name])


def test_numbers_gone_bad_teach_nothing_and_pause(train: Train, only: Only, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 27: the gradient is not finite at step 6; the weights stay sound and the run holds still."""
    plain, calls = clip, iter(range(1, 10**6))

    def poisoned(gradients: list[torch.Tensor], **options: Any) -> torch.Tensor:
        if next(calls) == 6:
            gradients[0].fill_(float("nan"))
        return plain(gradients, **options)

    monkeypatch.setattr(learner_module, "clip", poisoned)

    def go_on(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Paused):
            inbox.put(Resume())

    events = train(go_on)
    (paused,) = only(events, Paused)
    assert paused.step == 6
    assert any("not finite" in event.message for event in only(events, Warned))
    checkpoint = read_checkpoint(Path(only(events, Finished)[0].checkpoint))
    assert all(np.isfinite(tensor).all() for tensor in checkpoint.tensors.values())


def test_weights_gone_bad_are_never_saved(train: Train, only: Only) -> None:
    """A rate that throws the weights out of all bounds: the last good save stands."""

    def ruin(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step == 8:
            inbox.put(SetHyperparameter("learning_rate", 100))
        if isinstance(event, Paused):
            inbox.put(Stop())

    events = train(ruin, optimizer="sgd", clip_norm=None, learning_rate=100, steps=400, warmup=0)
    for path in Path(only(events, Started)[0].folder).glob("*.safetensors"):
        if path.name != "resume.safetensors":
            assert all(np.isfinite(tensor).all() for tensor in read_checkpoint(path).tensors.values())


def test_text_samples_are_written_beside_the_truth(train: Train, only: Only, home: Path) -> None:
    events = train(sample_every=10, sample_temperatures=(0, 0.5, 2.0), sample_length=15)
    samples = only(events, Sampled)
    assert [(s.step, s.temperature) for s in samples] == [(s, t) for s in (0, 10, 20) for t in (0, 0.5, 2.0)]
    text = (home / "corpora" / "words.txt").read_text()
    for sample in samples:
        assert len(sample.text) == 15
        assert sample.prompt + sample.truth in text[1080:], "a passage of the held-out text"
    assert len({(s.step, s.prompt) for s in samples}) == 3, "one prompt for a round"
    run = Run.open(Path(only(events, Started)[0].folder))
    assert [(s["step"], s["text"]) for s in run.samples()] == [(s.step, s.text) for s in samples]


@pytest.mark.parametrize(("asked", "prompt"), [("the cat", "the cat"), ("thΩe", "the"), ("character", None)])
def test_prompts(train: Train, only: Only, asked: dict[str, object], prompt: str | None) -> None:
    samples = only(train(sample_every=20, sample_prompt=asked, sample_length=5), Sampled)
    assert all(len(s.prompt) == 1 if prompt is None else s.prompt == prompt for s in samples)
    assert all(s.truth == "" for s in samples)


def test_a_prompt_of_samples_is_cleaned_as_the_text_was(train: Train, only: Only) -> None:
    asked = {"sample_every": 20, "sample_prompt": "The Cat", "sample_length": 5, "cleaning": ("lowercase",)}
    assert {s.prompt for s in only(train(**asked), Sampled)} == {"the cat"}


def test_epochs_and_nothing_held_out(train: Train, only: Only, quick_disk: None) -> None:
    """Best goes by the training loss, at every epoch's end; every improvement is kept."""
    events = train(
        validation_fraction=0,
        monitor="train_loss",
        steps=None,
        epochs=3,
        evaluate_every="epoch",
        save_every="epoch",
        keep="every-improvement",
    )
    per_epoch = 1199 // 4 // 6
    rows = [row for event in only(events, Progress) for row in event.rows if row.epoch_loss is not None]
    assert [(row.step, row.epoch) for row in rows] == [(per_epoch * k, k) for k in (1, 2, 3)]
    (finished,) = only(events, Finished)
    assert (finished.val_loss, finished.val_loss_cold) == (None, None)
    assert finished.train_loss == rows[-1].epoch_loss
    assert Path(finished.checkpoint).name == "latest.safetensors"
    improved = [event.step for event in only(events, Saved) if event.best]
    folder = Path(only(events, Started)[0].folder)
    assert [int(path.name.split("-")[0]) for path in sorted((folder / "snapshots").iterdir())] == improved
    assert improved[0] == per_epoch


def test_patience_ends_a_run(train: Train, only: Only) -> None:
    events = train(steps=400, patience=2, evaluate_every=2, learning_rate=3.0, schedule="constant")
    losses = [event.val_loss for event in only(events, Evaluated)]
    assert only(events, Finished)[0].steps < 400
    assert min(losses) == losses[-3]


@pytest.mark.fault("56")
def test_a_clock_that_is_set_back_is_no_training_time(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(10**9, 0, -86400))
    monkeypatch.setattr("time.time", lambda: next(clock))
    events = train(log_every=1)
    seconds = [row.seconds for event in only(events, Progress) for row in event.rows]
    assert seconds == sorted(seconds)
    assert 0 < seconds[-1] < 60
    assert all(event.chars_per_second >= 0 and (event.seconds_left or 0) >= 0 for event in only(events, Progress))


def test_minutes_end_on_time(train: Train, only: Only) -> None:
    events = train(steps=None, minutes=0.02)
    (finished,) = only(events, Finished)
    assert 1.2 <= finished.seconds < 1.6
    assert only(events, Started)[0].total_steps is None
    last = only(events, Progress)[-1]
    assert last.done == pytest.approx(1)
    rates = [row.learning_rate for e in only(events, Progress) for row in e.rows if row.learning_rate is not None]
    assert rates[-1] < 0.2 * max(rates), "the schedule follows the clock"


def test_progress_counts_down(train: Train, only: Only) -> None:
    readings = only(train(), Progress)
    assert [r.done for r in readings] == sorted(r.done for r in readings)
    assert readings[-1].done == 1
    assert readings[-1].seconds_left == 0
    assert all(r.total_steps == 20 for r in readings)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"corpus": "no such text"}, "no text called"),
        ({"device": "cuda:7"}, "cuda:7"),
        ({"cleaning": ("letters-27",), "limit": 150}, "150 of the 200 characters"),
    ],
)
def test_a_users_error_is_one_sentence(train: Train, settings: dict[str, Any], sentence: str) -> None:
    last = train(**settings)[-1]
    assert isinstance(last, Failed)
    assert sentence in last.message
    assert not last.cause
    assert "\n" not in last.message


@pytest.mark.fault("4")
def test_what_nobody_foresaw_ends_as_an_event_with_its_cause(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch, home: Path, quick_disk: None
) -> None:
    """Row 4: the consumer lives on, knows the last save, and can train again in the same process."""

    def broken(*_args: list[torch.Tensor], **_options: Any) -> torch.Tensor:
        if next(calls) == 12:
            raise ZeroDivisionError("of all things")
        return plain(*_args, **_options)

    plain, calls = clip, iter(range(1, 10**6))
    monkeypatch.setattr(learner_module, "clip", broken)
    events = train()
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert "ZeroDivisionError" in failed.message
    assert "Traceback" in failed.cause
    assert failed.saved_step == 10
    monkeypatch.setattr(learner_module, "clip", plain)
    folder = next((home / "checkpoints").iterdir())
    assert only(train(resume=str(folder)), Finished), "the lock was given back"


def test_a_folder_that_cannot_be_written(train: Train, home: Path, unprivileged: None) -> None:
    (home / "checkpoints").chmod(0o500)
    assert "permissions" in failure(train()).message


@pytest.mark.fault("50")
def test_a_permission_that_is_lost_meanwhile(
    train: Train, only: Only, home: Path, quick_disk: None, unprivileged: None
) -> None:
    """It is said, the last save stands, training goes on, and with the permission the end is saved."""

    def lose(event: Event, _inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step in {6, 16}:
            (folder,) = (home / "checkpoints").iterdir()
            folder.chmod(0o500 if event.step == 6 else 0o700)
            read.append(read_checkpoint(folder / "latest.safetensors").step)

    read: list[int] = []
    events = train(lose)
    assert read == [5, 5]
    assert any("Permission denied" in event.message for event in only(events, Warned))
    assert only(events, Saved)[-1].step == 20
    assert only(events, Finished)


@pytest.mark.fault("49", "50")
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EDQUOT])
def test_a_disk_that_fails_does_not_stop_training(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch, quick_disk: None, number: int
) -> None:
    """Row 49: it is said, the old files stand, training goes on and the next save succeeds."""
    plain = Run.write_latest

    def full(self: Run, checkpoint: Checkpoint) -> None:
        if checkpoint.step == 10:
            raise OSError(number, os.strerror(number))
        plain(self, checkpoint)

    monkeypatch.setattr(Run, "write_latest", full)
    events = train()
    assert any(os.strerror(number) in event.message for event in only(events, Warned))
    assert 10 not in [event.step for event in only(events, Saved)]
    assert only(events, Saved)[-1].step == 20


def test_a_best_that_could_not_be_written_is_owed(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch, quick_disk: None
) -> None:
    failures: list[int] = []
    plain = Run.write_best

    def full(self: Run, checkpoint: Checkpoint) -> None:
        if not failures:
            failures.append(checkpoint.step)
            raise OSError(28, "No space left on device")
        plain(self, checkpoint)

    monkeypatch.setattr(Run, "write_best", full)
    events = train(evaluate_every=7, learning_rate=1e-9)
    assert failures == [7]
    assert only(events, Finished)


def test_whoever_leaves_early_gives_the_run_back(
    home: Path, train: Train, only: Only, asked: dict[str, object]
) -> None:
    stream = open_training(TrainRequest(home=str(home), recipe=asked), CommandQueue())
    for event in stream:
        if isinstance(event, Progress):
            break
    abandon(stream)
    folder = next((home / "checkpoints").iterdir())
    assert only(train(resume=str(folder)), Finished)


def test_a_run_that_another_owns_is_refused(train: Train, only: Only, home: Path) -> None:
    folder = only(train(), Started)[0].folder
    with Run.open(Path(folder)).lock():
        last = train(resume=folder, added=True, steps=5)[-1]
    assert isinstance(last, Failed)
    assert "in use" in last.message
