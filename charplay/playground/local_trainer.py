"""Trains in a thread of this process."""

import threading
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from charplay.playground.background_thread import yield_to_screen
from charplay.protocol.commands import Command
from charplay.protocol.events import Event, Failed
from charplay.protocol.queues import CommandQueue, EventQueue

if TYPE_CHECKING:
    from charplay.protocol.request import TrainRequest

OpenTraining = Callable[["TrainRequest", CommandQueue], Iterator[Event]]
"""Opens a training: an iterator that trains while it is read, and reads its commands from the queue."""


class LocalTrainer:
    """The one training thread, as a `TrainerClient`. It is a daemon and can never hold the exit."""

    def __init__(self, open_training: OpenTraining) -> None:
        self._open = open_training
        self._commands = CommandQueue()
        self._events = EventQueue()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether a run is under way, its stopping included."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def outlives(self) -> bool:
        """Whether the run goes on when this process leaves: a thread does not."""
        return False

    def start(self, request: "TrainRequest") -> bool:
        """Begin a run; False where one is under way."""
        if self.alive:
            return False
        self._commands = CommandQueue()
        self._thread = threading.Thread(target=self._work, args=(request, self._commands), name="training", daemon=True)
        self._thread.start()
        return True

    def send(self, command: Command) -> None:
        """Leave a command for the run under way."""
        self._commands.put(command)

    def drain(self) -> list[Event]:
        """Return the events since the last call, oldest first."""
        return self._events.drain()

    def _work(self, request: "TrainRequest", commands: CommandQueue) -> None:
        yield_to_screen()
        try:
            for event in self._open(request, commands):
                self._events.put(event)
        except Exception as fault:  # noqa: BLE001 - whatever it was, the screen lives on and says it
            message = f"Training broke off: {type(fault).__name__}: {fault}"
            self._events.put(Failed(message=message, cause=traceback.format_exc()))
