"""Training from Python: a run as an iterator of its events."""

import signal
import threading
import weakref
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from charplay.api.curves import curves
from charplay.api.listings import FilePath, home_option, recipe_layers
from charplay.errors import CharplayError
from charplay.playground.home import open_home
from charplay.protocol.commands import Save, SetHyperparameter, Stop
from charplay.protocol.events import Event, Failed, Finished, Paused, Started, Stopped
from charplay.protocol.exit_codes import INTERRUPTED, REASONS
from charplay.protocol.queues import CommandQueue

if TYPE_CHECKING:
    from charplay.protocol.request import TrainRequest

INTERRUPT = REASONS[INTERRUPTED]
"""The reason of a run that Ctrl-C stopped."""


class TrainingError(CharplayError):
    """A training did not come to its end; the message says why, and up to where the run is saved."""


def train(
    corpus: FilePath = "",
    *,
    preset: str | None = None,
    name: str | None = None,
    start_from: FilePath | None = None,
    encoding: str | None = None,
    home: FilePath | None = None,
    **fields: object,
) -> "Training":
    """Prepare the training of a new network on a text; it trains while its events are read.

    `for event in charplay.train("alice", steps=500)` sees every event, and `charplay.train("alice").result()` trains to
    the end.

    Args:
        corpus: a text of `list_corpora` by name, or the path of a file or a folder; empty takes the default text.
        preset: the recipe to start from, as `charplay train --preset` takes it.
        name: the new run's name; one is made from text and network where none is given.
        start_from: a run or a checkpoint whose weights it starts from.
        encoding: the text's; detected where none is named.
        home: the folder of texts and runs; CHARPLAY_HOME, or the usual one, where none is named.
        fields: any field of the recipe, as in `hidden_size=256`, `epochs=2` or `device="cpu"`.

    Raises:
        CharplayError: a field, the preset, the text, the name or the weights are wrong; nothing was made.
    """
    from charplay.playground.run_requests import composed_run
    from charplay.runs.naming import require_name

    found = open_home(home_option(home))
    found.clear_leftovers()
    if name is not None:
        require_name(found.checkpoints, name)
    layers = recipe_layers(found, corpus, preset, fields)
    composed = composed_run(found, *layers, name=name, source=home_option(start_from), encoding=encoding)
    return Training(composed.request, composed.notes)


def resume(
    run: FilePath,
    *,
    changed_text: bool = False,
    wait: float = 0.0,
    home: FilePath | None = None,
    **fields: object,
) -> "Training":
    """Prepare to go on with a run from its last save, exactly as if it had never stopped.

    Args:
        run: its name, or its folder.
        changed_text: go on though the text has changed, if it has no character unknown to the run.
        wait: seconds to wait for a run that another process holds.
        home: as for `train`.
        fields: another budget, which counts from the run's beginning, or is added as in `steps="+1000"`; live fields
            such as `learning_rate`; another `device`.

    Raises:
        CharplayError: there is no such run, or a field is named that a run cannot change.
    """
    from dataclasses import replace

    from charplay.playground.budget_syntax import take_added
    from charplay.playground.run_requests import resumed_run
    from charplay.recipes.layers import ConfigLayer
    from charplay.runs.store import RunStore

    found = open_home(home_option(home))
    found.clear_leftovers()
    values, added = take_added(fields)
    taken_up = RunStore(found).find(home_option(run) or "")
    request = resumed_run(found, taken_up, ConfigLayer("", values), added=added, changed_text=changed_text)
    return Training(replace(request, wait=wait))


class Training:
    """A run, as an iterator of its events. It trains in the thread that asks for the next one, and only then.

    So leaving a loop over it holds the training, and the next loop, or `result`, goes on. `stop`, Ctrl-C and dropping
    the object save the run before it ends. The last event is `Finished`, `Stopped` or `Failed`; after a
    `Failed` the iteration raises TrainingError, after Ctrl-C KeyboardInterrupt.

    Every event has a `kind`, its `step`, and `seconds` of training. A `progress` has `rows` of metrics, and how much is
    `done`, 0 to 1; an `evaluated` has `val_loss`, in nats per character.
    """

    def __init__(self, request: "TrainRequest", notes: tuple[str, ...] = ()) -> None:
        self.notes = notes
        """What was chosen or reset for the caller; once it has started, what its text and device made of the recipe."""
        self.started: Started | None = None
        """What the run said of itself when it began: `run`, `folder`, `recipe`, `parameters` and more."""
        self._commands = CommandQueue()
        self._events = _train(request, self._commands)
        self._last: Event | None = None
        self._trouble = ""
        weakref.finalize(self, self._events.close)

    @property
    def run(self) -> str:
        """The run's name; empty before it has begun."""
        return self.started.run if self.started else ""

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        if self._last is not None:
            self._raise_trouble(self._last)
            raise StopIteration
        event = next(self._events)
        match event:
            case Started():
                self.started, self.notes = event, (*self.notes, *event.notes)
            case Paused():
                self._trouble = event.way_out()
            case Finished() | Stopped() | Failed():
                self._last = event
            case _:
                pass
        return event

    def result(self) -> Finished:
        """Train to the end and return the last event.

        It has `run`, `checkpoint`, `steps`, `seconds`, and `train_loss`, `val_loss` and `val_loss_cold` in nats per
        character, None where nothing was measured.

        Raises:
            TrainingError: it failed, or was stopped before the end.
            KeyboardInterrupt: Ctrl-C; the run is saved, unless it was pressed twice.
        """
        for _ in self:
            pass
        if isinstance(self._last, Finished):
            return self._last
        step = self._last.step if self._last else 0
        goes_on = f"charplay.resume({self.run!r}) goes on" if self.run else "before it had begun"
        raise TrainingError(f"the training was stopped at step {step:,}; {goes_on}")

    def _repr_html_(self) -> str | None:
        """Return the run's curves so far, in nats per character; None before it has begun."""
        if self.started is None:
            return None
        return curves(self.started.folder).svg

    def stop(self) -> None:
        """Ask the run to save and to end; the next event asked for may be its last. May be called from any thread."""
        self._commands.put(Stop())

    def save(self) -> None:
        """Ask for a save before the next step; it saves by itself every minute, too."""
        self._commands.put(Save())

    def change(self, **fields: object) -> None:
        """Change live fields from the next step on, as in `change(learning_rate=0.001)`.

        A `changed` event follows for each, or a `warning` where it cannot be.
        """
        for name, value in fields.items():
            self._commands.put(SetHyperparameter(name, value))

    def _raise_trouble(self, last: Event) -> None:
        """Raise what ended the run, where that was not its budget or `stop`."""
        if isinstance(last, Failed):
            fault = TrainingError(last.sentence("changed_text=True lets it go on." if last.changed_text else ""))
            if last.cause:
                fault.add_note(last.cause)
            raise fault
        if isinstance(last, Stopped) and last.reason == INTERRUPT:
            raise KeyboardInterrupt
        if isinstance(last, Stopped) and self._trouble:
            raise TrainingError(self._trouble)


def _train(request: "TrainRequest", commands: CommandQueue) -> Generator[Event]:
    """Yield the events of a request. Closing it saves the run and ends it."""
    from charplay.training.run_training import open_training

    stream = open_training(request, commands)
    try:
        while True:
            with _saved_on_interrupt(commands):
                event = next(stream, None)
            if event is None:
                return
            if isinstance(event, Paused):
                commands.put(Stop(event.reason))  # an error's pause, which nobody here could end
            yield event
    finally:
        commands.put(Stop())
        for _ in stream:
            pass


@contextmanager
def _saved_on_interrupt(commands: CommandQueue) -> Iterator[None]:
    """Turn the first Ctrl-C into a command to save and stop, and let a second one interrupt.

    Where Ctrl-C has another meaning already, it keeps that.
    """

    def stop(number: int, _frame: FrameType | None) -> None:
        commands.put(Stop(INTERRUPT))
        signal.signal(number, signal.default_int_handler)

    handled = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if handled:
        signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        if handled:
            signal.signal(signal.SIGINT, signal.default_int_handler)
