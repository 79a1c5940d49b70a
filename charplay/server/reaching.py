"""Finds the process that trains a run, or says how to get to it."""

import shlex
import socket
from pathlib import Path

from charplay.runs.lock import Owner
from charplay.server.errors import ServerError


def reach(run: str, owner: Owner | None) -> Path:
    """Return the path of the socket that a run is reached by. ServerError with the way there where it is none here.

    `owner` holds the run's lock; None where nobody does.
    """
    if owner is None:
        raise ServerError(f"nobody trains run {run} now; `charplay train --resume {shlex.quote(run)} --detach` goes on")
    if owner.host != socket.gethostname():
        raise ServerError(f"run {run} is trained on {owner.host}; `{way_to(owner, run)}` gets there")
    if not owner.socket:
        raise ServerError(
            f"run {run} is trained on a terminal ({owner}); once it is stopped there, "
            f"`charplay train --resume {shlex.quote(run)} --detach` lets it go on without one"
        )
    return Path(owner.socket)


def way_to(owner: Owner, run: str) -> str:
    """Return the command that attaches to a run on another machine: in its batch job, where it is a part of one."""
    attach = f"charplay attach {shlex.quote(run)}"
    if owner.job:
        return f"srun --overlap --jobid={shlex.quote(owner.job)} --pty {attach}"
    return f"ssh -t {shlex.quote(owner.host)} {attach}"
