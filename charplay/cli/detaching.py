"""`charplay train --detach`: begins a run in a process of its own, and says how it is reached."""

import shlex
from typing import TYPE_CHECKING

from charplay.cli.host import host_command
from charplay.cli.output import print_json, print_note, print_safe
from charplay.playground.happenings import Detached
from charplay.protocol.events import Event, Preparing, Warned, as_json

if TYPE_CHECKING:
    from charplay.cli.signals import StopRequest
    from charplay.playground.trainer_client import TrainerClient
    from charplay.protocol.request import TrainRequest
    from charplay.runs.home import Home
    from charplay.runs.run import Run

STOP_SECONDS = 120.0
"""A run that is stopped has saved within this, whatever it was at."""


class ProcessStarter:
    """Starts hosts for runs that are left from the screen: see `StartHost`."""

    def __init__(self, home: "Home") -> None:
        self._home = home

    @property
    def warning(self) -> str:
        """What is to be said before a run is left; empty where nothing is."""
        from charplay.server.logind import REMEDY, kills_at_logout

        return f"{REMEDY[:1].upper()}{REMEDY[1:]}." if kills_at_logout() else ""

    def start(self, request: "TrainRequest", *, paused: bool) -> int:
        """Start a process that takes a run up; return its number. Raises ServerError where it does not begin."""
        from charplay.cli.data_dir import log_file
        from charplay.server.launching import launch

        name = (request.resume or "").rpartition("/")[2]
        return launch(host_command(name), request, log_file(self._home), paused=paused).pid


class SocketReach:
    """Reaches runs by their sockets: see `ReachRuns`."""

    def attach(self, run: "Run", local: "TrainerClient") -> "TrainerClient":
        """Return the trainer of a run that another process hosts. Raises ServerError."""
        from charplay.server.reaching import reach
        from charplay.server.remote_trainer import RemoteTrainer

        return RemoteTrainer(reach(run.name, run.owner), local)

    def stop(self, run: "Run") -> str:
        """Stop a run, and return its name once it has saved. Raises ServerError."""
        from charplay.server.link import ask
        from charplay.server.reaching import reach

        ask(reach(run.name, run.owner), {"command": "stop"}, STOP_SECONDS)
        return run.name


def print_left(left: Detached) -> None:
    """Say, once the screen is gone, how a run that was left is reached."""
    run = shlex.quote(left.run)
    print_safe(
        f"{left.run} trains on its own, as process {left.pid}; it outlives this terminal\n"
        f"`charplay attach {run}` shows it, `charplay control {run} status` says where it stands, and\n"
        f"`charplay control {run} stop` saves and ends it"
    )


def train_detached(request: "TrainRequest", home: "Home", stop: "StopRequest", *, json: bool) -> int:
    """Begin a run on its own, and return 0 once it has taken its lock; a signal until then gives it up."""
    from charplay.cli.data_dir import log_file
    from charplay.server.errors import ServerError
    from charplay.server.launching import launch
    from charplay.server.logind import REMEDY, kills_at_logout

    if kills_at_logout():
        print_note(REMEDY)

    def watch(event: Event | None) -> bool:
        if isinstance(event, Warned):
            print_note(event.message)
        elif isinstance(event, Preparing) and json is False:
            print_note(f"{event.phase} ...")
        return not stop.code

    name = request.name or (request.resume or "").rpartition("/")[2] or "new"
    log = log_file(home)
    try:
        launched = launch(host_command(name), request, log, watch=watch)
    except ServerError:
        if stop.code:
            return stop.code
        raise
    started = launched.started
    for note in started.notes:
        print_note(note)
    if json:
        print_json(as_json(started))
        print_json({"event": "detached", "run": started.run, "folder": started.folder, "pid": launched.pid})
        return 0
    print_left(Detached(started.run, launched.pid))
    return 0
