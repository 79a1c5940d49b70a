"""One run at a time: what may be asked of it now, what is known about it, and which one comes next."""

from charplay.playground.local_trainer import LocalTrainer, OpenTraining
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
from charplay.protocol.events import Event, Failed, Paused
from charplay.protocol.request import TrainRequest

UNBEGUN_SECONDS = 0.3
"""That a run which has not begun is waited for."""


class RunController:
    """The training thread and what its events said. Nothing here blocks and nothing is drawn here."""

    def __init__(self, open_training: OpenTraining) -> None:
        self.trainer = LocalTrainer(open_training)
        self._next: TrainRequest | None = None
        self.live = RunState()
        self._held = False

    @property
    def busy(self) -> bool:
        """Whether a run is under way, or one waits for it to end."""
        return self.live.busy or self._next is not None

    @property
    def held(self) -> bool:
        """Whether the run shall hold still: the newest key counts, though the trainer may not have heard of it yet."""
        return self._held and self.live.busy

    def start(self, request: TrainRequest) -> None:
        """Begin a run; one that is under way is stopped, and this one begins when it has saved."""
        if self.trainer.alive:
            self._next = request
            if self.live.busy:
                self.stop()
            return
        self._next, self._held = None, False
        self.live = RunState(state="preparing", phase="starting")
        self.trainer.start(request)
        self.trainer.send(
            PublishWeights()
        )  # it is carried out before the first step: pure noise is the beginning of the story

    def stop(self, reason: str = "asked") -> None:
        """Ask the run to save and leave; in every phase."""
        if self.live.busy and self.live.state != "stopping":
            self.live.state = "stopping"
            self.trainer.send(Stop(reason))

    def hold(self) -> None:
        """Pause the run, or let it go on."""
        if self.live.busy and self.live.state != "stopping":
            self._held = not self._held
            self.trainer.send(Pause() if self._held else Resume())

    def step(self) -> bool:
        """Train one step of a run that is held; False where none is."""
        if self.held:
            self.trainer.send(StepOnce())
        return self.held

    def save(self) -> None:
        """Have the run saved now; `Saved` follows."""
        if self.live.busy:
            self.trainer.send(Save())

    def change(self, field: str, value: object) -> None:
        """Set a live hyperparameter."""
        if self.live.busy:
            self.trainer.send(SetHyperparameter(field, value))

    def undo(self) -> None:
        """Go back to before the last live change."""
        if self.live.busy and self.live.changes:
            self.trainer.send(Undo())

    def away(self, seconds: float | None) -> None:
        """The whole process was stopped for so long: the run's clock leaves it out. None: it is about to be."""
        if self.live.busy:
            self.trainer.send(ProcessSuspended(seconds))

    def publish(self) -> None:
        """Ask for a copy of the weights."""
        if self.live.busy:
            self.trainer.send(PublishWeights())

    def drain(self) -> list[Event]:
        """The events since the last call, taken in; a run that waits begins once the one before has told all."""
        over = not self.trainer.alive
        events = self.trainer.drain()
        if over and self._next is not None and not events:
            self.start(self._next)
            return []
        for event in events:
            self.live.apply(event)
            if isinstance(event, Paused) and self.live.reason:
                self._held = True  # its own doing
        if over and self.live.busy:
            lost: Event = Failed(message="The trainer ended without saying why; the log may know more.")
            self.live.apply(lost)
            events.append(lost)
        return events

    async def close(self, reason: str, seconds: float) -> bool:
        """Stop for good and wait up to `seconds` for the save; True where nothing runs any more.

        A run that has not begun has nothing to save.
        """
        self._next = None
        if not self.live.folder:
            seconds = min(seconds, UNBEGUN_SECONDS)
        if self.live.busy:
            self.live.state = "stopping"
        return await self.trainer.close(reason, seconds)
