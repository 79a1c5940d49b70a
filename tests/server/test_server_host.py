"""A host tells everybody everything, carries out what it is asked once, and is harmed by nobody."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hosted import Client, Hosted, nonsense, until
from spoken_trainer import progress, row

from charplay.protocol.commands import Pause, PublishWeights, Resume, Save, SetHyperparameter, StepOnce, Stop, Undo
from charplay.protocol.events import Changed, Evaluated, Paused, Saved, Stopped, Warned
from charplay.server.connection import MAX_BACKLOG_BYTES
from charplay.server.framing import MAX_LINE_BYTES
from charplay.server.host import MAX_CLIENTS
from charplay.server.socket_folder import Peer

MakeHost = Callable[..., Hosted]


def greeted(client: Client) -> dict[str, Any]:
    hello = client.next()
    assert hello is not None
    return hello


def test_the_first_lines_say_who_it_is_and_where_the_run_stands(host: MakeHost) -> None:
    hosted = host()
    hosted.tell(progress(10))
    until(lambda: hosted.host.state.step == 10)
    client = hosted.connect()
    hello = greeted(client)
    assert {name: hello[name] for name in ("hello", "protocol", "run", "folder", "state", "you")} == {
        "hello": "charplay", "protocol": 1, "run": "r-1", "folder": "/runs/r-1", "state": "training",
        "you": f"pid {os.getpid()}",
    }  # fmt: skip
    count = client.next()
    assert count is not None
    told = [client.next() for _ in range(count["snapshot"]["events"])]
    assert [event["event"] for event in told if event] == ["progress", "started", "progress"]
    hosted.tell(progress(20))
    assert client.until(lambda message: message.get("event") == "progress")["step"] == 20


def test_every_command_is_carried_out_and_everybody_is_told_by_whom(host: MakeHost) -> None:
    hosted = host()
    one, other = hosted.connect(), hosted.connect()
    one.say({"id": 1, "command": "pause"})
    assert one.answer(1) == {"id": 1, "ok": True}
    told = other.until(lambda message: message.get("event") == "commanded")
    assert (told["command"], told["by"]) == ("pause", f"pid {os.getpid()}")
    hosted.tell(Paused(step=0))
    other.until(lambda message: message.get("event") == "paused")
    other.say({"id": "step", "command": "step-once"})
    assert other.answer("step") == {"id": "step", "ok": True}
    other.say({"id": 2, "command": "resume"})
    assert other.answer(2)["ok"]
    assert hosted.commands == [Pause(), StepOnce(), Resume()]
    assert hosted.log == [f"pid {os.getpid()}: {what}" for what in ("pause", "steponce", "resume")]


def test_a_change_is_answered_once_the_trainer_has_made_it_and_the_next_waits_for_that(host: MakeHost) -> None:
    hosted = host()
    one, other = hosted.connect(), hosted.connect()
    one.say({"id": 1, "command": "set-hyperparameter", "field": "learning_rate", "value": 0.001})
    until(lambda: hosted.commands)
    other.say({"id": 2, "command": "set-hyperparameter", "field": "learning_rate", "value": 0.002})
    other.say({"id": 3, "command": "undo"})
    other.say({"id": 4, "command": "status"})
    assert other.answer(4)["ok"]["state"] == "preparing"
    assert hosted.commands == [SetHyperparameter("learning_rate", 0.001)]
    assert not any(message.get("id") in {2, 3} for message in other.heard)
    hosted.tell(Changed(step=1, field="learning_rate", old=0.005, new=0.001))
    assert one.answer(1) == {"id": 1, "ok": True}
    until(lambda: len(hosted.commands) == 2)
    hosted.tell(Warned(step=2, message="the disk is full"), Warned(step=2, message="it cannot be", refused=True))
    assert other.answer(2) == {"id": 2, "error": "it cannot be"}
    until(lambda: hosted.commands[2:] == [Undo()])
    hosted.tell(Changed(step=1, field="undo", old=2, new=1))
    assert other.answer(3)["ok"]


def test_a_save_and_a_stop_are_answered_when_they_are_done(host: MakeHost) -> None:
    hosted = host()
    hosted.tell(progress(10))
    until(lambda: hosted.host.state.step == 10)
    client = hosted.connect()
    client.say({"id": 1, "command": "save"})
    client.say({"id": 2, "command": "stop"})
    until(lambda: hosted.commands == [Save(), Stop()])
    hosted.tell(Saved(step=9, path="", best=False), Saved(step=10, path="", best=False))
    client.until(lambda message: message.get("event") == "saved" and message["step"] == 9)
    client.until(lambda message: message.get("event") == "saved" and message["step"] == 10)
    assert client.answer(1)["ok"]
    hosted.tell(Stopped(step=10, reason="asked", run="r-1"))
    assert client.answer(2)["ok"]
    client.say({"id": 3, "command": "pause"})
    assert "has ended" in client.answer(3)["error"]


def test_status_says_how_it_stands_and_what_is_no_number_is_null(host: MakeHost) -> None:
    hosted = host()
    hosted.tell(progress(10, [row(10, train_loss=float("nan"))]))
    hosted.tell(Evaluated(step=10, epoch=1, val_loss=float("inf"), val_accuracy=0.1, best=False))
    until(lambda: hosted.host.state.val_loss is not None)
    client = hosted.connect()
    client.say({"command": "status"})
    status = client.answer(None)["ok"]
    wanted = "run state step total_steps done seconds seconds_left train_loss val_loss learning_rate chars_per_second"
    assert {*wanted.split(), "device", "pid", "clients"} <= status.keys()
    assert (status["run"], status["step"], status["train_loss"], status["val_loss"]) == ("r-1", 10, None, None)
    assert (status["pid"], status["clients"]) == (os.getpid(), 0)


def test_weights_are_asked_for_only_while_somebody_wants_them_and_twice_a_second_at_most(host: MakeHost) -> None:
    now = [100.0]
    hosted = host(clock=lambda: now[0])
    client = hosted.connect()
    client.say({"id": 1, "command": "status"})
    client.answer(1)
    assert hosted.commands == []
    for number in range(2, 8):
        client.say({"id": number, "command": "publish-weights"})
        assert client.answer(number)["ok"]
    until(lambda: hosted.commands == [PublishWeights()])
    now[0] += 0.49
    client.say({"id": 8, "command": "status"})
    client.answer(8)
    assert hosted.commands == [PublishWeights()]
    now[0] += 0.02
    until(lambda: hosted.commands == [PublishWeights()] * 2)


@pytest.mark.fault("64")
def test_another_user_cannot_connect(host: MakeHost) -> None:
    hosted = host(peer_of=lambda _: Peer(7, os.getuid() + 1))
    client = hosted.connect()
    assert client.next() == {"error": "this run belongs to another user"}
    assert client.next() is None
    assert hosted.commands == []


AS_NOBODY = """
import os, socket, sys
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
end = socket.socket(socket.AF_UNIX)
try:
    end.connect(sys.argv[1])
except PermissionError:
    print("not let in")
else:
    print(end.makefile().readline())
"""


@pytest.mark.fault("64")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("open_to_all", [False, True], ids=["modes", "peer"])
def test_another_user_is_kept_out_by_the_modes_and_where_these_are_gone_by_the_uid(
    host: MakeHost, sockets: Path, *, open_to_all: bool
) -> None:
    hosted = host()
    if open_to_all:
        sockets.chmod(0o755)
        hosted.path.chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(hosted.path)], capture_output=True, text=True, timeout=30, check=True
    )
    assert ("belongs to another user" if open_to_all else "not let in") in done.stdout
    assert hosted.commands == []


def test_sixteen_are_attached_and_the_seventeenth_is_told_why_not(host: MakeHost) -> None:
    hosted = host()
    clients = [hosted.connect() for _ in range(MAX_CLIENTS)]
    for each in clients:
        greeted(each)
    late = hosted.connect()
    assert "16 clients are attached" in (late.next() or {})["error"]
    clients[3].close()
    until(lambda: "hello" in (hosted.connect().next() or {}))


@pytest.mark.fault("64")
def test_one_who_stands_still_is_dropped_and_may_attach_anew_and_nobody_else_waits(host: MakeHost) -> None:
    hosted = host()
    still, awake = hosted.connect(), hosted.connect()
    greeted(awake)
    many = [row(step, train_loss=1 / 3) for step in range(3000)]
    for step in range(MAX_BACKLOG_BYTES // 300_000 + 4):
        hosted.tell(progress(step, many))
        awake.until_step(step)
    awake.say({"id": 1, "command": "status"})
    assert awake.answer(1)["ok"]["clients"] == 0
    assert "hello" in greeted(hosted.connect())
    still.close()


@pytest.mark.fault("64")
def test_one_who_floods_it_waits_for_the_others_turn(host: MakeHost) -> None:
    hosted = host()
    flood, other = hosted.connect(), hosted.connect()
    flood.end.setblocking(False)
    line = json.dumps({"command": "resume"}).encode() + b"\n"
    with suppress(BlockingIOError):
        while True:
            flood.end.send(line * 500)
    other.say({"id": 1, "command": "status"})
    assert other.answer(1)["ok"]["run"] == "r-1"


def test_a_line_without_an_end_ends_its_sender_alone(host: MakeHost) -> None:
    hosted = host()
    bad, good = hosted.connect(), hosted.connect()
    bad.end.sendall(b"x" * (MAX_LINE_BYTES + 10))
    assert "65,536 bytes" in bad.until(lambda message: "error" in message)["error"]
    assert bad.next() is None
    good.say({"id": 1, "command": "status"})
    assert good.answer(1)["ok"]


@pytest.mark.fault("64")
def test_nonsense_ten_thousand_times_has_no_effect(host: MakeHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.server.host.REST_SECONDS", 0.0)
    monkeypatch.setattr("charplay.server.host.REST", 0.0)
    hosted, draw = host(), random.Random(7)
    sent = 0
    while sent < 10_000:
        client = hosted.connect()
        client.end.settimeout(60)
        for _ in range(20):
            client.end.sendall(b"".join(nonsense(draw) for _ in range(50)))
            sent += 50
            client.say({"id": "end", "command": "status"})
            assert client.answer("end")["ok"]["state"] == "preparing"
        client.close()
    assert hosted.commands == []
    assert hosted.log == []


@pytest.mark.fault("64")
def test_clients_that_are_killed_at_any_moment_leave_everybody_else_alone(host: MakeHost) -> None:
    hosted, draw = host(), random.Random(11)
    watcher, asked, made = hosted.connect(), list[object](), list[object]()

    def all_made() -> bool:
        for command in hosted.commands[len(made) :]:
            assert isinstance(command, SetHyperparameter)
            made.append(command.value)
            hosted.tell(Changed(step=1, field="output_dropout", old=None, new=command.value))
        return len(made) == len(asked)

    for round_ in range(200):
        client = hosted.connect()
        value, whole = round_ / 1000, draw.random() < 0.5
        message = {"command": "set-hyperparameter", "field": "output_dropout", "value": value}
        line = json.dumps(message).encode() + b"\n"
        client.end.sendall(line if whole else line[: draw.randrange(len(line))])
        asked += [value] if whole else []
        if draw.random() < 0.5:
            client.next()
        client.close()
        if round_ % 4 == 3:
            watcher.say({"id": round_, "command": "status"})
            watcher.answer(round_)
        all_made()

    until(all_made)
    assert made == asked
    watcher.say({"id": "end", "command": "status"})
    assert watcher.answer("end")["ok"]["clients"] == 0
    assert not any(line.startswith("serving") for line in hosted.log)
