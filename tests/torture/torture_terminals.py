"""The real program on a pseudo-terminal that hangs up, terminates, suspends or stands still."""

import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from terminal_runs import (
    RESTORED,
    SECONDS,
    headless,
    last_row,
    leave,
    on_terminal,
    prepared,
    saved_step,
    started,
    the_run,
)
from torturing import Attempt, Outcome, Torture

from charplay.runs.home import Home

CODES = {"hang up": 129, "terminate": 143, "interrupt": 130}

DEAF = """
import sys
from contextlib import contextmanager
import charplay.cli.signals as signals
@contextmanager
def nothing(inbox):
    yield type("Leave", (), {"code": 0})()
signals.leaving_on_signals = nothing
import charplay.tui.textual_patches.signals as listening
listening.listen = lambda *_: None
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""The sabotage: a program that leaves signals to their defaults."""


class Endings:
    """Every try is one start, with the screen or without it, and one end from outside."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._program = folder, ["-c", DEAF] if sabotaged else ["-m", "charplay"]

    def attempt(self, chance: random.Random) -> Outcome:
        """Train, end it at a random moment, and see what is left."""
        home, screen = prepared(self._folder / "home"), chance.random() < 0.5
        how = chance.choice(list(CODES))
        command = [sys.executable, *self._program] if screen else headless(self._program)
        where = f"{how} {'of the screen' if screen else 'without a screen'}"
        outcome = Outcome(counts=Counter({where: 1}))
        with on_terminal(command, home, outcome, where) as term:
            started(home, term, screen=screen)
            time.sleep(chance.uniform(0, 1.5))
            reached, began = last_row(home), time.monotonic()
            if how == "hang up":
                term.hang_up()
            else:
                term.signal(signal.SIGTERM if how == "terminate" else signal.SIGINT)
            leave(term, home, CODES[how], outcome, where)
            outcome.worst["s to the end"] = seconds = time.monotonic() - began
            if seconds > max(SECONDS, term.beginning):  # a crowded machine takes longer to begin, too
                outcome.faults.append(f"{where} took {seconds:.1f} s")
            if saved_step(home) < reached:
                outcome.faults.append(f"{where}: step {reached} was logged, and {saved_step(home)} is saved")
            if screen and how != "hang up":
                outcome.faults += _not_restored(term.raw[-4000:], where)
        return outcome


def _not_restored(written: bytes, where: str) -> list[str]:
    missing = [code for code in RESTORED if code not in written]
    return [f"{where} did not write {missing}"] if missing else []


@contextmanager
def begin_endings(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for homes."""
    yield Endings(folder, sabotaged=sabotaged).attempt


# Suspending

SHELL = """
import os, pty, signal, sys, termios, time
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execvp(sys.argv[1], sys.argv[1:])
try:
    os.setpgid(child, child)
except PermissionError:
    pass  # it has done so itself, and is the program already
modes = termios.tcgetattr(0)
while True:
    _, status = os.waitpid(child, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        sys.exit(os.waitstatus_to_exitcode(status))
    theirs = termios.tcgetattr(0)
    termios.tcsetattr(0, termios.TCSANOW, modes)
    print("\\n[1]+ Stopped", "as it was" if theirs[3] & termios.ICANON else "still raw", flush=True)
    sys.stdin.readline()
    print("fg", flush=True)
    os.tcsetpgrp(0, child)
    os.kill(-child, signal.SIGCONT)
"""
"""A shell that knows one job: it says when the job stops, and a line of input brings it back."""

IGNORING = """
import sys
from charplay.tui.app import CharplayApp
CharplayApp.action_suspend_process = lambda self: None
import signal
signal.signal(signal.SIGTSTP, signal.SIG_IGN)
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""


PANES = ("Corpus", "Next run", "Runs", "Loss", "Text")
"""Titles that stand all over the screen."""


class Suspends:
    """Ctrl-Z and fg while the screen trains, or `charplay train` does."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._program = folder, ["-c", IGNORING] if sabotaged else ["-m", "charplay"]

    def attempt(self, chance: random.Random) -> Outcome:
        """Suspend it, look at the shell, come back, look at the speed, and leave."""
        home, screen = prepared(self._folder / "home"), chance.random() < 0.6
        outcome = Outcome(counts={"the screen" if screen else "`charplay train`": 1})  # type: ignore[arg-type]
        command = [sys.executable, *self._program] if screen else headless(self._program)
        with on_terminal([sys.executable, "-c", SHELL, *command], home, outcome) as term:
            started(home, term, screen=screen)
            time.sleep(chance.uniform(0.2, 1))
            term.press("ctrl+z")
            term.wait_for("[1]+ Stopped as it was", SECONDS)
            outcome.faults += _not_restored(term.raw, "ctrl-z") if screen else []
            held = last_row(home)
            gap = chance.uniform(2, 4)
            time.sleep(gap)
            if last_row(home) != held:
                outcome.faults.append("it trained on while it was suspended")
            term.press("enter")
            seen = PANES if screen else ()
            term.wait_for(lambda t: all(map(t.find, seen)) and last_row(home) > held, 2 * SECONDS)
            time.sleep(0.5)
            outcome.faults += _slow(home, gap)
            if screen:
                term.press("q")
                term.wait_for("save and leave", 2 * SECONDS)
            term.press("q" if screen else "ctrl+c")
            leave(term, home, 0 if screen else CODES["interrupt"], outcome)
        return outcome


def _slow(home: Home, gap: float) -> list[str]:
    """Whether the seconds of training have the gap in them."""
    run = the_run(home)
    seconds = [row["seconds"] for row in run.metrics() if "train_loss" in row] if run else []
    longest = max((b - a for a, b in pairwise(seconds)), default=0.0)
    return [f"a row of 20 steps took {longest:.1f} s, over a gap of {gap:.1f}"] if longest > gap - 0.5 else []


@contextmanager
def begin_suspends(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for homes."""
    yield Suspends(folder, sabotaged=sabotaged).attempt


ENDINGS = Torture("hang-ups, terminations, interrupts", begin_endings, "ends", "signals left to their defaults", few=2,
                  share=1.5)  # fmt: skip
SUSPENDS = Torture("Ctrl-Z and fg while training", begin_suspends, "suspensions", "a program that ignores Ctrl-Z",
                   few=2, control_tries=1)  # fmt: skip
