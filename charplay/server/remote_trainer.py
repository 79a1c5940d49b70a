"""The trainer of a run that another process hosts, as the playground of a client knows it."""

import threading
import time
from contextlib import suppress
from pathlib import Path

from charplay.playground.trainer_client import TrainerClient
from charplay.protocol.codec import Json, ProtocolError, decode_event, encode_command
from charplay.protocol.commands import Command
from charplay.protocol.events import Commanded, Event, Failed, Finished, Saved, Started, Stopped, Warned
from charplay.protocol.queues import EventQueue
from charplay.protocol.request import TrainRequest
from charplay.server.errors import ServerError
from charplay.server.link import Link
from charplay.server.socket_folder import weights_path

PATIENCE_SECONDS = 2.0
"""A host that hung up answers again within this, or is taken to be gone."""

REST_SECONDS = 0.2
"""Between two connections: where each breaks off at once, they are not made for ever without a pause."""


class RemoteTrainer:
    """A `TrainerClient` on a host's run. Leaving it leaves the run alone; runs after it are trained by `local`."""

    def __init__(self, path: Path, local: TrainerClient, *, watch: bool = False) -> None:
        """Attach to the host at `path`; with `watch` nothing is ever sent to it. ServerError."""
        self._local = local
        self._watch = watch
        self._events = EventQueue()
        self._link = Link(path)
        self._run = str(self._link.hello.get("run", ""))
        self._saved: int | None = None
        self._over = False
        self._listener: threading.Thread | None = None
        """Decodes what the host says. It begins with the first call that needs it: a screen is up first."""

    @property
    def alive(self) -> bool:
        """Whether a run is under way, its stopping included."""
        return not self._over or self._local.alive

    @property
    def outlives(self) -> bool:
        """Whether the run goes on when this process leaves."""
        return not self._over

    def start(self, request: TrainRequest) -> bool:
        """Begin a run in this process; False where one is under way."""
        return self._over and self._local.start(request)

    def send(self, command: Command) -> None:
        """Leave a command for the run under way."""
        self._listen()
        if self._over:
            self._local.send(command)
        elif not self._watch:
            with suppress(OSError):  # the thread finds out, too, and tells
                self._link.send(encode_command(command))

    def drain(self) -> list[Event]:
        """Return the events since the last call, oldest first."""
        self._listen()
        return [*self._events.drain(), *self._local.drain()]

    def _listen(self) -> None:
        if self._listener is None:
            self._listener = threading.Thread(target=self._work, name="attached", daemon=True)
            self._listener.start()

    def _work(self) -> None:
        """Take in what the host says, and attach anew where it dropped this client; its end is an event at any rate."""
        while not self._over:
            reason = "it hung up"
            try:
                for message in self._link.messages():
                    self._take(message)
            except Exception as fault:  # noqa: BLE001 - a client that hears nothing more must not look as if it did
                reason = str(fault) or type(fault).__name__
            self._link.close()
            if not self._over:
                time.sleep(REST_SECONDS)
                self._attach_again(reason)

    def _attach_again(self, reason: str) -> None:
        try:
            self._link = Link(self._link.path, PATIENCE_SECONDS)
        except ServerError:
            gone = f"The process that trained {self._run or 'the run'} is gone ({reason}); its last save is kept"
            self._put(Failed(message=gone, saved_step=self._saved))

    def _take(self, message: Json) -> None:
        if "event" in message:
            try:
                event = decode_event(message)
            except ProtocolError as fault:
                raise ServerError(str(fault)) from None
            if not (isinstance(event, Commanded) and event.by == self._link.hello.get("you")):
                self._put(event)
        elif message.get("weights") is not None:
            self._take_weights()
        elif "error" in message and "weights" not in message:
            self._events.put(Warned(message=str(message["error"])))

    def _take_weights(self) -> None:
        from charplay.runs.checkpoint import CheckpointError  # numpy is not needed to know how the run stands
        from charplay.server.live_weights import read_weights

        with suppress(CheckpointError):  # the next ones may be written whole again
            self._events.put(read_weights(weights_path(self._link.path)))

    def _put(self, event: Event) -> None:
        match event:
            case Started():
                self._run = event.run
            case Saved():
                self._saved = event.step
        self._events.put(event)
        # Only now: whoever finds that it is over drains for the last time.
        self._over = self._over or isinstance(event, Finished | Stopped | Failed)
