"""Opens the playground on a run that another process trains. Imports as little as it can, as `play` does."""

import socket
from typing import TYPE_CHECKING

from charplay.cli.errors import EXIT_FAILED, print_error
from charplay.playground.home import open_store, read_home
from charplay.runs.folders import owned_runs, run_folders
from charplay.runs.lock import owner

if TYPE_CHECKING:
    from charplay.playground.trainer_client import TrainerClient
    from charplay.runs.lock import Owner


def attach_playground(home_option: str | None, run: str | None, *, watch: bool) -> int:
    """Show the run of a name, or the newest one that trains on its own; return the exit code.

    With `watch` nothing is sent to it. RunError where there is no such run, ServerError where it cannot be reached.
    """
    from charplay.cli.play import play
    from charplay.server.reaching import reach

    found = _newest(home_option) if run is None else _named(home_option, run)
    if found is None:
        print_error("no run trains on its own; `charplay train ... --detach` begins one, and so does D on the screen")
        return EXIT_FAILED
    path = reach(*found)

    def attached(local: "TrainerClient") -> "TrainerClient":
        from charplay.server.remote_trainer import RemoteTrainer

        return RemoteTrainer(path, local, watch=watch)

    return play(home_option, None, attached)


def _named(home_option: str | None, name: str) -> "tuple[str, Owner | None]":
    """Find a run, by its lock where it trains or else in the store, which takes a path and knows what to say."""
    for folder in run_folders(read_home(home_option).checkpoints):
        if folder.name == name and (holder := owner(folder)) is not None:
            return name, holder
    run = open_store(home_option).find(name)
    return run.name, run.owner


def _newest(home_option: str | None) -> "tuple[str, Owner] | None":
    """Find the newest run that trains on its own, on this machine if there is one."""
    owned = owned_runs(read_home(home_option).checkpoints)
    reachable = [(folder.name, holder) for folder, holder in owned if holder.socket]
    here = [found for found in reachable if found[1].host == socket.gethostname()]
    return next(iter([*here, *reachable]), None)
