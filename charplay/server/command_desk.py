"""Takes the commands of all clients, one after the other, and knows when each was carried out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from charplay.playground.run_state import RunState
from charplay.protocol.commands import Command, Save, SetHyperparameter, StepOnce, Stop, Undo
from charplay.protocol.events import Changed, Event, Failed, Finished, Saved, Stopped, Warned

Asker = TypeVar("Asker")
MAX_WAITING = 256
"""Commands that were taken and are not carried out yet; more are refused, so that nobody can fill the memory."""

OVER = "the run has ended, so nothing more can be asked of it"


@dataclass(frozen=True)
class Answer(Generic[Asker]):
    """What becomes of a command: it was carried out, or `error` says why not."""

    asker: Asker
    number: object
    """The id that the client gave the command."""
    error: str = ""


@dataclass
class CommandDesk(Generic[Asker]):
    """Hands commands on to a trainer, and answers each.

    A change or an undo is answered once the trainer has told of it, and is recorded by then, or kept for a disk that
    refuses it now; the next one is handed on only after it, so that no answer can belong to another's. A save is
    answered once it is there, a stop once the run has ended, and everything else at once.

    `send` hands a command to the trainer; `state` is the run's, kept up to date by whoever calls `hear`.
    """

    send: Callable[[Command], None]
    state: RunState
    _changes: list[tuple[Asker, object, SetHyperparameter | Undo]] = field(default_factory=list)
    """The first of them is with the trainer."""
    _saves: list[tuple[Asker, object, int]] = field(default_factory=list)
    """With the step from which on a save answers them."""
    _stops: list[tuple[Asker, object]] = field(default_factory=list)

    def take(self, asker: Asker, number: object, command: Command) -> list[Answer[Asker]]:
        """Take a command; return its answer, if that is known already."""
        if not self.state.busy:
            return [Answer(asker, number, OVER)]
        if len(self._changes) + len(self._saves) + len(self._stops) >= MAX_WAITING:
            return [Answer(asker, number, f"{MAX_WAITING} commands wait already; ask again later")]
        match command:
            case SetHyperparameter() | Undo():
                self._changes.append((asker, number, command))
                if len(self._changes) == 1:
                    self.send(command)
                return []
            case Save():
                self._saves.append((asker, number, self.state.step))
            case Stop():
                self._stops.append((asker, number))
                self.state.status = "stopping"
            case StepOnce() if self.state.status != "paused":
                return [Answer(asker, number, "a single step is taken while the run is paused; pause it first")]
        self.send(command)
        return [] if isinstance(command, Save | Stop) else [Answer(asker, number)]

    def hear(self, event: Event) -> list[Answer[Asker]]:
        """Return the answers that an event brings."""
        match event:
            case Changed(field=name) if self._changes and name == _changed_by(self._changes[0][2]):
                return self._change_over("")
            case Warned(refused=True) if self._changes:
                return self._change_over(event.message)
            case Saved(step=step):
                done = [save for save in self._saves if save[2] <= step]
                self._saves = [save for save in self._saves if save[2] > step]
                return [Answer(asker, number) for asker, number, _ in done]
            case Stopped() | Finished():
                return self._end("")
            case Failed():
                return self._end(event.message)
        return []

    def _change_over(self, error: str) -> list[Answer[Asker]]:
        asker, number, _ = self._changes.pop(0)
        if self._changes:
            self.send(self._changes[0][2])
        return [Answer(asker, number, error)]

    def _end(self, error: str) -> list[Answer[Asker]]:
        stopped = [Answer(asker, number, error) for asker, number in self._stops]
        late = [Answer(asker, number, error or OVER) for asker, number, _ in (*self._changes, *self._saves)]
        self._changes, self._saves, self._stops = [], [], []
        return stopped + late


def _changed_by(command: SetHyperparameter | Undo) -> str:
    return "undo" if isinstance(command, Undo) else command.field
