"""Commands that a trainer has received and not yet carried out."""

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

POLL_SECONDS = 0.2
"""A trainer that is not taking steps looks for commands at least so often."""


@dataclass
class PendingCommands:
    """The commands received so far and not yet carried out."""

    queue: CommandQueue
    paused: bool = False
    pause_reason: str = "asked"
    single_steps: int = 0
    """Steps to take while training is paused."""
    save: bool = False
    publish: bool = False
    stop_reason: str | None = None
    """None until a stop is asked for."""
    suspending: bool = False
    """The process is about to be suspended, or was and does not know yet for how long."""
    suspended_seconds: float = 0.0
    """How long the whole process was suspended; not yet excluded from the time of training."""
    changes: list[SetHyperparameter | Undo] = field(default_factory=list)
    """In the order of their arrival."""

    def pause(self, reason: str) -> None:
        """Pause training and drop single steps; the reason stays the first one if it is paused already."""
        self.single_steps = 0
        if not self.paused:
            self.paused, self.pause_reason = True, reason

    def receive(self, wait: float = 0.0) -> None:
        """Take the commands from the queue; wait up to `wait` seconds for the first one."""
        for command in self.queue.take(wait):
            match command:
                case Pause():
                    self.pause("asked")
                case Resume():
                    self.paused, self.single_steps = False, 0
                case StepOnce():
                    self.single_steps += self.paused
                case Stop(reason):
                    self.stop_reason = reason
                case Save():
                    self.save = True
                case PublishWeights():
                    self.publish = True
                case ProcessSuspended(seconds):
                    self.suspending = seconds is None
                    self.suspended_seconds += seconds or 0.0
                case SetHyperparameter() | Undo():
                    self.changes.append(command)
