"""The real program on a pseudo-terminal that stands still: training goes on as without it, one frame catches up."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median

import psutil
from pseudo_terminal import UNMEASURED, Terminal
from terminal_runs import SECONDS, headless, last_row, leave, on_terminal, prepared, saved_step, started
from torturing import Attempt, Outcome, Torture

from charplay.runs.home import Home

WAITING = """
import os, sys
from charplay.protocol.queues import EventQueue
put = EventQueue.put
def put_and_wait(self, event):
    put(self, event)
    os.write(terminal, b"\\x1b[s" * 64)
terminal = os.open(os.ttyname(0), os.O_WRONLY)
EventQueue.put = put_and_wait
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""The sabotage: a trainer that waits for the terminal."""

CAUGHT_UP = 60_000
"""Bytes that a frame or two take; what was not shown meanwhile is never sent."""
ROUNDS, SETTLING, ROUND_SECONDS = 5, 0.4, 1.6
"""Seconds after which one stands still, and the other is under way."""
LEAST = 0.7
"""Of the headless speed, in one try on a machine that others use too; the page tells the median of all rounds."""
SAVING = "save_every=2000"
"""Both have saved when they are measured: a first save starts a second thread, which slows every step after it."""
BEHIND = 2.0
"""Seconds after which nothing is on its way to the terminal any more."""
MOST_BESIDE = 10.0
"""Milliseconds of a core's second for all but training. The screen took 15 while its clocks went on for nobody."""


class Stalls:
    """A terminal that stops reading while the screen trains, or while `charplay train` does."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._sabotaged = folder, sabotaged
        self._ratios: defaultdict[str, list[float]] = defaultdict(list)
        """Of each round: steps on a terminal that stands still over those of the rounds without one around it."""

    def attempt(self, chance: random.Random) -> Outcome:
        """Rounds without a terminal and on one that is not read, turn about; then what comes when it is read again."""
        home, outcome = prepared(self._folder / "home", SAVING), Outcome()
        screen = self._sabotaged or chance.random() < 0.6
        program = ["-c", WAITING] if self._sabotaged else ["-m", "charplay"]
        command = [sys.executable, *program] if screen else headless(program)
        with unattended(prepared(self._folder / "unattended", SAVING)) as (plain, candidate):
            candidate.send_signal(signal.SIGSTOP)
            with on_terminal(command, home, outcome, unmeasured=True) as term:
                started(home, term, screen=screen)
                term.wait_for(lambda _: saved_step(home) >= 0, 90)
                _stall(term, screen=screen)
                self._beside(_beside_training(term.process.pid, chance.uniform(2, 4)), outcome)
                self._catch_up(home, term, outcome)
                _stall(term, screen=screen)
                stalled = _Paused(home, term) if screen else _Stopped(home, term.process)
                steps = _turn_about(_Stopped(plain, candidate), stalled)
                self._judge("the screen" if screen else "`charplay train`", *steps, outcome)
                term.read_on()
                term.signal(signal.SIGTERM)
                leave(term, home, 143, outcome)
        return outcome

    def _catch_up(self, home: Home, term: Terminal, outcome: Outcome) -> None:
        moment, reached = time.monotonic(), last_row(home)
        term.read_on()
        term.wait_for(lambda t: _shown(t) >= reached, SECONDS)
        seconds, caught_up = time.monotonic() - moment, len(term.raw_since(moment))
        outcome.worst["kB to catch up"] = caught_up / 1e3
        if caught_up > CAUGHT_UP + 20_000 * seconds:
            outcome.faults.append(f"{caught_up:,} bytes came when the terminal was read again")

    def _beside(self, milliseconds: float, outcome: Outcome) -> None:
        outcome.worst["ms a second beside training"] = milliseconds
        if milliseconds > MOST_BESIDE:
            outcome.faults.append(f"{milliseconds:.0f} ms of a second went to others than training")

    def _judge(self, who: str, headless_steps: list[int], stalled_steps: list[int], outcome: Outcome) -> None:
        around = [(one + next_one) / 2 for one, next_one in pairwise(headless_steps)]
        self._ratios[who] += [stalled / max(1.0, steps) for stalled, steps in zip(stalled_steps, around, strict=True)]
        outcome.latest[f"{who} stalled over headless"] = median(self._ratios[who])
        outcome.counts.update({"rounds by turns": len(stalled_steps), "steps stalled": sum(stalled_steps)})
        if sum(stalled_steps) < LEAST * sum(around):
            outcome.faults.append(f"{sum(stalled_steps)} steps while it stood still, {sum(around):.0f} headless")


@contextmanager
def unattended(home: Home) -> Iterator[tuple[Home, "subprocess.Popen[bytes]"]]:
    """`charplay train` under way without a terminal, past its first save, and its end."""
    env = os.environ | {"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1", **UNMEASURED}
    process = subprocess.Popen(headless(["-m", "charplay"]), env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        until = time.monotonic() + 90
        while saved_step(home) < 0 and time.monotonic() < until:
            time.sleep(0.1)
        yield home, process
    finally:
        process.kill()
        process.wait()


class _Stopped:
    """A program without a screen, which takes no time while its process is stopped."""

    def __init__(self, home: Home, process: "subprocess.Popen[bytes]") -> None:
        self.home, self._process = home, process

    def hold(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)


class _Paused:
    """A screen, whose training pauses by key: one whose process was stopped draws itself anew, for up to a second."""

    def __init__(self, home: Home, term: Terminal) -> None:
        self.home, self._term = home, term

    def hold(self) -> None:
        self._term.press("p")

    go_on = hold


def _stall(term: Terminal, *, screen: bool) -> None:
    """Stop reading; back once nothing is on its way to the terminal any more."""
    term.stall()
    if screen:
        term.press("B", "B")  # dark and light: two whole screens, more than anything keeps
    time.sleep(BEHIND)


def _beside_training(pid: int, seconds: float) -> float:
    """Milliseconds of a core's second that a program takes for all its threads but the busiest."""
    process = psutil.Process(pid)
    before = {thread.id: thread.user_time + thread.system_time for thread in process.threads()}
    time.sleep(seconds)
    spent = [each.user_time + each.system_time - before.get(each.id, 0.0) for each in process.threads()]
    return float(1e3 * (sum(spent) - max(spent)) / seconds)


def _turn_about(one: _Stopped, other: _Stopped | _Paused) -> tuple[list[int], list[int]]:
    """The steps of both by turns, one standing while the other trains; the first to train, `one`, is the last, too.

    `one` stands still already; both are under way afterwards.
    """
    steps: tuple[list[int], list[int]] = [], []
    for turn in range(2 * ROUNDS + 1):
        runs, waits = (other, one) if turn % 2 else (one, other)
        waits.hold()
        time.sleep(SETTLING)
        runs.go_on()
        time.sleep(SETTLING)
        before = last_row(runs.home)
        time.sleep(ROUND_SECONDS)
        steps[turn % 2].append(last_row(runs.home) - before)
    other.go_on()
    return steps


def _shown(term: Terminal) -> int:
    steps = re.findall(r"step ([\d,]+)", term.text)
    return max((int(step.replace(",", "")) for step in steps), default=0)


@contextmanager
def begin_stalls(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for homes."""
    yield Stalls(folder, sabotaged=sabotaged).attempt


STALLS = Torture("a terminal that stands still", begin_stalls, "stalls", "a trainer that waits for the terminal",
                 control_tries=2)  # fmt: skip
