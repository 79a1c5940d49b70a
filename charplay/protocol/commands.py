"""What is asked of a running trainer. Each command is a plain frozen value, read between two steps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold still after the current step."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Save and leave. `reason` is what the `stopped` event will say."""

    reason: str = "asked"


@dataclass(frozen=True, slots=True)
class StepOnce:
    """While paused: train one step, publish its numbers, hold still again."""


@dataclass(frozen=True, slots=True)
class SetHyperparameter:
    """Set one live hyperparameter from the next step on."""

    field: str
    value: object


@dataclass(frozen=True, slots=True)
class Save:
    """Save now."""


@dataclass(frozen=True, slots=True)
class PublishWeights:
    """Hand out a copy of the weights, as a `Published` event, between two steps."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Go back to before the last live change: weights, optimizer, step and values."""


@dataclass(frozen=True, slots=True)
class ProcessSuspended:
    """The whole process was stopped for so many seconds, as by Ctrl-Z: they count for nothing.

    None: it is about to be; hold still until another says for how long.
    """

    seconds: float | None


Command = Pause | Resume | Stop | StepOnce | SetHyperparameter | Undo | Save | PublishWeights | ProcessSuspended
