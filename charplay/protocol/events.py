"""What a trainer tells. Facts and readings, each a plain frozen value; the public ones are the lines of `--json`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import numpy as np

ASKED, BAD_NUMBERS, NO_MEMORY = "asked", "numbers went bad", "out of memory"
"""Why a trainer holds still: a person said so, or it cannot go on by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened at `step`, after `seconds` of training (monotonic, pauses excluded)."""

    kind: ClassVar[str]
    public: ClassVar[bool] = True
    """Whether `--json` prints it."""

    step: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of metrics: means over `log_every` steps, an evaluation, an epoch's end. Losses are nats a character."""

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
    """At an epoch's last step: the mean over the epoch."""
    epoch_accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing(Event):
    """A phase before the first step has begun: `phase` completes the sentence "charplay is ..."."""

    kind = "preparing"
    public = False
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """The run exists on disk and the first step comes next."""

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
    """Nats per character for one who knows how often each character comes and nothing else."""
    total_steps: int | None
    """None where the budget is in minutes."""
    device: str
    """For a person: "cpu, 2 threads"."""
    resumed: bool = False
    notes: tuple[str, ...] = ()
    """What was chosen or shrunk on the user's behalf, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Event):
    """A reading: rows of metrics since the last one, and where the run stands."""

    kind = "progress"
    rows: tuple[Row, ...]
    epoch: float
    total_steps: int | None
    """Planned in all; an estimate where the budget is in minutes."""
    done: float
    """Share of the budget that is spent, 0 to 1."""
    chars_per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated(Event):
    """The held-out text was read. Losses are nats per character."""

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
    """How the corpus goes on after the prompt, where the prompt is a passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Event):
    """Everything needed to go on is on disk."""

    kind = "saved"
    path: str
    best: bool
    """Whether the best checkpoint was replaced too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Event):
    """A live hyperparameter was set; or, with `field` "undo", the last change was taken back.

    After an undo the run stands at step `new`, which is also the event's step, and was at step `old`: whatever a
    history holds beyond `new` never happened. A `Changed` for each value that went back follows.
    """

    kind = "changed"
    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """The trainer holds still."""

    kind = "paused"
    reason: str = ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The trainer goes on."""

    kind = "resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned(Event):
    """Something a person should know; training goes on."""

    kind = "warning"
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """Training ended by a fault. `message` is one sentence with a hint; `cause` is for the log."""

    kind = "failed"
    message: str
    cause: str = ""
    saved_step: int | None = None
    misuse: bool = False
    """What was asked for cannot be: a device that is not there, a recipe that does not fit its text."""
    lost_device: bool = False
    """Nothing can be trained on its device any more, as long as this process lives."""
    changed_text: bool = False
    """The run's text is not what it was; asked again with `changed_text`, it goes on with it as it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Event):
    """Training ended before its budget because someone asked; the run can be resumed."""

    kind = "stopped"
    reason: str
    run: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Event):
    """The budget is spent and the run is closed. Losses are nats per character."""

    kind = "finished"
    run: str
    checkpoint: str
    """Absolute path of the file that the held-out losses belong to."""
    train_loss: float | None
    val_loss: float | None
    val_loss_cold: float | None
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published(Event):
    """A reading: copies of the weights, float32, named and shaped as in a checkpoint."""

    kind = "published"
    public = False
    weights: "Mapping[str, np.ndarray]"


def as_json(event: Event) -> dict[str, object]:
    """One line of `--json`: the event's name, step and seconds, then what it carries.

    A progress line carries the newest value of each column instead of its rows.
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
