"""`charplay attach`: the playground, with a run in it that another process trains."""

from typing import Annotated

import typer


def attach(
    context: typer.Context,
    own_run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="A run that trains on its own; else the newest one.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", metavar="", help="Only look: nothing is sent to the run.")] = False,
) -> int:
    """Show a run that trains on its own: its chart, its live values, and text written by its newest weights."""
    from charplay.cli.attaching import attach_playground

    return attach_playground(context.obj, own_run, watch=watch)
