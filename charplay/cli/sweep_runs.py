"""The runs of a sweep: a process for each, some at a time, until all have ended or a signal asks to leave."""

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from signal import SIGTERM, Signals
from threading import Lock
from typing import Literal

from charplay.protocol.commands import Save, Stop
from charplay.protocol.exit_codes import SAVE_SIGNAL, SIGNALS
from charplay.protocol.queues import CommandQueue

POLL_SECONDS = 0.2
"""Seconds between two looks at the signals that came."""
LAST_WORDS = 5
"""Lines that are kept of what a process says outside its events."""

State = Literal["finished", "skipped", "failed", "stopped", "waiting"]


@dataclass(frozen=True)
class SweepRun:
    """A run to train."""

    name: str
    values: Mapping[str, str]
    """The fields that the sweep changes, with this run's value."""
    arguments: Sequence[str]
    """What `charplay` is called with, without a device."""
    recipe: Mapping[str, object]
    """Every field of the recipe as it is asked for."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `waiting` is one that was not begun, as the sweep was left before."""

    run: SweepRun
    state: State
    numbers: Mapping[str, object] = field(default_factory=dict)
    """Of its last event, or of its run.json: `train_loss`, `val_loss`, `steps`, `seconds` and the like."""
    message: str = ""
    """Why it failed."""


class SweepProcesses:
    """Trains runs, each in a process of its own.

    They belong to the terminal's foreground too, so that Ctrl-C, Ctrl-Z and a hang-up reach each of them; other signals
    are passed on. Where this process is killed, each saves and leaves at its next word, which nobody reads.
    """

    def __init__(self, inbox: CommandQueue, devices: Sequence[str | None], threads: int | None) -> None:
        """`devices` has one for each process at a time, None where it is left open; `threads` bounds those of each."""
        self._inbox = inbox
        self._slots = SimpleQueue[str | None]()
        for device in devices:
            self._slots.put(device)
        self._jobs = len(devices)
        self._threads = threads
        self._lock = Lock()
        self._running = set[subprocess.Popen[str]]()
        self._leaving = False

    def train(self, runs: Sequence[SweepRun], tell: Callable[[Outcome], object]) -> None:
        """Train the runs in their order; `tell` is told, in this thread, how each ended."""
        with ThreadPoolExecutor(self._jobs) as pool:
            open_: set[Future[Outcome]] = {pool.submit(self._train, run) for run in runs}
            while open_:
                done, open_ = wait(open_, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
                self._pass_signals_on()
                for each in done:
                    tell(each.result())

    def _pass_signals_on(self) -> None:
        for command in self._inbox.take():
            match command:
                case Stop():
                    with self._lock:
                        self._leaving = True
                    self._signal(SIGTERM)  # after Ctrl-C it changes nothing, where a second interrupt would lose a save
                case Save():
                    self._signal(SAVE_SIGNAL)
                case _:
                    pass

    def _signal(self, number: Signals) -> None:
        with self._lock:
            for process in self._running:
                process.send_signal(number)

    def _train(self, run: SweepRun) -> Outcome:
        device = self._slots.get()
        try:
            process = self._begun(run, device)
            return Outcome(run, "waiting") if process is None else self._outcome(run, process)
        finally:
            self._slots.put(device)

    def _begun(self, run: SweepRun, device: str | None) -> "subprocess.Popen[str] | None":
        """Start a run's process; None where the sweep is being left."""
        named = {} if self._threads is None else {"OMP_NUM_THREADS": str(self._threads)}
        on = [] if device is None else ["--device", device]
        with self._lock:
            if self._leaving:
                return None
            process = subprocess.Popen(  # noqa: S603  (this interpreter, and what the user asked it for)
                [sys.executable, "-P", "-m", "charplay", *run.arguments, *on],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=named | os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            )
            self._running.add(process)
            return process

    def _outcome(self, run: SweepRun, process: "subprocess.Popen[str]") -> Outcome:
        """Read a process to its end, and return how its run ended."""
        assert process.stdout
        last, words = dict[str, object](), deque[str](maxlen=LAST_WORDS)
        with process:
            for line in process.stdout:
                if (event := _event(line)) is not None:
                    last = event
                elif line.strip():
                    words.append(line.strip())
        with self._lock:
            self._running.discard(process)
        return Outcome(run, _state(process.returncode), last, _reason(process.returncode, last, words))


def _event(line: str) -> dict[str, object] | None:
    """Return the event that a line tells, None where it is a note or another library's word."""
    with suppress(ValueError):
        if isinstance(event := json.loads(line), dict):
            return event
    return None


def _state(code: int) -> State:
    if code == 0:
        return "finished"
    ended = code if code > 0 else 128 - code  # a negative one is of a signal that it had no handler for yet
    return "stopped" if ended in SIGNALS.values() else "failed"


def _reason(code: int, last: Mapping[str, object], words: Sequence[str]) -> str:
    if code == 0:
        return ""
    if last.get("event") in {"failed", "stopped"}:
        return str(last.get("message") or last.get("reason"))
    told = [word.removeprefix("charplay: ") for word in words if word.startswith("charplay: ")]
    return "; ".join(told or words) or f"its process ended with {code}"
