"""Three ways of telling what a trainer tells: JSON lines, plain lines, and a line that moves on a terminal."""

import shutil
import sys
import time
from collections.abc import Callable
from typing import Protocol

from charplay.cli.output import print_json, print_safe, sanitize_for
from charplay.formatting.units import duration, format_bits, format_nats, plural
from charplay.playground.run_state import RunState
from charplay.protocol import events

BAR_COLUMNS = 16
"""Columns of the bar, where the numbers leave so many."""
REDRAW_SECONDS = 0.1
"""Seconds between two drawings of the moving line."""


class Reporter(Protocol):
    """Somebody who passes on what a trainer tells."""

    def report(self, event: events.Event) -> None:
        """Pass on one event; OSError where nobody listens any more."""
        ...


class JsonReporter:
    """One event a line."""

    def report(self, event: events.Event) -> None:
        """Print the events that are public."""
        if event.public:
            print_json(events.as_json(event))


class LineReporter:
    """One line for each thing worth keeping: a start, an evaluation, an epoch, a sample, an end."""

    def __init__(self) -> None:
        self._state = RunState(state="preparing")

    def report(self, event: events.Event) -> None:
        """Print the event's lines, if it has any."""
        for line in self._lines(event):
            print_safe(line)
            sys.stdout.flush()

    def _lines(self, event: events.Event) -> list[str]:
        self._state.apply(event)
        match event:
            case events.Progress() if self._counts_epochs():
                return [self._epoch(row) for row in event.rows if row.epoch_loss is not None]
            case events.Evaluated():
                return [self._evaluation(event)]
            case events.Stopped():
                return [_stop(event, self._state.saved_step)]
            case _:
                line = _sentence(event)
                return [] if line is None else [line]

    def _counts_epochs(self) -> bool:
        """Small texts pass in a blink: epochs are told where they were asked for, or where nothing else is to tell."""
        recipe = self._state.recipe
        return recipe.get("epochs") is not None or not recipe.get("validation_fraction")

    def _epoch(self, row: events.Row) -> str:
        asked = self._state.recipe.get("epochs")
        of = f"/{asked:g}" if isinstance(asked, float) else ""
        return f"{_where(row)}  epoch {row.epoch:.0f}{of} loss {format_nats(row.epoch_loss)}"

    def _evaluation(self, event: events.Evaluated) -> str:
        nats, bits = format_nats(event.val_loss), format_bits(event.val_loss)
        held_out = f"held-out {nats} nats, {bits} bits, {event.val_accuracy:.1%} right"
        return f"{_where(event)}  {self._train_loss()}{held_out}{'  best' if event.best else ''}"

    def _train_loss(self) -> str:
        return f"train {format_nats(self._state.train_loss)}  " if self._state.train_loss is not None else ""


class ProgressReporter(LineReporter):
    """The same lines, and beneath them one that shows how far the run is and how long it will take."""

    def __init__(self, behind: Callable[[], bool] = lambda: False) -> None:
        """`behind` says whether the terminal has yet to take what was drawn; it is spared until it has."""
        super().__init__()
        self._drawn = 0.0
        self._behind = behind

    def report(self, event: events.Event) -> None:
        """Print the event's lines above the moving one, and draw that anew."""
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
        if state.state == "preparing":
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
    """What a person reads about an event that is told once."""
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
            return f"step {event.step:>7,}  {event.field}: {event.old} becomes {event.new}"
        case events.Finished():
            return _end(event)
        case _:
            return None


def _end(event: events.Finished) -> str:
    losses = f", train {format_nats(event.train_loss)} nats" if event.train_loss is not None else ""
    if event.val_loss is not None:
        losses += f", held-out {format_nats(event.val_loss)} nats, {format_bits(event.val_loss)} bits"
    if event.val_loss_cold is not None:
        losses += f" (cold {format_nats(event.val_loss_cold)})"
    done = f"finished: {plural(event.steps, 'step')} in {duration(event.seconds)}{losses}"
    return f"{done}\n{event.checkpoint}\n`charplay sample {event.run}` writes from it"


def _stop(event: events.Stopped, saved: int | None) -> str:
    """`saved` is the step of the last save, if there is one."""
    if event.run is None:
        return f"stopped before the first step ({event.reason})"
    from_there = "from there" if saved == event.step else f"from step {saved or 0:,}, the last that was saved"
    return (
        f"stopped at step {event.step:,} ({event.reason}); `charplay train --resume {event.run}` goes on {from_there}"
    )
