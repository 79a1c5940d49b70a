"""Events from a trainer, each a frozen value; the public ones are the lines of `--json`.

Facts (a start, a save, a change) are never dropped. Readings (`Progress`, `Working`, `Published`) may be merged with
the next one where no one has drained them yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import numpy as np

ASKED, BAD_NUMBERS, NO_MEMORY = "asked", "numbers went bad", "out of memory"
"""Reasons of a pause: the user asked for it, the loss or the gradient is not finite, the device is out of memory."""

WAYS_ON = {
    BAD_NUMBERS: "resume the run with a smaller rate, as in --set learning_rate=0.001",
    NO_MEMORY: "resume the run when memory is free, with a smaller --set batch_size, or on another --device",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened at `step`, after `seconds` of training (monotonic clock, pauses excluded)."""

    kind: ClassVar[str]
    public: ClassVar[bool] = True
    """Whether `--json` prints it."""

    step: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of metrics: means over `log_every` steps, an evaluation, or an epoch's end.

    Losses are nats per character.
    """

    step: int
    epoch: float
    seconds: float
    train_loss: float | None = None
    train_accuracy: float | None = None
    learning_rate: float | None = None
    grad_norm: float | None = None
    chars_per_second: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    epoch_loss: float | None = None
    """Mean over the epoch, in the row of its last step."""
    epoch_accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing(Event):
    """A phase before the first step began; `phase` completes the sentence "charplay is ..."."""

    kind = "preparing"
    public = False
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The run exists on disk; the first step comes next."""

    kind = "started"
    run: str
    """The run's name."""
    folder: str
    """The run's folder, absolute."""
    recipe: Mapping[str, object]
    """The resolved recipe."""
    parameters: int
    corpus: str
    characters: int
    vocabulary_size: int
    unigram_entropy: float
    """Entropy of the text's single characters, in nats: the loss of a model that knows only their frequencies."""
    total_steps: int | None
    """None where the budget is in minutes."""
    device: str
    """For display: "cpu, 2 threads"."""
    device_reason: str = ""
    """Why it was chosen: "asked for", "no CUDA device is visible"."""
    resumed: bool = False
    speed: Mapping[str, object] | None = None
    """How many times as fast as two usual cores the device was measured to be, by hidden size; None where it was not
    measured, and empty where it is about as fast.
    """
    bytes_per_character: float | None = None
    """Bytes of UTF-8 a character of the held-out text, else of the whole: for losses in bits a byte."""
    notes: tuple[str, ...] = ()
    """What charplay chose or shrank for the user, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Event):
    """A reading: the rows of metrics since the last one, and how far the run is."""

    kind = "progress"
    rows: tuple[Row, ...]
    epoch: float
    total_steps: int | None
    """Steps of the whole run; an estimate where the budget is in minutes."""
    done: float
    """Share of the budget spent so far, 0 to 1."""
    chars_per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Working(Event):
    """A reading: what the trainer does between two steps, where that takes a while, such as an evaluation."""

    kind = "working"
    public = False
    phase: str
    """Completes the sentence "charplay is ..."; empty once it is over."""
    share: float | None = None
    """How much of it is done, 0 to 1; None where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated(Event):
    """The held-out text was evaluated. Losses are nats per character."""

    kind = "evaluated"
    epoch: float
    val_loss: float
    val_accuracy: float
    best: bool
    """Whether this is the lowest so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled(Event):
    """The network wrote a text sample."""

    kind = "sampled"
    epoch: float
    temperature: float
    prompt: str
    text: str
    truth: str = ""
    """The corpus's own continuation of the prompt, where the prompt is a passage of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Event):
    """Everything that a resume needs is on disk."""

    kind = "saved"
    path: str
    best: bool
    """Whether the best checkpoint was replaced too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Event):
    """A live hyperparameter was set; or, with `field` "undo", the last change was rolled back.

    An undo takes the run from step `old` back to step `new`, which is also the event's step: drop what a history holds
    beyond it. One `Changed` for each value that was rolled back follows.
    """

    kind = "changed"
    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """The trainer paused."""

    kind = "paused"
    reason: str = ASKED

    def way_out(self) -> str:
        """Return the sentence for where nobody is there to end an error's pause: why, and how to resume the run."""
        return f"training cannot go on by itself ({self.reason}); {WAYS_ON[self.reason]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The trainer continues after a pause."""

    kind = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Event):
    """The user should know something; training goes on."""

    kind = "warning"
    message: str
    refused: bool = False
    """Whether this says why a change that was asked for, or an undo, was not made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded(Event):
    """Somebody who is attached to the run gave it a command."""

    kind = "commanded"
    public = False
    command: str
    """As it is typed: "pause", "set learning_rate=0.001"."""
    by: str
    """For display: "pid 4121"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """An error ended the training. `message` is one sentence with a hint; `cause` is the traceback, for the log."""

    kind = "failed"
    message: str
    cause: str = ""
    saved_step: int | None = None
    misuse: bool = False
    """The request is wrong: a device that does not exist, a recipe that does not fit its text."""
    lost_device: bool = False
    """The device cannot be used again in this process."""
    changed_text: bool = False
    """The run's text differs from the one it learned; a request with `changed_text` resumes with the new one."""

    def sentence(self, way_on: str = "") -> str:
        """Return the message, up to where the run is saved, and a sentence on how it may go on where there is one."""
        saved = f"The run is saved up to step {self.saved_step:,}." if self.saved_step is not None else ""
        after = [each for each in (saved, way_on) if each]
        stop = "." if after and not self.message.endswith(".") else ""
        return " ".join([self.message + stop, *after])


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Event):
    """Training ended before its budget, by a command or a signal; the run can be resumed."""

    kind = "stopped"
    reason: str
    run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The budget is spent and the run is closed. Losses are nats per character."""

    kind = "finished"
    run: str
    checkpoint: str
    """Absolute path of the checkpoint whose held-out losses these are."""
    train_loss: float | None
    val_loss: float | None
    val_loss_cold: float | None
    steps: int
    held_out_share: float | None = None
    """Share of the held-out text, 0 to 1, that these losses were measured on; None where nothing was, or is known."""
    held_out_characters: int | None = None
    """Held-out characters, from the first on, that `val_loss` counts; None where nothing was, or is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Event):
    """A reading: copies of the weights, float32, named and shaped as in a checkpoint."""

    kind = "published"
    public = False
    weights: "Mapping[str, np.ndarray]"


def as_json(event: Event) -> dict[str, object]:
    """Return one line of `--json`: the event's name, then its fields.

    A progress line has the newest value of each metric instead of its rows.
    """
    line: dict[str, object] = {"event": event.kind}
    for field in fields(event):
        if field.name == "rows":
            continue
        line[field.name] = getattr(event, field.name)
    if isinstance(event, Progress):
        for row in event.rows:
            line |= {name: value for name in ROW_READINGS if (value := getattr(row, name)) is not None}
    return line


ROW_READINGS = tuple(f.name for f in fields(Row) if f.name not in {"step", "epoch", "seconds", "chars_per_second"})
