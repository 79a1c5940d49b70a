# ruff: noqa: E501  (a table of declarations)
"""The options of `charplay train` that no other verb has, as typer declarations."""

from typing import Annotated

import typer

# fmt: off
Device = Annotated[str | None, typer.Option("--device", metavar="DEVICE", help="auto, cpu, cuda or cuda:N.")]
Seed = Annotated[str | None, typer.Option("--seed", metavar="S", help="Fixes every random choice.")]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help="The new run's name.")]
Source = Annotated[str | None, typer.Option("--from", metavar="CHECKPOINT", help="Start from the weights of a run or checkpoint.")]
Family = Annotated[str | None, typer.Option("--family", metavar="NAME", help="The new run belongs to these; `runs compare NAME` has all.")]
Resume = Annotated[str | None, typer.Option("--resume", metavar="RUN", help="Take up a run; a budget written +N adds to what was done.")]
Continues = Annotated[bool, typer.Option("--continue", metavar="", help="With --name: take that run up, or start it; a job may requeue.")]
Wait = Annotated[float, typer.Option("--wait", metavar="S", min=0, show_default=False, help="Wait so many seconds for a run in use.")]
ChangedText = Annotated[bool, typer.Option("--changed-text", metavar="", help="With --resume or --continue: go on though the text has changed.")]
Detach = Annotated[
    bool, typer.Option("--detach", metavar="", help="Train in a process of its own, which outlives this terminal.")
]
Plan = Annotated[bool, typer.Option("--plan", metavar="", help="With minutes: only say what they come to.")]
# fmt: on
