"""Saves are written beside the training: in order, the newest first served, and told when they are on the disk."""

import os
import threading
import time
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trainings import Only, Train, abandon, last_save

from charplay.protocol.commands import Pause, Resume, Stop
from charplay.protocol.events import Event, Finished, Paused, Progress, Saved, Started, Stopped, Warned
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.checkpoint import Checkpoint, read_checkpoint, read_header
from charplay.runs.run import Run
from charplay.training import periodic_tasks, run_writer
from charplay.training.run_training import open_training
from charplay.training.save_thread import MAX_QUEUED, SaveJob, SaveThread

WAIT = 10


class Disk:
    """A run whose disk writes when it is let to."""

    folder = Path("run")

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.wrote: list[tuple[str, int]] = []

    def write_resume(self, arrays: dict[Any, Any], state: dict[str, int]) -> None:
        assert self.gate.wait(WAIT)
        self.wrote.append(("resume", state["step"]))

    def write_latest(self, checkpoint: "Latest") -> None:
        self.wrote.append(("latest", checkpoint.step))

    def write_best(self, checkpoint: "Latest") -> None:
        self.wrote.append(("best", checkpoint.step))

    def keep_snapshot(self, checkpoint: "Latest", loss: float) -> None:
        self.wrote.append(("kept", checkpoint.step))


class Latest(SimpleNamespace):
    """A checkpoint, as far as a writer looks at it."""


def save_of(step: int, *, best: bool = False, snapshot: float | None = None) -> SaveJob:
    latest = Latest(step=step, seconds=float(step))
    return SaveJob({}, {"step": step}, latest, best, snapshot, None)  # type: ignore[arg-type]


def saving_on(disk: Disk) -> SaveThread:
    return SaveThread(disk)  # type: ignore[arg-type]


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_the_newest_and_the_best_always_come_to_the_disk(bests: list[bool]) -> None:
    disk = Disk()
    thread = saving_on(disk)
    for step, best in enumerate(bests):
        thread.submit(save_of(step, best=best))
        assert len(thread._queue) <= MAX_QUEUED
    assert not thread.wait_until_idle(0)
    disk.gate.set()
    assert thread.wait_until_idle(WAIT)
    steps = [result.step for result in thread.collect()]
    assert steps == sorted(set(steps))
    assert steps[-1] == len(bests) - 1
    kept = [step for kind, step in disk.wrote if kind == "best"]
    assert kept[-1:] == [step for step, best in enumerate(bests) if best][-1:]
    assert [kind for kind, step in disk.wrote if step == steps[-1]][:2] == ["resume", "latest"]


def test_the_order_of_the_files() -> None:
    disk = Disk()
    thread = saving_on(disk)
    disk.gate.set()
    thread.submit(save_of(1, best=True, snapshot=2.5))
    assert thread.wait_until_idle(WAIT)
    assert [kind for kind, _ in disk.wrote] == ["resume", "latest", "best", "kept"]


def test_every_snapshot_is_kept_though_the_disk_is_slow() -> None:
    disk = Disk()
    thread = saving_on(disk)
    threading.Timer(0.05, disk.gate.set).start()
    for step in range(6):
        thread.submit(save_of(step, best=True, snapshot=1.0))
    assert thread.wait_until_idle(WAIT)
    assert [step for kind, step in disk.wrote if kind == "kept"] == list(range(6))


@pytest.mark.fault("1")
def test_what_was_written_is_let_go_before_it_is_said_that_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hears it may end the process, in which torch's memory must not be freed any more."""
    disk, gone, plain = Disk(), [], SaveThread._next_job
    disk.gate.set()

    def watched(thread: SaveThread) -> SaveJob | None:
        gone.append(latest() is None)
        return plain(thread)

    monkeypatch.setattr(SaveThread, "_next_job", watched)
    thread, save = saving_on(disk), save_of(1, best=True)
    latest = weakref.ref(save.latest)
    thread.submit(save)
    del save
    assert thread.wait_until_idle(WAIT)
    assert gone == [False, True]


def test_a_fault_is_a_sentence_and_the_best_is_owed() -> None:
    disk = Disk()
    disk.gate.set()
    thread = saving_on(disk)
    with patch.object(disk, "write_best", side_effect=OSError(28, "No space left on device")):
        thread.submit(save_of(1, best=True))
        assert thread.wait_until_idle(WAIT)
    (result,) = thread.collect()
    assert "No space left" in result.error
    thread.submit(save_of(2))  # not the best itself, but the owed one comes with it
    assert thread.wait_until_idle(WAIT)
    assert ("best", 1) in disk.wrote
    (result,) = thread.collect()
    assert (result.error, result.best) == ("", True)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """While `full` is set, no checkpoint can be written; the next try comes after a twentieth of a second."""
    disk, plain = SimpleNamespace(full=False), Run.write_latest

    def write(self: Run, checkpoint: Checkpoint) -> None:
        if disk.full:
            raise OSError(28, "No space left on device")
        plain(self, checkpoint)

    monkeypatch.setattr(Run, "write_latest", write)
    monkeypatch.setattr(run_writer, "SAVE_INTERVAL_SECONDS", 0.05)
    return disk


@pytest.mark.fault("47")
def test_a_save_comes_with_the_clock_whatever_the_recipe_says(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch, quick_disk: None
) -> None:
    monkeypatch.setattr(run_writer, "SAVE_INTERVAL_SECONDS", 0.0)
    assert len(only(train(save_every=10**6, evaluate_every=10**6), Saved)) > 3
    monkeypatch.setattr(run_writer, "SAVE_INTERVAL_SECONDS", 60.0)
    assert [event.step for event in only(train(save_every=10**6, evaluate_every=10**6), Saved)] == [20]


@pytest.mark.fault("49")
def test_an_end_that_the_disk_refuses_is_tried_until_it_is_there(
    train: Train, only: Only, full_disk: SimpleNamespace
) -> None:
    def watch(event: Event, _inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step == 12:
            full_disk.full = True
        if isinstance(event, Warned) and event.step == 20:
            full_disk.full = False

    events = train(watch)
    assert any("No space left" in event.message for event in only(events, Warned))
    assert only(events, Finished)
    assert only(events, Saved)[-1].step == 20
    assert Run.open(Path(only(events, Started)[0].folder)).finished


@pytest.mark.fault("49")
def test_a_run_whose_end_is_not_on_the_disk_is_not_closed(train: Train, only: Only, full_disk: SimpleNamespace) -> None:
    def watch(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step == 12:
            full_disk.full = True
        if isinstance(event, Warned) and event.step == 20:
            inbox.put(Stop())

    events = train(watch)
    assert isinstance(events[-1], Stopped)
    folder = only(events, Started)[0].folder
    assert Run.open(Path(folder)).finished is None
    full_disk.full = False
    assert only(train(resume=folder), Finished)[0].steps == 20


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that needs 0.15 s for the resume file."""
    plain = Run.write_resume

    def slow(self: Run, arrays: dict[str, Any], state: dict[str, Any]) -> None:
        time.sleep(0.15)
        plain(self, arrays, state)

    monkeypatch.setattr(Run, "write_resume", slow)


@pytest.mark.fault("7")
def test_steps_go_on_while_a_save_is_written_and_it_is_told_once_it_is_there(
    train: Train, only: Only, slow_disk: None
) -> None:
    def look(event: Event, _inbox: CommandQueue) -> None:
        if isinstance(event, Saved):
            folder = next(e for e in seen if isinstance(e, Started)).folder
            assert last_save(Run.open(Path(folder)))[1]["ledger"]["step"] >= event.step
            assert read_header(Path(event.path)).step >= event.step
        seen.append(event)

    seen: list[Event] = []
    events = train(look, save_every=3, evaluate_every=1000, steps=60)
    saved = [event.step for event in only(events, Saved)]
    assert saved == sorted(set(saved))
    assert saved[-1] == 60
    assert len(saved) < 20, "saves that wait give way"
    first = events.index(only(events, Saved)[0])
    before = [event.step for event in events[:first] if isinstance(event, Progress)]
    assert max(before) > saved[0], "no step waited for the first save"


def test_a_stop_an_end_and_a_failure_leave_nothing_half_written(
    train: Train, only: Only, slow_disk: None, home: Path, asked: dict[str, object]
) -> None:
    stream = open_training(TrainRequest(home=str(home), recipe=asked), CommandQueue())
    for event in stream:
        if isinstance(event, Progress) and event.step >= 6:
            break
    abandon(stream)
    # The file is there before its thread is gone.
    for thread in threading.enumerate():
        if thread.name == "saving":
            thread.join(WAIT)
            assert not thread.is_alive()
    folder = next((home / "checkpoints").iterdir())
    with Run.open(folder).lock():
        # How many steps one reading tells is the machine's matter; what was saved is whole, and a step that was due.
        assert read_checkpoint(folder / "latest.safetensors").step in range(5, event.step + 1, 5)
    assert only(train(resume=str(folder)), Finished)


@pytest.mark.fault("49")
def test_a_disk_that_hangs_holds_no_run_for_ever(train: Train, only: Only, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    plain = Run.write_resume

    def hang(self: Run, arrays: dict[str, Any], state: dict[str, Any]) -> None:
        assert gate.wait(WAIT)
        plain(self, arrays, state)

    monkeypatch.setattr(Run, "write_resume", hang)
    monkeypatch.setattr(periodic_tasks, "SAVE_TIMEOUT_SECONDS", 0.3)

    def steer(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step == 4:
            inbox.put(Pause())
        if isinstance(event, Paused):
            inbox.put(Resume())
        if isinstance(event, Progress) and event.step == 20:
            gate.set()

    events = train(steer)
    assert only(events, Finished)[0].steps == 20
    assert only(events, Saved)[-1].step == 20
    assert not only(events, Warned)
    assert not only(events, Stopped)


@pytest.mark.fault("49")
def test_a_save_that_the_disk_refused_is_tried_again_in_a_pause_too(
    train: Train, only: Only, full_disk: SimpleNamespace
) -> None:
    def steer(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step == 12:
            full_disk.full = True
            inbox.put(Pause())
        if isinstance(event, Warned):
            full_disk.full = False
        if isinstance(event, Saved) and event.step >= 12:
            inbox.put(Resume())

    events = train(steer, save_every=10**6, evaluate_every=10**6)
    assert only(events, Finished)
    assert any("No space left" in event.message for event in only(events, Warned))


@pytest.mark.fault("49")
def test_rows_and_samples_that_the_disk_refused_are_kept_until_it_takes_them(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    def append(self: Run, name: str, rows: list[dict[str, Any]]) -> None:
        if 4 <= at[0] < 16:
            tries.append(name)
            raise OSError(28, "No space left on device")
        plain(self, name, rows)

    def watch(event: Event, _inbox: CommandQueue) -> None:
        if isinstance(event, Progress):
            at[0] = event.step

    tries: list[str] = []
    plain, at = Run.append, [0]
    monkeypatch.setattr(Run, "append", append)
    recipe = {"sample_every": 6, "log_every": 1, "save_every": 10**6, "evaluate_every": 10**6}
    events = train(watch, **recipe)
    assert sorted({event.message.split()[0] for event in only(events, Warned)}) == ["metrics"]
    assert tries == ["metrics"], "there may be many: the disk is not asked at every reading"
    run = Run.open(Path(only(events, Started)[0].folder))
    assert [row["step"] for row in run.metrics() if "train_loss" in row] == list(range(1, 21))
    assert {row["step"] for row in run.samples()} == {0, 6, 12, 18}


@pytest.mark.fault("47", "49")
def test_rows_that_were_refused_and_came_late_outlive_a_death(
    home: Path, asked: dict[str, object], train: Train, only: Only, quick_disk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def append(self: Run, name: str, rows: list[dict[str, float]]) -> None:
        if at[0] < 8:
            raise OSError(28, "No space left on device")
        plain(self, name, rows)

    plain, at = Run.append, [0]
    monkeypatch.setattr(Run, "append", append)
    monkeypatch.setattr(run_writer, "ROW_RETRY_SECONDS", 0.0)
    stream = open_training(
        TrainRequest(home=str(home), recipe={**asked, "log_every": 1, "save_every": 7}), CommandQueue()
    )
    for event in stream:
        if isinstance(event, Progress):
            at[0] = event.step
        if isinstance(event, Saved):
            assert not Run.open(Path(event.path).parent).metrics()
        if at[0] >= 10:
            break
    abandon(stream)
    only(train(resume=str(Path(next((home / "checkpoints").iterdir())))), Finished)
    rows = Run.open(next((home / "checkpoints").iterdir())).metrics()
    assert [row["step"] for row in rows if "train_loss" in row] == list(range(1, 21))


@pytest.mark.fault("49")
def test_a_disk_that_says_nothing_of_its_files_ends_no_saving(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_file(self: Path) -> bool:
        if self.suffix == ".safetensors" and told:
            raise PermissionError(13, "Permission denied")
        return plain(self)

    def watch(event: Event, _inbox: CommandQueue) -> None:
        told[:] = [event] if isinstance(event, Progress) and event.step < 15 else []

    told: list[Event] = []
    plain = Path.is_file
    monkeypatch.setattr(Path, "is_file", is_file)
    assert [event.step for event in only(train(watch), Saved)][-1] == 20


@pytest.mark.fault("50")
def test_a_folder_that_may_not_be_read_ends_no_training(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scandir(path: Path) -> Any:
        if Path(path).parent.name == "checkpoints":
            raise PermissionError(13, "Permission denied")
        return plain(path)

    plain = os.scandir
    monkeypatch.setattr(os, "scandir", scandir)
    assert [event.step for event in only(train(), Saved)][-1] == 20
