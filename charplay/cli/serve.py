"""`charplay serve`: the screen in a browser on this machine, or through an SSH tunnel."""

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from charplay.cli.errors import UsageError
from charplay.cli.output import print_note, print_safe
from charplay.playground.home import open_home, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from charplay.runs.home import Home

DEFAULT_PORT = 8000
MAX_VISITORS, MAX_WATCHERS = 4, 64
"""Browsers at a time: those of one screen that is played, and those of a run that a class looks at."""

TERMINALS_OWN = (
    "TMUX", "STY", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "VTE_VERSION", "KITTY_WINDOW_ID", "WT_SESSION", "ConEmuPID",
    "COLUMNS", "LINES", "TEXTUAL_DRIVER", "SSH_TTY",
)  # fmt: skip
"""What the environment says of the terminal where `serve` was typed, and is not true of a browser."""
BROWSERS = {
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "CHARPLAY_SIGNS": "false",
    "CHARPLAY_ON_HANGUP": "detach",
}
"""What is true of it: xterm.js, without title and bar of progress; and when the page is closed, the run goes on."""


def serve(
    context: typer.Context,
    own_run: Annotated[
        str | None, typer.Option("--watch", metavar="RUN", help="Show a run that trains on its own; nobody types.")
    ] = None,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes any free one.")]
    = DEFAULT_PORT,
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="HOST[:PORT]", help="The address by which a proxy serves it elsewhere."),
    ] = None,
    linger: Annotated[
        float, typer.Option("--linger", metavar="SECONDS", min=0, help="How long the screen waits for a closed page.")
    ] = 20.0,
) -> int:  # fmt: skip
    """Serve the screen to browsers on this machine: the first one plays, up to three others watch.

    The address that is printed has a token that opens it; nobody without it sees anything. Once the last page is
    closed, a run goes on by itself.
    """
    try:
        from charplay.web.pages import load_files
        from charplay.web.server import LOOPBACK, WebServer, answering, listen

        files = load_files()
    except ModuleNotFoundError as missing:
        raise UsageError(f"serving needs the package {missing.name}; `pip install 'charplay[web]'` brings it") from None
    from charplay.web.access import Access
    from charplay.web.shared_screen import SharedScreen

    home = open_home(context.obj)
    command = [*_program(context.obj), *_shown(context.obj, own_run)]
    listener = listen(port)
    served = f"{LOOPBACK}:{listener.getsockname()[1]}"
    access = Access([served, served.replace(LOOPBACK, "localhost"), *([address] if address else [])])
    typing, most = (True, MAX_VISITORS) if own_run is None else (False, MAX_WATCHERS)
    screen = SharedScreen(command, _environment(), max_viewers=most, typing=typing, linger=linger)
    server = WebServer(screen, access, files, f"{own_run} · charplay" if own_run else "charplay", typing)

    async def run() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with answering(server, listener):
            with _told(home, f"http://{served}/?token={access.token}", served):
                await stop.wait()

    asyncio.run(run())
    return 0


def _program(home: str | None) -> list[str]:
    return [sys.executable, "-m", "charplay", *(["--home", home] if home else [])]


def _shown(home: str | None, watch: str | None) -> list[str]:
    """Return what the program is asked for. ServerError where the run to be watched is not to be reached."""
    if watch is None:
        return ["play"]
    from charplay.server.reaching import reach

    run = open_store(home).find(watch)
    reach(run.name, run.owner)
    return ["attach", watch, "--watch"]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in TERMINALS_OWN} | BROWSERS


@contextmanager
def _told(home: "Home", entrance: str, served: str) -> Iterator[None]:
    """Print the address with its token; but into a log, which others may read, only where the file with it lies."""
    path: Path | None = None
    if sys.stdout.isatty():
        print_safe(f"open this address; it lets in whoever has it\n\n    {entrance}\n")
    else:
        path = home.cache / f"serve-{os.getpid()}.address"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{entrance}\n")
        print_safe(f"the address, with its token, is in {path}, which only you can read")
    print_safe(f"from another machine, first: {_forwarding(served)}")
    print_note("Ctrl-C ends it; a run that is under way goes on by itself, and `charplay attach` shows it")
    sys.stdout.flush()
    try:
        yield
    finally:
        if path is not None:
            path.unlink(missing_ok=True)


def _forwarding(served: str) -> str:
    """Return the command that brings the port to one's own machine."""
    import getpass
    import socket

    port = served.rpartition(":")[2]
    return f"ssh -N -L {port}:{served} {shlex.quote(getpass.getuser())}@{shlex.quote(socket.gethostname())}"
