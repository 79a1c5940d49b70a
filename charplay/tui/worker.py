"""Work that must not hold the screen: the training thread, and short errands such as reading a text."""

import asyncio
import threading
import time
import traceback
from collections.abc import Callable, Iterator

from textual.message import Message

from charplay.protocol.commands import Command, Stop
from charplay.protocol.events import Event, Failed
from charplay.protocol.queues import CommandQueue, EventQueue
from charplay.protocol.request import TrainRequest

OpenTraining = Callable[[TrainRequest, CommandQueue], Iterator[Event]]

PATIENCE = 1.5
"""Seconds a stopped trainer has to save."""


class Worker:
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

    def ask(self, command: Command) -> None:
        """Leave a command for the run under way."""
        self._inbox.put(command)

    def drain(self) -> list[Event]:
        """The events since the last call, oldest first."""
        return self._mailbox.drain()

    async def close(self, reason: str, seconds: float = PATIENCE) -> bool:
        """Ask the run to stop and wait up to `seconds` for it to save; True where nothing runs any more."""
        if self.alive:
            self.ask(Stop(reason))
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


def errand(work: Callable[[], object]) -> None:
    """Do `work` in a daemon thread. It reports by `post_message`, the one call of a widget that any thread may make."""
    threading.Thread(target=work, name="errand", daemon=True).start()


class Errand:
    """Work off the screen's thread that says how far it is. Once given up, it tells nothing more.

    Subclasses do it in `_work`, where they hand `_watch` to whatever takes long, and `_tell` what comes of it.
    """

    def __init__(self, tell: Callable[[Message], object]) -> None:
        self._heard_by = tell
        self._stopped = self._given_up = False
        self._percent = -1

    def begin(self) -> None:
        """Start; returns at once."""
        errand(self._work)

    def give_up(self) -> None:
        """Stop soon, and be silent from now on."""
        self._stopped = self._given_up = True

    def _work(self) -> None:
        raise NotImplementedError

    def _so_far(self, percent: int) -> Message:
        """What tells that so much is done."""
        raise NotImplementedError

    def _tell(self, message: Message) -> None:
        if not self._given_up:
            self._heard_by(message)

    def _watch(self, share: float) -> bool:
        """Take note of the share that is done, 0 to 1; False where the work is to end."""
        percent = int(100 * share)
        if percent != self._percent:
            self._percent = percent
            self._tell(self._so_far(percent))
        return not self._stopped
