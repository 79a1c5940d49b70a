"""Starts a process that hosts a run, and waits until the run has begun."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from charplay.protocol.codec import Json, ProtocolError, decode_event, encode_request
from charplay.protocol.events import Event, Failed, Finished, Started, Stopped
from charplay.protocol.request import TrainRequest
from charplay.server.errors import ServerError
from charplay.server.link import Link
from charplay.server.socket_folder import socket_folder

LOOK_SECONDS = 0.1
"""Between two looks at the process, and at whether it is still waited for."""


@dataclass(frozen=True, slots=True)
class Launched:
    """A run that trains on its own."""

    started: Started
    pid: int


def launch(
    command: Sequence[str],
    request: TrainRequest,
    log: Path,
    *,
    paused: bool = False,
    watch: Callable[[Event | None], bool] = lambda _: True,
) -> Launched:
    """Start a host in a session of its own, so that nothing that ends this process ends it; wait for its `started`.

    Args:
        command: starts a process that reads what `read_order` reads from its standard input.
        request: what that process is to train.
        log: gets what that process prints.
        paused: whether the run is to hold still before its first step.
        watch: is told each event before the start, and None when nothing happened; where it returns False the run is
            given up, and saves what it has.

    Raises ServerError where the run does not begin, with its reason.
    """
    folder = socket_folder()
    order: Json = {"request": encode_request(request), "paused": paused}
    # A file, not a pipe: nobody has to wait until the other end reads, and nothing breaks where it never does.
    with tempfile.TemporaryFile() as file, log.open("ab") as output:
        file.write(json.dumps(order).encode("ascii"))
        file.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own
            command, stdin=file, stdout=output, stderr=output, start_new_session=True
        )
    link = None
    try:
        link = _link(process, folder, log, watch)
        return Launched(_wait(process, link, watch), process.pid)
    except BaseException:
        process.terminate()  # where it lives, it saves and leaves
        raise
    finally:
        if link is not None:
            link.close()


def read_order(text: str) -> tuple[TrainRequest, bool]:
    """Return the request that a host was started with, and whether its run is to hold still at first."""
    from charplay.protocol.codec import decode_request

    order = json.loads(text)
    return decode_request(order["request"]), bool(order["paused"])


def _link(process: "subprocess.Popen[bytes]", folder: Path, log: Path, watch: Callable[[Event | None], bool]) -> Link:
    """Wait for the process's socket."""
    while True:
        for path in folder.glob(f"{process.pid}-*.sock"):
            try:
                return Link(path)
            except ServerError:  # it is bound, and does not listen yet
                continue
        try:
            process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            _go_on(watch, None)
        else:
            raise ServerError(f"the process that was to train ended at once; the details are in {log}")


def _wait(process: "subprocess.Popen[bytes]", link: Link, watch: Callable[[Event | None], bool]) -> Started:
    while True:
        try:
            for message in link.messages(LOOK_SECONDS):
                if (event := _event(message)) is not None:
                    if isinstance(event, Started):
                        return event
                    _go_on(watch, event)
        except TimeoutError:
            _go_on(watch, None)
        else:
            raise ServerError(f"process {process.pid}, which was to train, ended before the first step")


def _event(message: Json) -> Event | None:
    """Return the event of a message, if it is one. ServerError where the run ended by it."""
    if "event" not in message:
        return None
    try:
        event = decode_event(message)
    except ProtocolError as fault:
        raise ServerError(str(fault)) from None
    match event:
        case Failed():
            raise ServerError(event.message)
        case Stopped():
            raise ServerError(f"the run was stopped before its first step ({event.reason})")
        case Finished():
            raise ServerError(f"{event.run} is finished already; more budget lets it go on, as in --steps +1000")
    return event


def _go_on(watch: Callable[[Event | None], bool], event: Event | None) -> None:
    if not watch(event):
        raise ServerError("the run was given up before its first step")
