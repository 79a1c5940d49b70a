"""What the playground needs of a trainer, wherever it is: in a thread of this process, or behind a socket."""

from typing import Protocol

from charplay.protocol.commands import Command
from charplay.protocol.events import Event
from charplay.protocol.request import TrainRequest


class TrainerClient(Protocol):
    """A trainer that takes commands and tells events. No call blocks."""

    @property
    def alive(self) -> bool:
        """Whether a run is under way, its stopping included."""

    @property
    def outlives(self) -> bool:
        """Whether the run under way goes on when this process leaves, which must not stop it then."""

    def start(self, request: TrainRequest) -> bool:
        """Begin a run; False where one is under way."""

    def send(self, command: Command) -> None:
        """Leave a command for the run under way."""

    def drain(self) -> list[Event]:
        """Return the events since the last call, oldest first."""
