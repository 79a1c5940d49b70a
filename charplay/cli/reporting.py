"""Three reporters of a trainer's events: JSON lines, plain lines, and lines with a progress bar on a terminal."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import Protocol

from charplay.cli.output import print_json, print_safe, sanitize_for
from charplay.formatting.loss_units import NATS, LossUnit, format_loss
from charplay.formatting.units import duration, format_share, plural
from charplay.playground.run_state import RunState
from charplay.protocol import events
from charplay.recipes.specs import format_value

BAR_COLUMNS = 16
"""Columns of the progress bar, at most; it shrinks to what the numbers leave."""
REDRAW_SECONDS = 0.1
"""Seconds between two drawings of the progress line."""


class Reporter(Protocol):
    """Prints a trainer's events."""

    def report(self, event: events.Event) -> None:
        """Print one event. Raises OSError where the output is closed."""
        ...


class JsonReporter:
    """Prints each public event as one line of JSON."""

    def report(self, event: events.Event) -> None:
        """Print the event if it is public."""
        if event.public:
            print_json(events.as_json(event))


class LineReporter:
    """Prints one line for each start, evaluation, epoch, sample and end."""

    def __init__(self, unit: LossUnit = NATS) -> None:
        """`unit` is that of every loss."""
        self._state = RunState(status="preparing")
        self._set_unit, self._unit = unit, unit.on(None)

    def report(self, event: events.Event) -> None:
        """Print the event's lines, if any."""
        for line in self._lines(event):
            print_safe(line)
            sys.stdout.flush()

    def _lines(self, event: events.Event) -> list[str]:
        self._state.apply(event)
        if isinstance(event, events.Started):
            self._unit = self._set_unit.on(event.bytes_per_character)
        match event:
            case events.Progress() if self._counts_epochs():
                return [self._epoch(row) for row in event.rows if row.epoch_loss is not None]
            case events.Evaluated():
                return [self._evaluation(event)]
            case events.Stopped():
                return [_stop(event, self._state.saved_step)]
            case _:
                line = _end(event, self._unit) if isinstance(event, events.Finished) else _sentence(event)
                return [] if line is None else [line]

    def _counts_epochs(self) -> bool:
        """Whether to print epochs: if the budget is in epochs, or nothing is evaluated; small texts have very many."""
        recipe = self._state.recipe
        return recipe.get("epochs") is not None or not recipe.get("validation_fraction")

    def _epoch(self, row: events.Row) -> str:
        asked = self._state.recipe.get("epochs")
        of = f"/{asked:g}" if isinstance(asked, float) else ""
        return f"{_where(row)}  epoch {row.epoch:.0f}{of} loss {self._unit.number(row.epoch_loss or 0.0)}"

    def _evaluation(self, event: events.Evaluated) -> str:
        held_out = f"held-out {format_loss(event.val_loss, self._unit)}, {format_share(event.val_accuracy, 1)} right"
        return f"{_where(event)}  {self._train_loss()}{held_out}{'  best' if event.best else ''}"

    def _train_loss(self) -> str:
        return f"train {self._unit.number(self._state.train_loss)}  " if self._state.train_loss is not None else ""


class ProgressReporter(LineReporter):
    """Prints the same lines, and a progress line beneath them with a bar and the time that is left."""

    def __init__(self, behind: Callable[[], bool] = lambda: False, unit: LossUnit = NATS) -> None:
        """`behind` returns whether the terminal has not yet taken the last output; nothing is drawn until it has."""
        super().__init__(unit)
        self._drawn = 0.0
        self._behind = behind

    def report(self, event: events.Event) -> None:
        """Print the event's lines above the progress line, and redraw that."""
        lines = self._lines(event)
        for line in lines:
            print("\r\x1b[K" + sanitize_for(line, sys.stdout))
        now = time.monotonic()
        if isinstance(event, events.Finished | events.Stopped | events.Failed):
            print("\r\x1b[K", end="", flush=True)
        elif lines or (now - self._drawn > REDRAW_SECONDS and not self._behind()):
            self._drawn = now
            print("\r\x1b[K" + sanitize_for(self._status_line(), sys.stdout), end="", flush=True)

    def _status_line(self) -> str:
        state = self._state
        if state.status == "preparing":
            return state.phase
        width = shutil.get_terminal_size().columns - 1
        line = f"{state.done:4.0%}  {state.summary()}  {self._train_loss()}".rstrip()
        room = max(0, min(BAR_COLUMNS, width - len(line) - 1))
        full = round(room * state.done)
        done, open_ = "━─" if (sys.stdout.encoding or "").lower().startswith("utf") else "#-"
        return f"{done * full}{open_ * (room - full)} {line}"[:width]


def _where(event: events.Evaluated | events.Row) -> str:
    return f"step {event.step:>7,}  epoch {event.epoch:6.2f}  {duration(event.seconds):>7}"


def _sentence(event: events.Event) -> str | None:
    """Return the line of an event that has no state, or None."""
    match event:
        case events.Started():
            again = f"goes on at step {event.step:,}" if event.resumed else "starts"
            return (
                f"{event.run} {again}: {event.corpus}, {event.characters:,} characters, "
                f"{event.vocabulary_size:,} distinct; {event.parameters:,} parameters; {event.device}"
            )
        case events.Sampled():
            return f"\nstep {event.step:,}, temperature {event.temperature:g}: {event.prompt}{event.text}\n"
        case events.Changed():
            return f"step {event.step:>7,}  {event.field}: {format_value(event.old)} becomes {format_value(event.new)}"
        case _:
            return None


def _end(event: events.Finished, unit: LossUnit) -> str:
    losses = f", train {unit.write(event.train_loss)}" if event.train_loss is not None else ""
    if event.val_loss is not None:
        losses += f", held-out {format_loss(event.val_loss, unit)}"
    if event.val_loss_cold is not None:
        losses += f" (cold {unit.number(event.val_loss_cold)})"
    if event.held_out_share is not None and event.held_out_share < 1:
        losses += f", on the first {format_share(event.held_out_share, 1)} of the held-out text"
    done = f"finished: {plural(event.steps, 'step')} in {duration(event.seconds)}{losses}"
    return f"{done}\n{event.checkpoint}\n`charplay sample {event.run}` writes from it"


def _stop(event: events.Stopped, saved: int | None) -> str:
    """Return the line of a stop; `saved` is the step of the last save, if any."""
    if event.run is None:
        return f"stopped before the first step ({event.reason})"
    from_there = "from there" if saved == event.step else f"from step {saved or 0:,}, the last that was saved"
    return (
        f"stopped at step {event.step:,} ({event.reason}); `charplay train --resume {event.run}` goes on {from_there}"
    )
