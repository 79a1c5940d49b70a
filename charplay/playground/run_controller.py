"""Steers one run at a time: starts it, queues the next, sends it commands and takes its events in."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from charplay.playground import recovery
from charplay.playground.run_state import RunState
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
from charplay.protocol.events import Changed, Event, Failed, Paused, Resumed

if TYPE_CHECKING:
    from charplay.playground.run_history import RunHistory
    from charplay.playground.trainer_client import TrainerClient
    from charplay.protocol.request import TrainRequest

UNBEGUN_SECONDS = 0.3
"""That a run which has not begun is waited for at the end."""


class RunController:
    """The life of the run under way, and what its events said. Nothing here blocks."""

    def __init__(self, trainer: "TrainerClient", clock: Callable[[], float] = time.monotonic) -> None:
        self._trainer = self.own_trainer = trainer
        """The trainer of the run under way, and the one that the sitting was begun with."""
        self._clock = clock
        self._next: TrainRequest | None = None
        self._paused = False
        self._close_by: float | None = None
        self.request: TrainRequest | None = None
        """What was asked for last."""
        self.state = RunState()
        self.save_asked = False
        """Whether a save was asked for and has not come to the disk yet."""
        self.unheeded: dict[str, object] = {}
        """Live values that were set, as long as the trainer has not told of them."""

    @cached_property
    def history(self) -> "RunHistory":
        """The run's curves, marks and samples. It loads numpy, and is therefore made when it is first asked for."""
        from charplay.playground.run_history import RunHistory

        return RunHistory()

    @property
    def busy(self) -> bool:
        """Whether a run is under way, or one waits for it to end."""
        return self.state.busy or self._next is not None

    @property
    def paused(self) -> bool:
        """Whether the run shall hold still: the newest order counts, heard by the trainer or not."""
        return self._paused and self.state.busy

    @property
    def stoppable(self) -> bool:
        """Whether a run is under way that was not asked to stop."""
        return self.state.busy and self.state.status != "stopping"

    @property
    def peak_rate(self) -> object:
        """The learning rate as it was set last, though the trainer may not have heard of it yet; None before a run."""
        return self.unheeded.get("learning_rate", self.state.peak_rate)

    def start(self, request: "TrainRequest") -> None:
        """Begin a run; one that is under way is stopped, and this one begins when it has saved."""
        self.request, self.save_asked = request, False
        if self._trainer.alive:
            self._next = request
            self.stop()
            return
        self._next, self._paused = None, False
        self.state = RunState(status="preparing", phase="starting")
        self.unheeded.clear()
        self._trainer.start(request)
        # It is carried out before the first step: pure noise is the beginning of the story.
        self._trainer.send(PublishWeights())

    @property
    def remote(self) -> bool:
        """Whether the run under way is another process's, and goes on when this one leaves."""
        return self._trainer.outlives

    def attach(self, trainer: "TrainerClient | None" = None) -> None:
        """Take part in a run that the trainer has under way already; what it tells first says where it stands.

        Another `trainer` takes the place of the one before, which has no run.
        """
        if trainer is not None:
            self._trainer = trainer
        self.request, self._next, self._paused, self.save_asked = None, None, False, False
        self.unheeded.clear()
        self.state = RunState(status="preparing", phase="attaching to the run")
        self._trainer.send(PublishWeights())

    def stop(self, reason: str = "asked") -> None:
        """Ask the run to save and leave; in every phase."""
        if self.stoppable:
            self.state.status = "stopping"
            self._trainer.send(Stop(reason))

    def pause(self) -> None:
        """Have the run hold still after the current step."""
        if self.stoppable and not self._paused:
            self._paused = True
            self._trainer.send(Pause())

    def resume(self) -> None:
        """Let a run that holds still go on."""
        if self.stoppable and self._paused:
            self._paused = False
            self._trainer.send(Resume())

    def step(self) -> None:
        """Train one step of a run that is paused."""
        if self.paused:
            self._trainer.send(StepOnce())

    def save(self) -> None:
        """Have the run saved now; `Saved` follows."""
        if self.state.busy:
            self.save_asked = True
            self._trainer.send(Save())

    def set_hyperparameter(self, field: str, value: object) -> None:
        """Set a live hyperparameter from the next step on; `Changed` follows."""
        if self.state.busy:
            self.unheeded[field] = value
            self._trainer.send(SetHyperparameter(field, value))

    def undo(self) -> None:
        """Go back to before the last live change."""
        if self.state.busy and self.state.changes:
            self._trainer.send(Undo())

    def suspended(self, seconds: float | None) -> None:
        """Leave the time out for which the whole process was stopped; None: it is about to be."""
        if self.state.busy:
            self._trainer.send(ProcessSuspended(seconds))

    def publish(self) -> None:
        """Ask for a copy of the weights."""
        if self.state.busy:
            self._trainer.send(PublishWeights())

    def recover(self, choice: str) -> None:
        """Carry out a `RecoveryChoice` for a run that is paused, by its id; "" leaves it paused."""
        if choice == recovery.STOP:
            self.stop()
        elif choice and self.paused:
            batch, peak = self.state.recipe.get("batch_size"), self.state.peak_rate
            if choice == recovery.LOWER_RATE and peak is not None:
                self.set_hyperparameter("learning_rate", peak / recovery.LOWER)
            elif choice == recovery.HALVE_BATCH and isinstance(batch, int):
                self.set_hyperparameter("batch_size", batch // 2)
            self.resume()

    def advance(self) -> list[Event]:
        """Take the events since the last call in and return them; a run that waits begins once the one before is over.

        A trainer that ended without a word is told of by a `Failed` of its own.
        """
        if self.remote and self.state.status == "idle":
            return []  # what a run elsewhere tells is kept until `attach`
        over = not self._trainer.alive
        events = self._trainer.drain()
        if over and self._next is not None and not events:
            self.start(self._next)
            return []
        for event in events:
            self._apply(event)
        if over and self.state.busy:
            lost: Event = Failed(message="The trainer ended without saying why; the log may know more.")
            self._apply(lost)
            events.append(lost)
        return events

    def catch_up(self) -> bool:
        """Take in what was kept of a run that was taken up, once it is read; return whether that was now."""
        return "history" in vars(self) and self.history.catch_up()

    def _apply(self, event: Event) -> None:
        self.state.apply(event)
        self.history.apply(event)
        if isinstance(event, Changed) and event.field == "undo":
            self.state.recall(self.history.curves.newest)
        if isinstance(event, Paused) and (self.state.reason or self.remote):
            self._paused = True  # its own doing, or somebody else's
        elif isinstance(event, Resumed) and self.remote:
            self._paused = False
        elif isinstance(event, Changed) and self.unheeded.get(event.field) == event.new:
            self.unheeded.pop(event.field, None)
        if not self.state.busy:
            self.unheeded.clear()

    def close(self, reason: str, patience: float) -> None:
        """Stop for good; `closing` tells for up to `patience` seconds whether the run has yet to save.

        A run that has not begun has nothing to save, and is hardly waited for.
        """
        self._next = None
        seconds = patience if self.state.folder else min(patience, UNBEGUN_SECONDS)
        self._close_by = self._clock() + seconds
        if self.remote:
            return  # it goes on without this sitting
        if self.state.busy:
            self.state.status = "stopping"
        if self._trainer.alive:
            self._trainer.send(Stop(reason))

    @property
    def closed(self) -> bool:
        """Whether it was stopped for good."""
        return self._close_by is not None

    @property
    def closing(self) -> bool:
        """Whether a run that was closed still saves, and its time is not over."""
        if self._close_by is None or self.remote:
            return False
        return self._trainer.alive and self._clock() < self._close_by
