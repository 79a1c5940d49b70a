"""What a running trainer has been told: commands, gathered between steps."""

from dataclasses import dataclass, field

from charplay.protocol.commands import (
    Pause,
    ProcessSuspended,
    PublishWeights,
    Resume,
    Save,
    SetHyperparameter,
    StepOnce,
    Stop,
    Undo,
)
from charplay.protocol.queues import CommandQueue

PATIENCE_SECONDS = 0.2
"""A trainer that stands still looks for orders at least so often."""


@dataclass
class Orders:
    """The commands read so far and not yet carried out."""

    inbox: CommandQueue
    paused: bool = False
    reason: str = "asked"
    """Why it is paused."""
    singles: int = 0
    """Steps that are asked for one by one, though training is paused."""
    save: bool = False
    publish: bool = False
    stop: str | None = None
    """The reason, once a stop was asked for."""
    leaving: bool = False
    """The process is about to be stopped, or has been and does not know yet for how long."""
    away: float = 0.0
    """Seconds for which the whole process was stopped."""
    changes: list[SetHyperparameter | Undo] = field(default_factory=list)
    """In the order of their coming."""

    def pause(self, reason: str) -> None:
        """Hold still, unless that is so already; steps that were asked for one by one are off."""
        self.singles = 0
        if not self.paused:
            self.paused, self.reason = True, reason

    def read(self, wait: float = 0.0) -> None:
        """Take in the commands that wait; with `wait`, stand up to that many seconds for one."""
        for command in self.inbox.take(wait):
            match command:
                case Pause():
                    self.pause("asked")
                case Resume():
                    self.paused, self.singles = False, 0
                case StepOnce():
                    self.singles += self.paused
                case Stop(reason):
                    self.stop = reason
                case Save():
                    self.save = True
                case PublishWeights():
                    self.publish = True
                case ProcessSuspended(seconds):
                    self.leaving = seconds is None
                    self.away += seconds or 0.0
                case SetHyperparameter() | Undo():
                    self.changes.append(command)
