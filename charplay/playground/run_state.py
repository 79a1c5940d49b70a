"""What is known about the run under way, built up event by event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from charplay.formatting.units import count, duration
from charplay.playground.run_marks import UndoStack
from charplay.protocol import events

Status = Literal["idle", "preparing", "training", "paused", "stopping", "stopped", "finished", "failed"]

OVERFITTING_EVALUATIONS = 3
"""Evaluations in a row above the best one after which the best step is marked."""


@dataclass
class RunState:
    """The run under way, or the last one. Losses are nats a character."""

    status: Status = "idle"
    phase: str = ""
    """What is done before the first step."""
    work: str = ""
    """What is done between two steps just now, where that takes a while; empty while steps are taken."""
    work_share: float | None = None
    """How much of it is done, 0 to 1; None where that is not known."""
    run: str = ""
    folder: str = ""
    corpus: str = ""
    device: str = ""
    device_reason: str = ""
    """Why it trains on that one."""
    recipe: Mapping[str, object] = field(default_factory=dict)
    parameters: int = 0
    characters: int = 0
    vocabulary_size: int = 0
    total_steps: int | None = None
    step: int = 0
    seconds: float = 0.0
    done: float = 0.0
    chars_per_second: float = 0.0
    seconds_left: float | None = None
    train_loss: float | None = None
    val_loss: float | None = None
    counted_characters: int | None = None
    """Held-out characters that `val_loss` counts where it is a finished run's; None where it is an evaluation's."""
    train_accuracy: float | None = None
    val_accuracy: float | None = None
    learning_rate: float | None = None
    """Of the last step."""
    peak_rate: float | None = None
    """Where the schedule's highest point stands; what a person sets."""
    best_step: int | None = None
    best_loss: float | None = None
    worse: int = 0
    """Evaluations since the best one."""
    saved_step: int | None = None
    changes: UndoStack = field(default_factory=UndoStack)
    """Live changes that can be taken back."""
    message: str = ""
    """Why it failed."""
    warning: str = ""
    """The last thing that it warned of."""
    reason: str = ""
    """Why it is paused, where nobody asked for it."""
    lost_device: bool = False
    """Whether it failed because its device is lost to this process."""
    changed_text: bool = False
    """Whether it failed because its text is not what it was, and can go on with it as it is now."""

    @property
    def busy(self) -> bool:
        """Whether a trainer is at work, or about to be."""
        return self.status in {"preparing", "training", "paused", "stopping"}

    @property
    def is_overfitting(self) -> bool:
        """Whether held-out loss has risen for a while."""
        return self.worse >= OVERFITTING_EVALUATIONS

    def apply(self, event: events.Event) -> None:
        """Learn from an event."""
        if not isinstance(event, events.Preparing | events.Failed):
            self.step = max(self.step, event.step)
            self.seconds = event.seconds
        match event:
            case events.Preparing():
                self.phase = event.phase
            case events.Working():
                self.work, self.work_share = event.phase, event.share
            case events.Started():
                self._begin(event)
            case events.Progress():
                self._read(event)
            case events.Evaluated():
                self._judge(event)
            case events.Changed():
                self._change(event)
            case events.Warned():
                self.warning = event.message
            case events.Saved():
                self.saved_step = event.step
            case _:
                self._turn(event)

    def _begin(self, event: events.Started) -> None:
        self.run, self.folder, self.corpus, self.device = event.run, event.folder, event.corpus, event.device
        self.device_reason = event.device_reason
        self.recipe, self.parameters = event.recipe, event.parameters
        self.characters, self.vocabulary_size = event.characters, event.vocabulary_size
        self.total_steps, self.step = event.total_steps, event.step
        peak = event.recipe.get("learning_rate")
        self.peak_rate = peak if isinstance(peak, float) else None
        self.phase = "taking the first step"
        if event.resumed:
            self.saved_step = event.step

    def _read(self, event: events.Progress) -> None:
        self.total_steps, self.done = event.total_steps, event.done
        self.chars_per_second, self.seconds_left = event.chars_per_second, event.seconds_left
        if self.status == "preparing":
            self.status = "training"
        for row in event.rows:
            self.train_loss = row.train_loss if row.train_loss is not None else self.train_loss
            if row.val_loss is not None:
                self.val_loss, self.val_accuracy = row.val_loss, row.val_accuracy
            self.train_accuracy = row.train_accuracy if row.train_accuracy is not None else self.train_accuracy
            self.learning_rate = row.learning_rate if row.learning_rate is not None else self.learning_rate

    def _judge(self, event: events.Evaluated) -> None:
        self.val_loss, self.val_accuracy = event.val_loss, event.val_accuracy
        if event.best:
            self.best_step, self.best_loss, self.worse = event.step, event.val_loss, 0
        elif event.epoch > 1:  # nothing is memorised that was read once
            self.worse += 1

    def _change(self, event: events.Changed) -> None:
        self.changes.take(event)
        if event.field == "undo":
            self.step = event.step
            self.reason, self.worse = "", 0  # what went wrong never happened
            if self.best_step is not None and self.best_step > event.step:
                self.best_step = self.best_loss = None
            return
        self.recipe = {**self.recipe, event.field: event.new}
        if event.field == "learning_rate" and isinstance(event.new, float):
            self.peak_rate = event.new

    def recall(self, newest: Callable[[str], float | None]) -> None:
        """Take the readings from before a change that was taken back; `newest` returns the last of a column."""
        for name in ("train_loss", "val_loss", "train_accuracy", "val_accuracy", "learning_rate"):
            setattr(self, name, newest(name))

    def _turn(self, event: events.Event) -> None:
        match event:
            case events.Paused() if self.status != "stopping":
                self.status = "paused"
                self.reason = "" if event.reason == "asked" else event.reason
            case events.Resumed() if self.status != "stopping":
                self.status = "training"
            case events.Stopped():
                self.status = "stopped"
            case events.Finished():
                self.status = "finished"
                if event.val_loss is not None:  # of the best checkpoint, and over more of the held-out text
                    self.val_loss, self.val_accuracy = event.val_loss, None
                    self.counted_characters = event.held_out_characters
            case events.Failed():
                self.status, self.message = "failed", event.message
                self.changed_text, self.lost_device = event.changed_text, event.lost_device
                self.saved_step = event.saved_step if event.saved_step is not None else self.saved_step

    def summary(self) -> str:
        """The right-hand side of the status line."""
        match self.status:
            case "idle":
                return ""
            case "preparing":
                return self.phase
            case "training" | "paused":
                return "  ".join(part for part in (self._where(), self._pace()) if part)
            case "stopping":
                return f"stopping, saving step {self.step:,}" if self.step else "stopping"
            case "stopped" | "finished":
                saved = f", saved step {self.saved_step:,}" if self.saved_step is not None else ""
                return f"{self.status}{saved}"
            case "failed":
                return "failed"

    def _where(self) -> str:
        of = f"/{self.total_steps:,}" if self.total_steps else ""
        state = f"paused, {self.reason}" if self.status == "paused" and self.reason else self.status
        return f"{state}  step {self.step:,}{of}"

    def _pace(self) -> str:
        if self.work:
            return self.work if self.work_share is None else f"{self.work} {100 * self.work_share:.0f} %"
        if self.status == "paused":
            return ""
        speed = f"{count(self.chars_per_second)} chars/s" if self.chars_per_second else ""
        left = f"{duration(self.seconds_left)} left" if self.seconds_left is not None else ""
        return "  ".join(part for part in (speed, left) if part)
