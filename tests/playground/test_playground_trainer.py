"""A trainer in a thread and one behind a socket look the same to whoever steers them."""

import json
import math
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import get_args

import numpy as np
import pytest
from scripted_trainer import ScriptedTrainer

from charplay.playground.background_thread import NICENESS
from charplay.playground.jobs import BackgroundJob
from charplay.playground.local_trainer import LocalTrainer, OpenTraining
from charplay.playground.run_controller import RunController
from charplay.playground.trainer_client import TrainerClient
from charplay.protocol.codec import (
    EVENTS,
    decode_command,
    decode_event,
    decode_request,
    encode_command,
    encode_event,
    encode_request,
)
from charplay.protocol.commands import (
    Command,
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
from charplay.protocol.events import (
    Changed,
    Commanded,
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
    Working,
)
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.home import Home

REQUEST = TrainRequest(home="/", recipe={"hidden_size": 12, "cleaning": ("lowercase",)})
OVER = {"over": True}


class Host:
    """A trainer at one end of a socket: reads requests and commands as lines of JSON, writes events as such."""

    def __init__(self, trainer: LocalTrainer, end: socket.socket) -> None:
        self._trainer, self._end = trainer, end
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._write, daemon=True).start()

    def _read(self) -> None:
        for line in self._end.makefile("rb"):
            message = json.loads(line)
            if "command" in message:
                self._trainer.send(decode_command(message))
            else:
                self._trainer.start(decode_request(message))

    def _write(self) -> None:
        was_alive = False
        while self._end.fileno() >= 0:
            alive = self._trainer.alive
            events = self._trainer.drain()
            lines = [encode_event(event) for event in events]
            if was_alive and not alive and not events:
                lines.append(dict(OVER))
            else:
                was_alive = was_alive or alive or bool(events)
            if lines and lines[-1] == OVER:
                was_alive = False
            try:
                self._end.sendall(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
            except OSError:
                return
            time.sleep(0.002)


class SocketTrainer:
    """The other end, as a `TrainerClient`."""

    def __init__(self, open_training: OpenTraining) -> None:
        self.alive = self.outlives = False
        self._end, other = socket.socketpair()
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._host = Host(LocalTrainer(open_training), other)
        threading.Thread(target=self._read, daemon=True).start()

    def start(self, request: TrainRequest) -> bool:
        if self.alive:
            return False
        self.alive = True
        self._say(encode_request(request))
        return True

    def send(self, command: Command) -> None:
        self._say(encode_command(command))

    def drain(self) -> list[Event]:
        with self._lock:
            events, self._events = self._events, []
        return events

    def _say(self, message: dict[str, object]) -> None:
        self._end.sendall(json.dumps(message).encode() + b"\n")

    def _read(self) -> None:
        for line in self._end.makefile("rb"):
            message = json.loads(line)
            if message == OVER:
                self.alive = False
                continue
            with self._lock:
                self._events.append(decode_event(message))


@pytest.fixture(params=[LocalTrainer, SocketTrainer], ids=["thread", "socket"])
def connect(request: pytest.FixtureRequest) -> Callable[[OpenTraining], TrainerClient]:
    kind: Callable[[OpenTraining], TrainerClient] = request.param
    return kind


@pytest.fixture
def script(home: Home) -> ScriptedTrainer:
    return ScriptedTrainer(home)


@pytest.fixture
def client(connect: Callable[[OpenTraining], TrainerClient], script: ScriptedTrainer) -> Iterator[TrainerClient]:
    client = connect(script)
    yield client
    script.deaf = False
    client.send(Stop("the test is over"))
    until(lambda: not client.alive)


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for another thread."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.002)


def heard(client: TrainerClient, kind: type[Event]) -> list[Event]:
    """All events up to the first one of a kind."""
    events: list[Event] = []

    def came() -> bool:
        events.extend(client.drain())
        return any(isinstance(event, kind) for event in events)

    until(came)
    return events


def test_a_request_arrives_as_it_was_made(client: TrainerClient, script: ScriptedTrainer) -> None:
    assert client.start(REQUEST)
    until(lambda: script.requests)
    assert script.requests == [REQUEST]


def test_one_run_trains_at_a_time(client: TrainerClient, script: ScriptedTrainer) -> None:
    assert client.start(REQUEST)
    assert client.alive
    assert not client.start(REQUEST)
    client.send(Stop("asked"))
    until(lambda: not client.alive)
    assert client.start(REQUEST)
    until(lambda: len(script.requests) == 2)
    assert script.most_at_work == 1


def test_commands_arrive_and_events_come_back_in_order(client: TrainerClient, script: ScriptedTrainer) -> None:
    client.start(REQUEST)
    until(lambda: script.requests)
    begun = script.started()
    script.put(begun, script.progress(100))
    events = heard(client, Progress)
    assert [event for event in events if isinstance(event, Started)] == [begun]
    client.send(Pause())
    client.send(SetHyperparameter("dropout", 0.25))
    client.send(Stop("enough"))
    kinds = [event.kind for event in heard(client, Stopped)]
    assert kinds[-4:] == ["paused", "changed", "saved", "stopped"]
    assert script.commands == [Pause(), SetHyperparameter("dropout", 0.25), Stop("enough")]


EVERY: tuple[Command, ...] = (
    Pause(), Resume(), StepOnce(), SetHyperparameter("betas", (0.9, 0.99)), Undo(), Save(), PublishWeights(),
    ProcessSuspended(None), ProcessSuspended(2.5), Stop("asked, and meant"),
)  # fmt: skip


def test_every_command_arrives_as_it_was_sent(client: TrainerClient, script: ScriptedTrainer) -> None:
    assert {type(command) for command in EVERY} == set(get_args(Command))
    client.start(REQUEST)
    until(lambda: script.requests)
    script.put(script.started())
    heard(client, Started)
    for command in EVERY:
        client.send(command)
    heard(client, Stopped)
    assert script.commands == [*EVERY]


def test_every_event_comes_back_as_it_was_told_rows_and_notes_included(
    client: TrainerClient, script: ScriptedTrainer
) -> None:
    client.start(REQUEST)
    until(lambda: script.requests)
    told: list[Event] = [
        Preparing(phase="importing torch"), script.started(notes=("streams shrank to 4",)), script.progress(100),
        script.evaluated(100, math.inf), Working(step=100, phase="measuring", share=0.5),
        Sampled(step=100, epoch=0.2, temperature=0.5, prompt="\x1b", text="f\ud800x"),
        Saved(step=100, path="/x", best=False), Changed(step=100, field="betas", old=None, new=(0.9, 0.99)),
        Paused(step=100, reason="out of memory"), Resumed(step=100), Warned(message="It is slow."),
        Commanded(step=100, command="pause", by="pid 7"),
        Finished(step=100, run="r", checkpoint="x", train_loss=None, val_loss=1.5, val_loss_cold=None, steps=100),
    ]  # fmt: skip
    assert {type(each) for each in told} | {Published, Stopped, Failed} == set(EVENTS.values())
    rows = [event.rows for event in told if isinstance(event, Progress)]
    assert len(rows[0]) == 11
    script.put(*told)
    events = heard(client, Finished)
    assert events[-len(told) :] == told


def test_weights_come_over_as_they_are(client: TrainerClient, script: ScriptedTrainer) -> None:
    client.start(REQUEST)
    until(lambda: script.requests)
    script.put(script.started())
    heard(client, Started)
    client.send(PublishWeights())
    published = heard(client, Published)[-1]
    assert isinstance(published, Published)
    assert published.weights.keys() == script.published().weights.keys()
    for name, weights in script.published().weights.items():
        assert published.weights[name].dtype == np.float32
        assert np.array_equal(published.weights[name], weights)


@pytest.mark.fault("4")
def test_an_exception_in_the_trainer_is_an_event(client: TrainerClient, script: ScriptedTrainer) -> None:
    client.start(REQUEST)
    until(lambda: script.requests)
    script.put(ZeroDivisionError("by nought"))
    failed = heard(client, Failed)[-1]
    assert isinstance(failed, Failed)
    assert failed.message == "Training broke off: ZeroDivisionError: by nought"
    assert "Traceback" in failed.cause
    until(lambda: not client.alive)


def test_all_events_are_there_once_it_is_over(client: TrainerClient, script: ScriptedTrainer) -> None:
    client.start(REQUEST)
    until(lambda: script.requests)
    client.send(Stop("asked"))
    until(lambda: not client.alive)
    assert isinstance(client.drain()[-1], Stopped)
    assert client.drain() == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux schedules threads apart")
def test_the_training_thread_its_helpers_and_jobs_never_interrupt_a_key() -> None:
    found: list[tuple[int, int]] = []

    def look() -> None:
        found.append(standing())

    def open_training(_request: TrainRequest, _commands: CommandQueue) -> Iterator[Event]:
        look()
        helper = threading.Thread(target=look)
        helper.start()
        helper.join()
        yield Stopped(step=0, seconds=0.0, reason="asked")

    before = standing()
    trainer = LocalTrainer(open_training)
    trainer.start(REQUEST)
    until(lambda: not trainer.alive)
    job = BackgroundJob(lambda _: look()).start()
    until(lambda: job.done)
    assert found == [(os.SCHED_BATCH, before[1] + NICENESS)] * 3
    assert standing() == before


def standing() -> tuple[int, int]:
    """How this thread is scheduled, and how nice it is."""
    return os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)


def test_a_whole_run_is_steered(client: TrainerClient, script: ScriptedTrainer) -> None:
    runs = RunController(client)

    def reached(state: str) -> Callable[[], bool]:
        return lambda: runs.advance() is not None and runs.state.status == state

    runs.start(REQUEST)
    until(lambda: script.requests)
    script.put(script.started(), script.progress(100))
    until(reached("training"))
    runs.pause()
    until(reached("paused"))
    runs.step()
    until(lambda: runs.advance() is not None and runs.state.step == 101)
    runs.resume()
    until(reached("training"))
    runs.start(REQUEST)
    until(lambda: runs.advance() is not None and len(script.requests) == 2)
    assert [type(command) for command in script.commands if not isinstance(command, PublishWeights)][-1] is Stop
    runs.close("asked", 5.0)
    until(lambda: not runs.closing)
    assert not client.alive


@pytest.mark.fault("1")
def test_a_trainer_that_will_not_stop_cannot_hold_the_exit(client: TrainerClient, script: ScriptedTrainer) -> None:
    runs = RunController(client)
    runs.start(REQUEST)
    until(lambda: script.requests)
    script.put(script.started())
    until(lambda: runs.advance() is not None and runs.state.folder)
    script.deaf = True
    runs.close("asked", 0.1)
    assert runs.closing
    until(lambda: not runs.closing, 1.0)
    assert client.alive
