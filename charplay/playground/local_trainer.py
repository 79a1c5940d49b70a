"""The training thread."""

import asyncio
import threading
import time
import traceback
from collections.abc import Callable, Iterator

from charplay.protocol.commands import Command, Stop
from charplay.protocol.events import Event, Failed
from charplay.protocol.queues import CommandQueue, EventQueue
from charplay.protocol.request import TrainRequest

OpenTraining = Callable[[TrainRequest, CommandQueue], Iterator[Event]]

PATIENCE = 1.5
"""Seconds a stopped trainer has to save."""


class LocalTrainer:
    """The one training thread. It is a daemon: it is asked to stop and waited for, and can never hold the exit."""

    def __init__(self, open_training: OpenTraining) -> None:
        self._open = open_training
        self._inbox = CommandQueue()
        self._mailbox = EventQueue()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether a run is under way, its stopping included."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, request: TrainRequest) -> bool:
        """Begin a run; False where one is under way."""
        if self.alive:
            return False
        self._inbox = CommandQueue()
        self._thread = threading.Thread(target=self._work, args=(request, self._inbox), name="training", daemon=True)
        self._thread.start()
        return True

    def send(self, command: Command) -> None:
        """Leave a command for the run under way."""
        self._inbox.put(command)

    def drain(self) -> list[Event]:
        """The events since the last call, oldest first."""
        return self._mailbox.drain()

    async def close(self, reason: str, seconds: float = PATIENCE) -> bool:
        """Ask the run to stop and wait up to `seconds` for it to save; True where nothing runs any more."""
        if self.alive:
            self.send(Stop(reason))
        end = time.monotonic() + seconds
        while self.alive and time.monotonic() < end:
            await asyncio.sleep(0.02)
        return not self.alive

    def _work(self, request: TrainRequest, inbox: CommandQueue) -> None:
        try:
            for event in self._open(request, inbox):
                self._mailbox.put(event)
        except Exception as fault:  # noqa: BLE001 - whatever it was, the screen lives on and says it
            message = f"Training broke off: {type(fault).__name__}: {fault}"
            self._mailbox.put(Failed(message=message, cause=traceback.format_exc()))
