"""`charplay attach`: the playground, with a run in it that another process trains."""

from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.errors import EXIT_FAILED, print_error
from charplay.playground.home import open_store

if TYPE_CHECKING:
    from charplay.playground.trainer_client import TrainerClient
    from charplay.runs.run import Run
    from charplay.runs.store import RunStore


def attach(
    context: typer.Context,
    own_run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run that trains on its own; else the newest one.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", metavar="", help="Only look: nothing is sent to the run.")] = False,
) -> int:
    """Show a run that trains on its own: its chart, its live values, and text written by its newest weights."""
    from charplay.cli.play import play
    from charplay.server.reaching import reach
    from charplay.server.remote_trainer import RemoteTrainer

    store = open_store(context.obj)
    run = _newest(store) if own_run is None else store.find(own_run)
    if run is None:
        print_error("no run trains on its own; `charplay train ... --detach` begins one, and so does D on the screen")
        return EXIT_FAILED
    path = reach(run)

    def attached(local: "TrainerClient") -> "TrainerClient":
        return RemoteTrainer(path, local, watch=watch)

    return play(context.obj, None, attached)


def _newest(store: "RunStore") -> "Run | None":
    """Return the newest run that trains on its own, on this machine if there is one."""
    import socket

    named = [summary.name for summary in store.list() if summary.in_use]
    owned = [(run, owner) for run in map(store.find, named) if (owner := run.owner) is not None and owner.socket]
    here = [run for run, owner in owned if owner.host == socket.gethostname()]
    return next(iter([*here, *(run for run, _ in owned)]), None)
