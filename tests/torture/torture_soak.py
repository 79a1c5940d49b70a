"""Minutes of training, stopping, playing and looking on a real pseudo-terminal: what grows, what is not given back."""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from pseudo_terminal import Terminal
from terminal_runs import prepared
from torturing import Attempt, Outcome, Torture

from charplay.runs.home import Home

ROUND = 8
"""Looks at the process within one try; each is a run that is started, played and stopped."""
MOST_GROWTH = 4.0
"""MB a run, after the first rounds: what a run leaves for good. Allocators move in steps of about that size."""

SIZED = ("hidden_size=128", "embedding_size=64", "sequence_length=64", "batch_size=32")
"""A network whose tensors are megabytes: small ones show nothing of how memory is given back."""

LEAKING = """
import sys, socket
from charplay.playground.run_controller import RunController
kept = []
start = RunController.start
def start_and_keep(self, request):
    kept.append((bytearray(32_000_000), socket.socket()))
    start(self, request)
RunController.start = start_and_keep
from charplay.cli.main import main
sys.argv[0] = "charplay"
main()
"""
"""The sabotage: every run keeps 32 MB and a descriptor."""


class Soak:
    """One program for all tries; each is a few more rounds, and the slope is over all of them."""

    def __init__(self, home: Home, *, sabotaged: bool) -> None:
        program = ["-c", LEAKING] if sabotaged else ["-m", "charplay"]
        env = {"CHARPLAY_HOME": str(home.root), "OMP_NUM_THREADS": "1"}
        self.term = Terminal([sys.executable, *program], env=env)
        self.term.wait_for("parameters,", 60)
        self._process = Path("/proc") / str(self.term.process.pid)
        self._looks: list[tuple[float, float, int, int]] = []

    def attempt(self, chance: random.Random) -> Outcome:
        """Some rounds, a look after each."""
        outcome = Outcome(tried=ROUND)
        try:
            for _ in range(ROUND):
                self._round(chance)
                self._looks.append(self._look())
        except AssertionError as error:
            outcome.faults.append(str(error))
            return outcome
        times, megabytes, descriptors, threads = (np.array(column) for column in zip(*self._looks, strict=True))
        settled = slice(len(times) // 3, None)
        a_run = float(np.polyfit(np.arange(len(times))[settled], megabytes[settled], 1)[0])
        hours = (times[-1] - times[settled][0]) / 3600
        outcome.latest = {"MB resident": float(megabytes[-1]), "MB a run": a_run,
                          "MB an hour": float(np.polyfit(times[settled], megabytes[settled], 1)[0] * 3600),
                          "descriptors": float(descriptors[-1]), "threads": float(threads[-1])}  # fmt: skip
        if a_run > MOST_GROWTH:
            outcome.faults.append(f"{a_run:.1f} MB a run, over {hours * 60:.1f} minutes")
        if descriptors[-1] > descriptors[settled][0] + 2 or threads[-1] > threads[settled][0] + 2:
            outcome.faults.append(f"descriptors {descriptors.tolist()}, threads {threads.tolist()}")
        return outcome

    def _round(self, chance: random.Random) -> None:
        self.term.press("4", "t")
        self.term.wait_for(lambda t: "training" in t.lines[0], 60)
        for _ in range(chance.randint(2, 6)):
            self._press(
                *chance.choice((("5", "a"), ("3", "down", "enter"), ("1", "v", "escape"), ("?", "escape"),
                                            ("4", "Y"), ("]",), ("p", "p"), ("B",), ("5", "w"))))  # fmt: skip
            time.sleep(chance.uniform(0.05, 0.3))
        for _ in range(6):  # out of whatever was opened, and then stop
            self._press("escape", "x")
            until = time.monotonic() + 5
            while time.monotonic() < until:
                if "stopped" in self.term.lines[0]:
                    return
                time.sleep(0.05)
        raise AssertionError(f"it did not stop; the screen was\n{self.term.text}")

    def _press(self, *keys: str) -> None:
        for key in keys:
            self.term.press(key)
            time.sleep(0.12)  # an escape with another key on its heels is that key with alt

    def _look(self) -> tuple[float, float, int, int]:
        """The clock in seconds, MB resident, descriptors, threads."""
        said = dict(line.split(":", 1) for line in (self._process / "status").read_text().splitlines() if ":" in line)
        descriptors = len(list((self._process / "fd").iterdir()))
        return time.monotonic(), int(said["VmRSS"].split()[0]) / 1e3, descriptors, int(said["Threads"])


@contextmanager
def begin(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """The program, for as long as the tries last."""
    soak = Soak(prepared(folder / "home", *SIZED), sabotaged=sabotaged)
    try:
        yield soak.attempt
    finally:
        soak.term.close()


SOAK = Torture(
    "soak: train, play, look, stop", begin, "runs", "32 MB and a descriptor kept of every run", share=2.0,
    control_tries=2,
)  # fmt: skip
