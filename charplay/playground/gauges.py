"""The gauges: one line of what processor, memory and graphics cards do, read in the background while it is wanted."""

from typing import TYPE_CHECKING

from charplay.formatting.units import format_bytes, format_share
from charplay.playground.jobs import BackgroundJob, JobSlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from charplay.playground.machine import CardReading, MachineReading
    from charplay.playground.run_state import RunState

SECONDS = 1.0
"""Between two readings, at least."""
GAP = "   "


class Gauges:
    """Has the machine read once a second while they are on, in a job; never waits for it, and never starts two."""

    def __init__(self, probe: "Callable[[], MachineReading] | None" = None, *, on: bool = False) -> None:
        """`probe` is called in a thread and may take its time."""
        self.on = on
        self._probe = probe
        self._slot: JobSlot[MachineReading] = JobSlot()
        self._next = 0.0
        self._said = "reading the machine"

    def toggle(self) -> None:
        """Switch them on or off."""
        self.on = not self.on

    def advance(self, now: float) -> None:
        """Take the reading in, and start the next one when it is time."""
        if (ended := self._slot.take_ended()) is not None:
            failed = f"the machine cannot be read: {ended.fault}"
            self._said = failed if ended.result is None else describe(ended.result)
        if self.on and now >= self._next and not self._slot.busy:
            self._next = now + SECONDS
            self._slot.put(BackgroundJob(lambda _: self._read()).start())

    def _read(self) -> "MachineReading":
        if self._probe is None:
            from charplay.playground.machine import MachineProbe  # most sittings are without gauges

            self._probe = MachineProbe()
        return self._probe()

    def line(self, state: "RunState") -> str:
        """Return what is shown: which device trains and why, then the machine; empty while they are off."""
        return GAP.join(filter(None, (_trains_on(state), self._said))) if self.on else ""


def describe(reading: "MachineReading") -> str:
    """Return the facts of a reading; in brackets what is this process's own part."""
    processor = f"CPU {format_share(reading.load)} (own {format_share(reading.own_load)})"
    memory = f"memory {_of(reading.used, reading.total)} (own {format_bytes(reading.own)})"
    return GAP.join((processor, memory, *map(_describe_card, reading.cards)))


def _describe_card(card: "CardReading") -> str:
    memory = "" if card.used is None or card.total is None else _of(card.used, card.total)
    facts = (
        "" if card.load is None else format_share(card.load),
        memory + (f" (own {format_bytes(card.own)})" if card.own else ""),
        "" if card.celsius is None else f"{card.celsius} °C",
        "" if card.watts is None else f"{card.watts:.0f} W",
    )
    return " ".join(filter(None, (card.name, *facts)))


def _of(used: int, total: int) -> str:
    """The two numbers with one unit, where they have the same: "3.1 / 8.0 GB"."""
    first, second = format_bytes(used) or "", format_bytes(total) or ""
    number, _, unit = first.partition(" ")
    return f"{number} / {second}" if unit == second.partition(" ")[2] else f"{first} / {second}"


def _trains_on(state: "RunState") -> str:
    if not state.busy or not state.device:
        return ""
    return f"trains on {state.device}" + (f": {state.device_reason}" if state.device_reason else "")
