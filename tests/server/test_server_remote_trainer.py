"""A client's playground steers a run that another process hosts as it steers one of its own, and leaves it alone."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hosted import Hosted, hosted_run, until
from scripted_trainer import ScriptedTrainer
from spoken_trainer import REQUEST, SpokenTrainer, progress

from charplay.playground.run_controller import RunController
from charplay.protocol.commands import Pause, PublishWeights
from charplay.protocol.events import Commanded, Event, Published, Saved
from charplay.runs.home import Home
from charplay.server.errors import ServerError
from charplay.server.link import Link, ask
from charplay.server.remote_trainer import RemoteTrainer
from charplay.server.socket_folder import listen, weights_path


@pytest.fixture
def script(home: Home) -> ScriptedTrainer:
    return ScriptedTrainer(home)


@pytest.fixture
def path(sockets: Path, script: ScriptedTrainer) -> Iterator[Path]:
    with hosted_run(sockets, script) as path:
        yield path


def attached(path: Path, *, watch: bool = False) -> RunController:
    runs = RunController(RemoteTrainer(path, SpokenTrainer(), watch=watch))
    runs.attach()
    return runs


def reached(runs: RunController, state: str) -> Callable[[], bool]:
    return lambda: runs.advance() is not None and runs.state.status == state


def test_a_run_is_shown_and_steered_from_two_places(path: Path, script: ScriptedTrainer) -> None:
    one, other = attached(path), attached(path)
    for runs in (one, other):
        until(reached(runs, "training"))
        assert (runs.state.step, runs.state.train_loss is None, runs.remote) == (100, False, True)
    one.pause()
    until(reached(other, "paused"))
    other.resume()  # though it was not the one that paused
    until(reached(one, "training"))
    one.set_hyperparameter("learning_rate", 0.001)
    until(lambda: other.advance() is not None and other.state.peak_rate == 0.001)
    assert script.requests[0].socket == str(path)


def test_earlier_rows_come_from_the_folder_and_later_ones_over_the_socket(path: Path, script: ScriptedTrainer) -> None:
    assert script.run is not None
    rows = [{"step": at, "epoch": at / 500, "seconds": at / 20, "train_loss": 2.0} for at in (50, 100)]
    script.run.append("metrics", rows)
    runs = attached(path)
    until(reached(runs, "training"))
    until(lambda: runs.advance() is not None and runs.catch_up())
    script.put(script.progress(200))
    until(lambda: runs.advance() is not None and runs.state.step == 200)
    x, _ = runs.history.curves.points("train_loss")
    assert sorted(set(x)) == [50, 100, *range(110, 201, 10)]


def test_weights_come_by_a_file_that_only_this_user_can_read(path: Path, script: ScriptedTrainer) -> None:
    runs, events = attached(path), list[Event]()

    def came() -> bool:
        events.extend(runs.advance())
        return any(isinstance(event, Published) for event in events)

    until(came)
    published = next(event for event in events if isinstance(event, Published))
    for name, weights in script.published().weights.items():
        assert np.array_equal(published.weights[name], weights)
    assert weights_path(path).stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in path.parent.iterdir()) == sorted(["lock", path.name, weights_path(path).name])


def test_one_who_only_watches_sends_nothing(path: Path, script: ScriptedTrainer) -> None:
    runs = attached(path, watch=True)
    until(reached(runs, "training"))
    runs.pause()
    runs.save()
    assert ask(path, {"command": "status"}, 5.0)["state"] == "training"  # type: ignore[index]
    assert script.commands == []


def test_leaving_leaves_the_run_alone_and_needs_no_patience(path: Path, script: ScriptedTrainer) -> None:
    runs = attached(path)
    until(reached(runs, "training"))
    runs.close("hung up", 4.0)
    assert not runs.closing
    assert [command for command in script.commands if not isinstance(command, PublishWeights)] == []


def test_a_stop_ends_the_run_for_all_and_the_next_one_is_trained_here(path: Path) -> None:
    local = SpokenTrainer()
    remote = RemoteTrainer(path, local)
    runs = RunController(remote)
    runs.attach()
    until(reached(runs, "training"))
    runs.start(REQUEST)
    until(lambda: runs.advance() is not None and local.requests)
    assert local.requests == [REQUEST]
    assert not runs.remote
    until(lambda: not path.exists())


def test_others_commands_are_told_and_ones_own_are_not(host: Callable[..., Hosted]) -> None:
    hosted = host()
    runs, heard = attached(hosted.path), list[Event]()
    until(lambda: runs.advance() is not None and runs.state.folder)
    hosted.tell(Commanded(command="save", by="pid 1"))
    runs.save()
    runs.set_hyperparameter("learning_rate", 0.5)
    until(lambda: hosted.log[1:])

    def told() -> bool:
        heard.extend(runs.advance())
        return bool(heard)

    until(told)
    assert [event for event in heard if isinstance(event, Commanded)] == [Commanded(command="save", by="pid 1")]


@pytest.mark.fault("64")
def test_a_host_that_is_gone_is_said_and_its_last_save_is_named(host: Callable[..., Hosted]) -> None:
    hosted = host()
    hosted.tell(progress(10), Saved(step=7, path="", best=False))
    runs = attached(hosted.path)
    until(lambda: runs.advance() is not None and runs.state.saved_step == 7)
    hosted.host.close()
    until(reached(runs, "failed"))
    assert runs.state.message.startswith("The process that trained r-1 is gone")
    assert runs.state.saved_step == 7
    assert not runs.remote


@pytest.mark.fault("64")
def test_a_client_that_was_dropped_attaches_anew(host: Callable[..., Hosted]) -> None:
    hosted = host()
    remote = RemoteTrainer(hosted.path, SpokenTrainer())
    runs = RunController(remote)
    runs.attach()
    hosted.tell(progress(10))
    until(lambda: runs.advance() is not None and runs.state.step == 10)
    for client in hosted.host._clients:  # as one who stood still is
        client.open = False
    hosted.tell(progress(20))
    until(lambda: runs.advance() is not None and runs.state.step == 20)
    runs.pause()
    until(lambda: Pause() in hosted.commands)


@dataclass(frozen=True, kw_only=True)
class Later(Event):
    """An event that only a later version knows."""

    kind = "later"


@pytest.mark.fault("64")
def test_an_event_that_it_does_not_know_makes_it_attach_anew(host: Callable[..., Hosted]) -> None:
    hosted = host()
    runs = attached(hosted.path)
    until(lambda: runs.advance() is not None and runs.state.folder)
    hosted.tell(Later())
    hosted.tell(progress(20))
    until(lambda: runs.advance() is not None and runs.state.step == 20)


def test_a_socket_without_a_host_and_a_host_of_another_version_are_sentences(sockets: Path) -> None:
    listener, path = listen(sockets)
    with pytest.raises(ServerError, match=r"nobody can be reached at .*\.sock \(it does not answer\)"):
        Link(path, 0.05)
    hello = b'{"hello": "charplay", "protocol": 2, "version": "9"}\n'
    answering = threading.Thread(target=say, args=(listener, hello))
    answering.start()
    with pytest.raises(ServerError, match="hosted by charplay 9, whose protocol"):
        RemoteTrainer(path, SpokenTrainer())
    answering.join()
    listener.close()
    with pytest.raises(ServerError, match="Connection refused"):
        RemoteTrainer(path, SpokenTrainer())


def say(listener: socket.socket, line: bytes) -> None:
    """Answer the second who comes."""
    listener.setblocking(True)
    listener.accept()
    end, _ = listener.accept()
    end.sendall(line)
    end.close()
