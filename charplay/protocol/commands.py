"""Commands to a running trainer. Each is a frozen value; the trainer reads them between two steps."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause after the current step."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Continue after a pause."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Save, then end the training. The `stopped` event repeats `reason`."""

    reason: str = "asked"


@dataclass(frozen=True, slots=True)
class StepOnce:
    """While paused: train one step, report its metrics, pause again."""


@dataclass(frozen=True, slots=True)
class SetHyperparameter:
    """Set one live hyperparameter, in force from the next step on."""

    field: str
    value: object


@dataclass(frozen=True, slots=True)
class Save:
    """Save now, whatever `save_every` says."""


@dataclass(frozen=True, slots=True)
class PublishWeights:
    """Publish a copy of the weights as a `Published` event, made between two steps."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Roll back to before the last live change: weights, optimizer, step and hyperparameters."""


@dataclass(frozen=True, slots=True)
class ProcessSuspended:
    """The whole process was suspended for so many seconds, as by Ctrl-Z; they do not count as training time.

    None: it is about to be suspended. The trainer pauses until a second one says for how long.
    """

    seconds: float | None


Command = Pause | Resume | Stop | StepOnce | SetHyperparameter | Undo | Save | PublishWeights | ProcessSuspended
