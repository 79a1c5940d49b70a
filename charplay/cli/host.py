"""The process that hosts a run which was left on its own. It is no verb: `launch` starts it."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

BOOT = """import sys
sys.path.insert(0, sys.argv[1])
import charplay
del sys.path[0]
from charplay.cli.host import main
main()"""
"""The host is this very charplay, and no file in the folder that a person happens to be in can stand for a package."""


def host_command(name: str) -> list[str]:
    """Return the command that starts a host; `name`, of the run, is for whoever looks at the list of processes."""
    return [sys.executable, "-P", "-c", BOOT, str(Path(__file__).parents[2]), name]


def main() -> NoReturn:
    """Read what is to be trained from standard input, host it to its end, and end the process."""
    from charplay.cli.errors import EXIT_FAILED, report_error

    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # it has no terminal that could go
    try:
        code = _host()
    except Exception as error:  # noqa: BLE001 - the outermost frame: every error becomes a sentence in the log
        report_error(error, None)
        code = EXIT_FAILED
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(code)


def _host() -> int:
    from charplay.cli.errors import EXIT_FAILED
    from charplay.cli.signals import stop_on_signals
    from charplay.protocol.commands import Pause
    from charplay.protocol.events import Failed
    from charplay.protocol.queues import CommandQueue
    from charplay.server.hosting import host_run
    from charplay.server.launching import read_order
    from charplay.server.socket_folder import listen, socket_folder

    inbox = CommandQueue()
    with stop_on_signals(inbox) as stop:
        request, paused = read_order(sys.stdin.read())
        if paused:
            inbox.put(Pause())
        listener, path = listen(socket_folder())
        from charplay.training.run_training import open_training

        last = host_run(request, open_training, listener, path, inbox, _log)
    if isinstance(last, Failed):
        _log(last.message)
        _log(last.cause)
        return EXIT_FAILED
    return stop.code


def _log(sentence: str) -> None:
    """Print a sentence with the time. What goes wrong with that, as on a full disk, changes nothing."""
    from charplay.formatting.sanitize import sanitize

    with suppress(OSError, ValueError):
        now = f"{time.strftime('%Y-%m-%d %H:%M:%S')} process {os.getpid()}"
        print(f"{now}: {sanitize(sentence, chr(10))}", flush=True)
