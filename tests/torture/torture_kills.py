"""kill -9 of a real `charplay train` at any moment: nothing acknowledged is lost, and the end is the same."""

import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from torturing import Attempt, Outcome, Torture
from training_processes import processes
from trainings import without_clock

TEXT = "the quick brown fox jumps over the lazy dog.\nand goes on to say so once again\n" * 30
SETTINGS = {
    "hidden_size": 8, "embedding_size": 4, "num_layers": 2, "sequence_length": 8, "batch_size": 4, "log_every": 2,
    "evaluate_every": 20, "save_every": 4, "sample_every": 25, "sample_length": 20, "keep": "every-improvement",
    "dropout": 0.2, "threads": 1, "seed": 3,
}  # fmt: skip
STEPS = 60


def charplay(home: Path, told: Path, arguments: list[str], sabotaged: bool) -> None:
    """In a process of its own: the command line, with what it says in a file."""
    descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ["CHARPLAY_HOME"] = str(home)
    if sabotaged:
        from charplay.fs import atomic

        atomic.replace_bytes = in_place
    from charplay.cli.main import run

    sys.exit(run(arguments))


def in_place(path: Path, data: bytes) -> None:
    """The writer that must not survive: over the old contents, a little at a time."""
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(data), 256):
            file.write(data[start : start + 512])


def new_run() -> list[str]:
    """What starts the run."""
    settings = [part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")]
    return ["train", "--corpus", "fox", "--name", "killed", "--steps", str(STEPS), "--device", "cpu", "--json",
            *settings]  # fmt: skip


def told_events(told: Path) -> list[dict[str, object]]:
    """The events that were acknowledged on stdout; a torn last line is none."""
    lines = told.read_bytes().splitlines(keepends=True) if told.exists() else []
    return [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"\n")]


def last(events: list[dict[str, object]], kind: str) -> int:
    """The step of the last event of a kind, -1 where there was none."""
    return max((int(str(event["step"])) for event in events if event["event"] == kind), default=-1)


def weights(run: Path) -> dict[str, bytes]:
    """The bits of what a run has learned."""
    from charplay.runs.checkpoint import read_checkpoint

    files = [run / "latest.safetensors", run / "best.safetensors", *sorted((run / "snapshots").iterdir())]
    return {f"{file.name} {name}": tensor.tobytes() for file in files
            for name, tensor in read_checkpoint(file).tensors.items()}  # fmt: skip


class Kills:
    """One home; every try a run from its first moment, killed several times and taken up again until it ends."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        from charplay.runs.home import Home
        from charplay.runs.run import Run

        self._home = Home(folder / "home")
        self._home.prepare()
        (self._home.corpora / "fox.txt").write_text(TEXT)
        self._told = folder / "told"
        self._run = self._home.checkpoints / "killed"
        self._sabotaged = False
        self._whole(new_run())
        began = time.monotonic()  # the first took what the fork server's start took
        shutil.rmtree(self._run)
        self._whole(new_run())
        self._seconds = time.monotonic() - began
        self._expected = weights(self._run), without_clock(Run.open(self._run))
        self._sabotaged = sabotaged

    def _start(self, arguments: list[str]) -> BaseProcess:
        self._told.unlink(missing_ok=True)
        started = processes.Process(target=charplay, args=(self._home.root, self._told, arguments, self._sabotaged))
        started.start()
        return started

    def _whole(self, arguments: list[str]) -> str:
        process = self._start(arguments)
        process.join(60)
        if process.exitcode == 0:
            return ""
        process.kill()
        return f"`{' '.join(arguments[:3])}` left with {process.exitcode}: {self._told.read_text()[-300:]}"

    def attempt(self, chance: random.Random) -> Outcome:
        """Kill, look, take up again; a few times; then go on to the end and compare."""
        shutil.rmtree(self._run, ignore_errors=True)
        outcome, begin = Outcome(tried=0), new_run()
        for _ in range(chance.randint(1, 4)):
            process = self._start(begin)
            process.join(chance.uniform(0, self._seconds))
            process.kill()
            process.join()
            outcome.add(self._look())
            begin = ["train", "--resume", "killed", "--json"] if (self._run / "run.json").exists() else new_run()
            if outcome.faults or process.exitcode == 0:  # it came to its end before it was killed
                break
        if not outcome.faults:
            fault = self._whole(begin) or self._compare()
            outcome.faults += [fault] if fault else []
        return outcome

    def _look(self) -> Outcome:
        """What a killed run has left: no less than was acknowledged, whole, and after the next start nothing else."""
        from charplay.runs.checkpoint import CheckpointError, read_checkpoint
        from charplay.runs.run import Run, RunError

        events = told_events(self._told)
        outcome = Outcome(counts=Counter(_phase(events)))
        acknowledged = last(events, "saved")
        try:
            run = Run.open(self._run)
        except RunError as error:
            if last(events, "started") >= 0:
                outcome.faults.append(f"a run that had started is gone: {error}")
            return outcome
        try:
            resumed = run.read_resume()
            step = int(resumed[1]["ledger"]["step"]) if resumed else -1
            newest = [read_checkpoint(path).step for path in (run.latest, run.best, *run.snapshots) if path]
        except CheckpointError as error:
            outcome.faults.append(f"after step {acknowledged} a file is not whole: {error}")
            return outcome
        if step < acknowledged or (acknowledged > 0 and not newest):
            outcome.faults.append(f"step {acknowledged} was acknowledged, and {step} is there")
        if newest and max(newest) > step:
            outcome.faults.append(f"a checkpoint of step {max(newest)} stands before its resume file of {step}")
        outcome.worst["steps told and lost"] = max(0, last(events, "progress") - max(step, 0))
        return outcome

    def _compare(self) -> str:
        from charplay.runs.run import Run

        different = [name for name, bits in self._expected[0].items() if weights(self._run).get(name) != bits]
        if different:
            return f"{len(different)} tensors differ from the run that was never killed, as {different[0]}"
        if without_clock(Run.open(self._run)) != self._expected[1]:
            return "the metrics differ from those of the run that was never killed"
        left = [path.name for path in self._home.root.rglob(".charplay-*.partial")]
        return f"after the next start {left[0]} is left over" if left else ""


def _phase(events: list[dict[str, object]]) -> dict[str, int]:
    from collections import Counter

    kinds = [event["event"] for event in events]
    return Counter({"before the first step": 1} if "started" not in kinds else {"while training": 1})


@contextmanager
def begin(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A home with a text, and what the run comes to where nobody kills it."""
    yield Kills(folder, sabotaged=sabotaged).attempt


KILLS = Torture(
    "kill -9 of `charplay train`", begin, "kills", "a writer that writes in place", few=3, share=3.0
)  # fmt: skip
