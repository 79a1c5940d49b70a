"""Trains a run in this thread, and hosts it meanwhile."""

import socket
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from charplay.playground.local_trainer import OpenTraining
from charplay.protocol.events import Event, Failed
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.server.host import Host
from charplay.server.socket_folder import remove


def host_run(
    request: TrainRequest,
    open_training: OpenTraining,
    listener: socket.socket,
    path: Path,
    inbox: CommandQueue,
    log: Callable[[str], object],
) -> Event | None:
    """Train to the end while clients come and go at `path`; return the run's last event.

    The socket is there before the run is, so that whoever started this process can wait for the start at it.
    """
    host, last = Host(listener, path, inbox, log=log), None
    host.start()
    try:
        for event in open_training(replace(request, socket=str(path)), inbox):
            last = event
            host.tell(event)
    except Exception as fault:  # noqa: BLE001 - whatever it was, the clients are told
        message = f"Training broke off: {type(fault).__name__}: {fault}"
        last = Failed(message=message, cause=traceback.format_exc())
        host.tell(last)
    finally:
        host.close()
        remove(path)
    return last
