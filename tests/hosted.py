"""A host whose trainer the test speaks for, a client that says whatever it likes, and what is no command."""

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripted_trainer import ScriptedTrainer
from spoken_trainer import started

from charplay.protocol.codec import COMMANDS
from charplay.protocol.commands import Command
from charplay.protocol.events import Event, Stopped
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.server.host import Host
from charplay.server.hosting import host_run
from charplay.server.link import ask
from charplay.server.socket_folder import listen


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for another thread."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.002)


@contextmanager
def hosted_run(sockets: Path, script: ScriptedTrainer) -> Iterator[Path]:
    """Where a run is hosted that does what the script says; it has come to step 100."""
    (listener, path), inbox = listen(sockets), CommandQueue()
    request = TrainRequest(home=str(script.home.root), recipe={"steps": 3000, "minutes": None})
    thread = threading.Thread(
        target=host_run, args=(request, script, listener, path, inbox, lambda _: None), daemon=True
    )
    thread.start()
    until(lambda: script.requests)
    script.put(script.started(), script.progress(100))
    until(lambda: ask(path, {"command": "status"}, 5.0)["step"] == 100)  # type: ignore[index]
    yield path
    script.put(Stopped(step=script.step, reason="the test is over"))
    thread.join(10)
    assert not thread.is_alive()


class Hosted:
    """A host that serves in its thread; `tell` is what its run tells, `commands` what its trainer was given."""

    def __init__(self, folder: Path, *, begun: bool = True, **options: Any) -> None:
        listener, self.path = listen(folder)
        self.inbox = CommandQueue()
        self.log: list[str] = []
        self.host = Host(listener, self.path, self.inbox, log=self.log.append, **options)
        self._commands: list[Command] = []
        self.host.start()
        if begun:
            self.tell(started())
            until(lambda: self.host.state.recipe)

    def tell(self, *events: Event) -> None:
        for event in events:
            self.host.tell(event)

    @property
    def commands(self) -> list[Command]:
        self._commands += self.inbox.take()
        return self._commands

    def connect(self) -> "Client":
        return Client(self.path)


class Client:
    """The bare end of a socket."""

    def __init__(self, path: Path) -> None:
        self.end = socket.socket(socket.AF_UNIX)
        self.end.settimeout(10.0)
        self.end.connect(str(path))
        self._lines = self.end.makefile("rb")
        self.heard: list[dict[str, Any]] = []

    def say(self, message: object) -> None:
        self.end.sendall(json.dumps(message).encode() + b"\n")

    def next(self) -> dict[str, Any] | None:
        try:
            line = self._lines.readline()
        except ConnectionResetError:  # it hung up on something that it had not read
            return None
        if not line:
            return None
        message: dict[str, Any] = json.loads(line)
        self.heard.append(message)
        return message

    def until(self, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The next message of a kind."""
        while (message := self.next()) is not None:
            if wanted(message):
                return message
        raise AssertionError(f"it hung up after {self.heard[-3:]}")

    def until_step(self, step: int) -> None:
        """Wait until the run's progress to a step is told."""
        self.until(lambda message: message.get("event") == "progress" and message["step"] == step)

    def answer(self, number: object) -> dict[str, Any]:
        return self.until(lambda message: message.get("id") == number and ("ok" in message or "error" in message))

    def close(self) -> None:
        self._lines.close()
        self.end.close()


VALUES = [
    "x", "", -1, 0, 1e999, 10**400, float("nan"), None, True, [], [[]], {}, {"number": "nan"}, "\ud800", "9" * 5000,
    [0.9, 0.99], {"a": {"b": []}},
]  # fmt: skip
FIELDS = ["learning_rate", "batch_size", "dropout", "hidden_size", "seed", "", "x" * 300, "__class__"]


def nonsense(draw: random.Random) -> bytes:
    """One line that is no command, or a command that no run should take."""
    match draw.randrange(6):
        case 0:
            return bytes(draw.randrange(256) for _ in range(draw.randrange(80))).replace(b"\n", b"") + b"\n"
        case 1:
            return b"[" * draw.choice([10, 900, 5000]) + b"\n"
        case 2:
            value = "[" * 400 + "]" * 400
            return f'{{"command": "set-hyperparameter", "field": "seed", "value": {value}}}\n'.encode()
        case 3:
            names = ["id", "event", "command", "x"]
            message: dict[str, Any] = {draw.choice(names): draw.choice(VALUES) for _ in range(3)}
        case 4:
            message = {"command": "set-hyperparameter", "field": draw.choice(FIELDS[3:]), "value": draw.choice(VALUES)}
        case _:
            message = {"command": draw.choice([*COMMANDS, "quit"]), "reason": 5, "id": draw.choice(VALUES)}
    return json.dumps(message).encode() + b"\n"
