"""The real program on a pseudo-terminal that stands still: training goes on, and one frame catches up."""

import random
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal import Terminal
from torture_terminals import SECONDS, headless, last_row, prepared, started
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


class Stalls:
    """A terminal that stops reading while the screen trains, or while `charplay train` does."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._sabotaged = folder, sabotaged

    def attempt(self, chance: random.Random) -> Outcome:
        """Steps in a stretch that is read, and in one that is not; then what comes when it is read again."""
        home, outcome = prepared(self._folder / "home"), Outcome()
        screen = self._sabotaged or chance.random() < 0.6
        program = ["-c", WAITING] if self._sabotaged else ["-m", "charplay"]
        command = [sys.executable, *program] if screen else headless(program)
        term = Terminal(command, env={"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1"})
        stretch = chance.uniform(5, 9)
        try:
            started(home, term, screen=screen)
            time.sleep(1)
            read = _steps(home, stretch)
            term.stall()
            time.sleep(1)
            unread = _steps(home, stretch)
            moment, reached = time.monotonic(), last_row(home)
            term.read_on()
            term.wait_for(lambda t: _shown(t) >= reached, SECONDS)
            caught_up = len(term.raw_since(moment))
            outcome.worst["kB to catch up"] = caught_up / 1e3
            outcome.counts["steps read"], outcome.counts["steps stalled"] = read, unread
            if unread < read / 2:  # both are of one process on a machine that others use, too
                outcome.faults.append(f"{unread} steps while the terminal stood still, {read} while it was read")
            if caught_up > CAUGHT_UP + 20_000 * (time.monotonic() - moment):
                outcome.faults.append(f"{caught_up:,} bytes came when the terminal was read again")
            term.signal(signal.SIGTERM)
            if (code := term.wait(2 * SECONDS)) != 143:
                outcome.faults.append(f"it left with {code}")
        except AssertionError as error:
            outcome.faults.append(str(error))
        finally:
            term.close()
        return outcome


def _steps(home: Home, seconds: float) -> int:
    before = last_row(home)
    time.sleep(seconds)
    return last_row(home) - before


def _shown(term: Terminal) -> int:
    steps = re.findall(r"step ([\d,]+)", term.text)
    return max((int(step.replace(",", "")) for step in steps), default=0)


@contextmanager
def begin_stalls(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for homes."""
    yield Stalls(folder, sabotaged=sabotaged).attempt


STALLS = Torture("a terminal that stands still", begin_stalls, "stalls", "a trainer that waits for the terminal",
                 control_tries=2)  # fmt: skip
