"""The real program on a pseudo-terminal that hangs up, terminates, suspends or stands still."""

import json
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from terminal import Terminal
from torturing import Attempt, Outcome, Torture

from charplay.runs.home import Home
from charplay.runs.run import Run

TEXT = "the quick brown fox jumps over the lazy dog.\nand goes on to say so once again\n" * 60
SETTINGS = ["hidden_size=8", "embedding_size=4", "num_layers=1", "log_every=20", "save_every=1000000", "threads=1"]
SECONDS = 5.0
"""Within which it must be over."""
CODES = {"hang up": 129, "terminate": 143, "interrupt": 130}
RESTORED = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l")
"""The main screen, the cursor, no mouse, no marked pastes."""

DEAF = """
import sys
from contextlib import contextmanager
import charplay.cli.signals as signals
@contextmanager
def nothing(inbox):
    yield type("Leave", (), {"code": 0})()
signals.leaving_on_signals = nothing
import charplay.tui.signals as listening
listening.listen = lambda *_: None
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""The sabotage: a program that leaves signals to their defaults."""


def prepared(folder: Path) -> Home:
    """A home with one text and a small recipe to train for hours."""
    shutil.rmtree(folder, ignore_errors=True)
    home = Home(folder)
    home.prepare()
    (home.corpora / "fox.txt").write_text(TEXT)
    lines = [f"{name} = {value}" for name, value in (one.split("=") for one in SETTINGS)]
    (home.presets / "small.toml").write_text("\n".join([*lines, "steps = 100000000", 'device = "cpu"', ""]))
    home.settings.write_text(json.dumps({"preset": "small", "corpus": "fox"}))
    return home


def headless(program: list[str], *more: str) -> list[str]:
    """`charplay train`, for hours."""
    return [sys.executable, *program, "train", "--preset", "small", "--corpus", "fox", *more]


def the_run(home: Home) -> Run | None:
    """The run in a home, if there is one."""
    found = [path for path in home.checkpoints.iterdir() if (path / "run.json").exists()]
    return Run.open(found[0]) if found else None


def last_row(home: Home) -> int:
    """The step of the newest row on the disk."""
    run = the_run(home)
    return int(run.newest_metrics().get("step", 0)) if run else 0


def saved_step(home: Home) -> int:
    """The step that the run can be taken up from."""
    run = the_run(home)
    resumed = run.read_resume() if run else None
    return int(resumed[1]["ledger"]["step"]) if resumed else -1


def started(home: Home, term: Terminal, *, screen: bool) -> None:
    """Stand until training is under way."""
    if screen:
        term.wait_for("parameters,", 60)
        term.press("t")
    term.wait_for(lambda _: last_row(home) > 0, 90)


class Endings:
    """Every try is one start, with the screen or without it, and one end from outside."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._program = folder, ["-c", DEAF] if sabotaged else ["-m", "charplay"]

    def attempt(self, chance: random.Random) -> Outcome:
        """Train, end it at a random moment, and see what is left."""
        home, screen = prepared(self._folder / "home"), chance.random() < 0.5
        how = chance.choice(("hang up", "terminate") if screen else ("hang up", "terminate", "interrupt"))
        command = [sys.executable, *self._program] if screen else headless(self._program)
        term = Terminal(command, env={"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1"})
        where = f"{how} {'of the screen' if screen else 'without a screen'}"
        outcome = Outcome(counts={where: 1})  # type: ignore[arg-type]
        try:
            started(home, term, screen=screen)
            time.sleep(chance.uniform(0, 1.5))
            reached, began = last_row(home), time.monotonic()
            if how == "hang up":
                term.hang_up()
            else:
                term.signal(signal.SIGTERM if how == "terminate" else signal.SIGINT)
            code = term.wait(4 * SECONDS)
            seconds = time.monotonic() - began
            outcome.worst["s to the end"] = seconds
            outcome.faults += self._judge(home, term, (where, how, screen), code, reached)
            if seconds > SECONDS:
                outcome.faults.append(f"{where} took {seconds:.1f} s")
        except AssertionError as error:
            outcome.faults.append(f"{where}: {error}")
        finally:
            term.close()
        return outcome

    def _judge(self, home: Home, term: Terminal, try_: tuple[str, str, bool], code: int, reached: int) -> list[str]:
        where, how, screen = try_
        faults = []
        if code != CODES[how]:
            faults.append(f"{where} left with {code}")
        if saved_step(home) < reached:
            faults.append(f"{where}: step {reached} was logged, and {saved_step(home)} is saved")
        if screen and how == "terminate" and (missing := [code for code in RESTORED if code not in term.raw[-4000:]]):
            faults.append(f"{where} did not write {missing}")
        return faults


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
os.setpgid(child, child)
modes = termios.tcgetattr(0)
while True:
    _, status = os.waitpid(child, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        sys.exit(os.waitstatus_to_exitcode(status))
    theirs = termios.tcgetattr(0)
    termios.tcsetattr(0, termios.TCSANOW, modes)
    print("[1]+ Stopped", "as it was" if theirs[3] & termios.ICANON else "still raw", flush=True)
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


class Suspends:
    """Ctrl-Z and fg while the screen trains."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._folder, self._program = folder, ["-c", IGNORING] if sabotaged else ["-m", "charplay"]

    def attempt(self, chance: random.Random) -> Outcome:
        """Suspend a training screen, look at the shell, come back, look at the speed, and leave."""
        home, outcome = prepared(self._folder / "home"), Outcome()
        command = [sys.executable, "-c", SHELL, sys.executable, *self._program]
        term = Terminal(command, env={"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1"})
        try:
            started(home, term, screen=True)
            time.sleep(chance.uniform(0.2, 1))
            term.press("ctrl+z")
            term.wait_for("[1]+ Stopped as it was", SECONDS)
            if missing := [code for code in RESTORED if code not in term.raw]:
                outcome.faults.append(f"the shell came back without {missing}")
            held = last_row(home)
            gap = chance.uniform(2, 4)
            time.sleep(gap)
            if last_row(home) != held:
                outcome.faults.append("it trained on while it was suspended")
            term.press("enter")
            term.wait_for(lambda t: t.find("Loss") and last_row(home) > held, 2 * SECONDS)
            time.sleep(0.5)
            outcome.faults += _slow(home, gap)
            term.press("q")
            term.wait_for("save and leave", 2 * SECONDS)
            term.press("q")
            if code := term.wait(2 * SECONDS):
                outcome.faults.append(f"it left with {code}")
        except AssertionError as error:
            outcome.faults.append(str(error))
        finally:
            term.close()
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
SUSPENDS = Torture("Ctrl-Z and fg while training", begin_suspends, "suspensions", "a screen that ignores Ctrl-Z",
                   control_tries=1)  # fmt: skip
