"""A run that was left, attached to and changed is, to the bit, the headless run under the same changes."""

import random
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hosted import Client, until
from spoken_trainer import SpokenTrainer
from trainings import Only, Train, commands_of, difference, replay, stop_at

from charplay.playground.run_controller import RunController
from charplay.protocol.commands import SetHyperparameter, Undo
from charplay.protocol.events import Started
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.run import Run
from charplay.server.hosting import host_run
from charplay.server.remote_trainer import RemoteTrainer
from charplay.server.socket_folder import listen
from charplay.training.run_training import open_training

SETTINGS: dict[str, Any] = {
    "steps": 1500, "log_every": 1, "evaluate_every": 200, "save_every": 300, "output_dropout": 0.2,
    "schedule": "cosine",
}  # fmt: skip


class Hosting:
    """A run that a thread hosts, and as many who are attached to it as the test likes."""

    def __init__(self, sockets: Path, request: TrainRequest) -> None:
        listener, self.path = listen(sockets)
        self.inbox = CommandQueue()
        args = (request, open_training, listener, self.path, self.inbox, lambda _: None)
        self.thread = threading.Thread(target=host_run, args=args, daemon=True)
        self.thread.start()

    def attach(self) -> RunController:
        runs = RunController(RemoteTrainer(self.path, SpokenTrainer()))
        runs.attach()
        return runs


@pytest.fixture
def sockets() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cp", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def left(train: Train, only: Only, home: Path) -> TrainRequest:
    """A run that was stopped at its step 50, as when it is left, and the request to take it up."""
    folder = only(train(stop_at(50), **SETTINGS), Started)[0].folder
    return TrainRequest(home=str(home), resume=folder)


def reached(runs: RunController, condition: Callable[[], object]) -> Callable[[], bool]:
    return lambda: runs.advance() is not None and bool(condition())


@pytest.mark.fault("65")
def test_it_is_the_headless_run_to_the_bit(
    left: TrainRequest, sockets: Path, train: Train, only: Only, home: Path
) -> None:
    hosting = Hosting(sockets, left)
    one, other = hosting.attach(), hosting.attach()
    until(reached(one, lambda: one.state.step > 60), 60)
    one.set_hyperparameter("learning_rate", 0.002)
    until(reached(other, lambda: other.state.peak_rate == 0.002), 60)
    other.pause()
    until(reached(one, lambda: one.state.status == "paused"), 60)
    one.step()
    one.step()
    one.set_hyperparameter("clip_norm", 0.25)
    one.resume()
    until(reached(other, lambda: other.state.recipe["clip_norm"] == 0.25), 60)
    other.publish()
    other.save()
    until(reached(other, lambda: other.state.status == "training"), 60)
    stray = Client(hosting.path)
    stray.end.sendall(b'{"command": "set-hyperparameter", "fie')
    stray.close()
    until(reached(one, lambda: one.state.step > 400), 60)
    one.set_hyperparameter("output_dropout", 0.4)
    until(reached(other, lambda: len(other.state.changes) == 3), 60)
    other.undo()
    until(reached(other, lambda: len(other.state.changes) == 2), 60)
    until(reached(one, lambda: one.state.status == "finished"), 60)
    hosting.thread.join(30)
    assert left.resume
    run = Run.open(Path(left.resume))
    commands = commands_of(run)
    assert [type(command) for _, command in commands] == [SetHyperparameter, SetHyperparameter, SetHyperparameter, Undo]
    headless = only(train(replay(commands), **SETTINGS), Started)[0].folder
    assert difference(run, Run.open(Path(headless))) == ""
    assert run.finished is not None


def test_the_comparison_can_fail(left: TrainRequest, sockets: Path, train: Train, only: Only) -> None:
    hosting = Hosting(sockets, left)
    one = hosting.attach()
    until(reached(one, lambda: one.state.step > 60), 60)
    one.set_hyperparameter("learning_rate", 0.002)
    until(reached(one, lambda: one.state.status == "finished"), 60)
    hosting.thread.join(30)
    assert left.resume
    run = Run.open(Path(left.resume))
    ((step, command),) = commands_of(run)
    headless = only(train(replay([(step + 1, command)]), **SETTINGS), Started)[0].folder
    assert difference(run, Run.open(Path(headless))) != ""


@pytest.mark.fault("64")
def test_each_acknowledged_change_is_recorded_once_whoever_dies(left: TrainRequest, sockets: Path, only: Only) -> None:
    hosting, draw = Hosting(sockets, replace(left, recipe={})), random.Random(3)
    hosted = hosting.attach()
    until(reached(hosted, lambda: hosted.state.step > 55), 60)
    hosted.pause()
    until(reached(hosted, lambda: hosted.state.status == "paused"), 60)
    acknowledged, sent = list[float](), list[float]()
    for _ in range(200):
        clients = [Client(hosting.path), Client(hosting.path)]
        for client in clients:
            value = round(0.001 + len(sent) * 1e-6, 9)
            sent.append(value)
            client.say({"id": 1, "command": "set-hyperparameter", "field": "learning_rate", "value": value})
        for client, value in zip(clients, sent[-2:], strict=True):
            if draw.random() < 0.5:
                assert client.answer(1)["ok"]
                acknowledged.append(value)
            client.close()
    hosted.stop()
    until(reached(hosted, lambda: hosted.state.status == "stopped"), 120)
    hosting.thread.join(30)
    assert left.resume
    recorded = [row["new"] for row in Run.open(Path(left.resume)).changes()]
    assert len(acknowledged) > 50
    assert len(set(recorded)) == len(recorded)
    assert set(acknowledged) <= set(recorded) <= set(sent)
