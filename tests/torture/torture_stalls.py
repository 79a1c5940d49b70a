"""The real program on a pseudo-terminal that stands still: training goes on as without it, one frame catches up."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal import Terminal
from terminal_runs import SECONDS, headless, last_row, leave, on_terminal, prepared, started
from torturing import Attempt, Outcome, Torture

from charplay.runs.home import Home

WAITING = """
import os, sys
from charplay.messages.post import Mailbox
put = Mailbox.put
def put_and_wait(self, event):
    put(self, event)
    os.write(terminal, b"\\x1b[s" * 64)
terminal = os.open(os.ttyname(0), os.O_WRONLY)
Mailbox.put = put_and_wait
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""The sabotage: a trainer that waits for the terminal."""

CAUGHT_UP = 60_000
"""Bytes that a frame or two take; what was not shown meanwhile is never sent."""
ROUNDS, ROUND_SECONDS = 10, 0.6
LEAST = 0.7
"""Of the headless speed, in one try on a machine that others use too; the page tells the sum over all tries."""


class Stalls:
    """A terminal that stops reading while the screen trains, or while `charplay train` does."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._sabotaged = folder, sabotaged
        self._steps: Counter[str] = Counter()

    def attempt(self, chance: random.Random) -> Outcome:
        """Rounds without a terminal and on one that is not read, turn about; then what comes when it is read again."""
        home, outcome = prepared(self._folder / "home"), Outcome()
        screen = self._sabotaged or chance.random() < 0.6
        program = ["-c", WAITING] if self._sabotaged else ["-m", "charplay"]
        command = [sys.executable, *program] if screen else headless(program)
        with unattended(prepared(self._folder / "unattended")) as (plain, rival):
            rival.send_signal(signal.SIGSTOP)
            with on_terminal(command, home, outcome) as term:
                started(home, term, screen=screen)
                time.sleep(1)
                term.stall()
                time.sleep(1)
                steps = _turn_about((plain, rival), (home, term.process))
                moment, reached = time.monotonic(), last_row(home)
                term.read_on()
                term.wait_for(lambda t: _shown(t) >= reached, SECONDS)
                self._judge(steps, len(term.raw_since(moment)), time.monotonic() - moment, outcome)
                term.signal(signal.SIGTERM)
                leave(term, 143, outcome)
        return outcome

    def _judge(self, steps: dict[str, int], caught_up: int, seconds: float, outcome: Outcome) -> None:
        outcome.counts += Counter({f"steps {how}": count for how, count in steps.items()})
        outcome.worst["kB to catch up"] = caught_up / 1e3
        self._steps += outcome.counts
        outcome.latest["stalled over headless"] = self._steps["steps stalled"] / max(1, self._steps["steps headless"])
        if steps["stalled"] < LEAST * steps["headless"]:
            outcome.faults.append(
                f"{steps['stalled']} steps while it stood still, {steps['headless']} without a terminal"
            )
        if caught_up > CAUGHT_UP + 20_000 * seconds:
            outcome.faults.append(f"{caught_up:,} bytes came when the terminal was read again")


@contextmanager
def unattended(home: Home) -> Iterator[tuple[Home, "subprocess.Popen[bytes]"]]:
    """`charplay train` under way without a terminal, and its end."""
    env = os.environ | {"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(headless(["-m", "charplay"]), env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        until = time.monotonic() + 90
        while not last_row(home) and time.monotonic() < until:
            time.sleep(0.1)
        yield home, process
    finally:
        process.kill()
        process.wait()


def _turn_about(one: tuple[Home, "subprocess.Popen[bytes]"],
                other: tuple[Home, "subprocess.Popen[bytes]"]) -> dict[str, int]:  # fmt: skip
    """The steps of both in the same time, one standing while the other trains, so that both have the same machine."""
    before = [last_row(home) for home, _ in (one, other)]
    for _ in range(ROUNDS):
        for (_, runs), (_, waits) in ((one, other), (other, one)):
            waits.send_signal(signal.SIGSTOP)
            runs.send_signal(signal.SIGCONT)
            time.sleep(ROUND_SECONDS)
    steps = [last_row(home) - began for (home, _), began in zip((one, other), before, strict=True)]
    return dict(zip(("headless", "stalled"), steps, strict=True))


def _shown(term: Terminal) -> int:
    steps = re.findall(r"step ([\d,]+)", term.text)
    return max((int(step.replace(",", "")) for step in steps), default=0)


@contextmanager
def begin_stalls(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for homes."""
    yield Stalls(folder, sabotaged=sabotaged).attempt


STALLS = Torture("a terminal that stands still", begin_stalls, "stalls", "a trainer that waits for the terminal",
                 control_tries=2)  # fmt: skip
