"""Check training on a graphics card, in about five minutes, and print one page to paste into an issue.

    benchmarks/gpu_check.py [--device cuda] [--seconds 20] [--output FILE]

It trains through the command line as a person does, on the text that charplay brings along. What the card learned is
compared with what the processor learns from the same seed, and what numpy reads in its checkpoint with what the card
measured. A resumed run is compared with one that never stopped. Then come speeds. The exit code is 1 where a check
failed, 2 where there is no such device.
"""

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from given import machine, new_home
from safetensors.numpy import load_file

import charplay
from charplay.corpora.library import Library
from charplay.fs.registry import entry_names
from charplay.runs.home import Home

STEPS = 200
"""Of a run that is compared."""
SMALL = {"hidden_size": 128, "embedding_size": 64, "num_layers": 1, "batch_size": 32, "sequence_length": 64,
         "learning_rate": 2e-3, "schedule": "constant", "log_every": 10}  # fmt: skip
SPEEDS = ((128, 32), (256, 64), (512, 128), (1024, 128))
"""Hidden sizes and batch sizes that are timed."""
NEAR = {"float32": 0.02, "bfloat16": 0.05}
"""Nats by which held-out losses may differ that come from one seed, but are rounded otherwise."""
READ_NEAR = 0.02
"""Nats between what the card measured and what numpy reads: numpy reads the held-out text in one piece."""


class CheckError(Exception):
    """A check failed; the message says how."""


@dataclass
class Page:
    """What was found, in the order in which it was."""

    device: str
    lines: list[str] = field(default_factory=list)
    failed: int = 0

    def check(self, name: str, find: Callable[[], str]) -> None:
        """Run a check, and write what it found or why it failed."""
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            self.lines.append(f"| {name} | ok | {find()} |")
        except (CheckError, OSError, KeyError, ValueError) as fault:
            self.failed += 1
            self.lines.append(f"| {name} | **failed** | {' '.join(str(fault).split())} |")

    def text(self, facts: Mapping[str, object]) -> str:
        """The page, in Markdown."""
        about = [f"- {name}: {fact}" for name, fact in facts.items()]
        return "\n".join([f"# charplay on {self.device}", "", *about, "", "| check | | found |", "|---|---|---|",
                          *self.lines, ""])  # fmt: skip


def main() -> int:
    """Check what was asked for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", help="cuda (the default), cuda:N, or cpu to try this program")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each speed, about (20)")
    parser.add_argument("--output", type=Path, help="a file that gets the page, too")
    asked = parser.parse_args()
    with new_home() as home:
        card = describe_device(home, asked.device)
        if card is None:
            print(f"there is no {asked.device} here: {machine()}; `charplay doctor` lists the devices", file=sys.stderr)
            return 2
        page = Page(asked.device)
        checks = Checks(home, asked.device, asked.seconds)
        for name, check in checks.all():
            page.check(name, check)
    text = page.text({"charplay": charplay.__version__, "device": card, "machine": machine()})
    print(text)
    if asked.output:
        asked.output.write_text(text)
    return 1 if page.failed else 0


def describe_device(home: Home, device: str) -> str | None:
    """Return what `charplay doctor` says of a device; None where there is none of that name."""
    found = json.loads(_output(_command(home, "doctor", "--json")))["machine"]
    name = "cuda:0" if device == "cuda" else device
    return str(found[name]) if name in found else None


class Checks:
    """The checks of one device. Runs that several need are trained once."""

    def __init__(self, home: Home, device: str, seconds: float) -> None:
        self._home = home
        self._device = device
        self._seconds = seconds
        self._runs: dict[tuple[object, ...], dict[str, Any]] = {}

    def all(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Yield each check with its name."""
        for cell in entry_names("training/cells"):
            for precision in NEAR:
                yield f"{cell}, {precision}: learns as the processor does", partial(self.learns, cell, precision)
                yield f"{cell}, {precision}: numpy reads what it learned", partial(self.plays, cell, precision)
        yield "a resumed run equals one that never stopped", self.resumes
        yield "the same run again", self.repeats
        for hidden, batch in SPEEDS:
            yield f"speed, hidden {hidden}, batch {batch}", partial(self.speed, hidden, batch)
        yield "a minute of `quick`", self.minute

    def learns(self, cell: str, precision: str) -> str:
        """Train on the device and on the processor from one seed, and compare the held-out losses."""
        own = self._run(self._device, cell=cell, precision=precision)["val_loss"]
        reference = self._run("cpu", cell=cell, precision="float32")["val_loss"]
        return _near(own, reference, NEAR[precision], "held out {:.4f}, on the processor {:.4f} nats")

    def plays(self, cell: str, precision: str) -> str:
        """Let numpy score the held-out text under the checkpoint that the device trained."""
        run = self._run(self._device, cell=cell, precision=precision)
        read = json.loads(_output(_command(self._home, "score", run["checkpoint"], str(self._held_out()), "--json")))[
            "nats"
        ]
        return _near(read, run["val_loss"], READ_NEAR, "numpy {:.4f}, the device {:.4f} nats")

    def resumes(self) -> str:
        """Stop halfway, go on, and compare the weights with those of a run that was not stopped."""
        whole = self._run(self._device, cell="lstm", precision="float32")
        settings = _settings(cell="lstm", precision="float32")
        stopped = self._stop_halfway(train_command(self._home, self._device, STEPS, "half", settings))
        resumed = train(self._home, self._device, None, None, (), "--resume", "half")
        return f"stopped at step {stopped}, then " + self._weights_differ(
            whole, resumed, promised=self._device == "cpu"
        )

    def _stop_halfway(self, command: list[str]) -> int:
        """Terminate a run once it has told of half its steps; the step at which it saved."""
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            assert process.stdout is not None
            step = 0
            for event in map(json.loads, process.stdout):
                step = event.get("step", step)
                if step >= STEPS // 2:
                    process.terminate()
        if not 0 < step < STEPS:
            raise CheckError(f"it could not be stopped halfway, but ended at step {step}")
        return int(step)

    def repeats(self) -> str:
        """Train the same run twice, and compare the weights."""
        again = train(self._home, self._device, STEPS, "again", _settings(cell="lstm", precision="float32"))
        first = self._run(self._device, cell="lstm", precision="float32")
        return self._weights_differ(first, again, promised=self._device == "cpu")

    def speed(self, hidden: int, batch: int) -> str:
        """Train for the given seconds in the precision that `auto` takes; characters a second at the end."""
        settings = _settings(hidden_size=hidden, batch_size=batch, sequence_length=128, precision="auto")
        run = train(self._home, self._device, None, f"speed-{hidden}", settings, "--minutes", f"{self._seconds / 60:g}")
        rows = (Path(run["checkpoint"]).parent / "metrics.jsonl").read_text().splitlines()
        rates = [row["chars_per_second"] for row in map(json.loads, rows) if row.get("chars_per_second")]
        if not rates:
            raise CheckError(f"{run['steps']} steps are too few to tell; give it more --seconds")
        return f"{float(np.median(rates)):,.0f} characters/s over {run['steps']:,} steps"

    def minute(self) -> str:
        """Let `quick` choose a network for a minute."""
        run = train(self._home, self._device, None, "minute", (), "--minutes", "1" if self._seconds >= 5 else "0.05")
        return (
            f"held out {run['val_loss']:.3f} nats after {run['seconds']:.0f} s, {run['steps']:,} steps ({run['run']})"
        )

    def _run(self, device: str, **values: object) -> dict[str, Any]:
        key = (device, *sorted(values.items()))
        if key not in self._runs:
            self._runs[key] = train(self._home, device, STEPS, f"run-{len(self._runs)}", _settings(**values))
        return self._runs[key]

    def _held_out(self) -> Path:
        path = self._home.cache / "held-out.txt"
        if not path.exists():
            library = Library(self._home.corpora, self._home.cache)
            corpus = library.open(library.find("python-manual"))
            path.write_text(corpus.text(int(len(corpus) * 0.9), len(corpus)), encoding="utf-8")
        return path

    def _weights_differ(self, one: Mapping[str, Any], other: Mapping[str, Any], *, promised: bool) -> str:
        weights = [load_file(Path(run["checkpoint"]).with_name("latest.safetensors")) for run in (one, other)]
        most = max(float(np.abs(weights[0][name] - weights[1][name]).max()) for name in weights[0])
        if most == 0:
            return "the same to the bit"
        if promised:
            raise CheckError(f"weights differ by up to {most:.2e}, and must not on this device")
        loss = abs(one["val_loss"] - other["val_loss"])
        if loss > NEAR["float32"]:
            raise CheckError(f"held-out losses differ by {loss:.4f} nats, weights by up to {most:.2e}")
        return f"not to the bit, which is not promised there: weights by up to {most:.2e}, held out by {loss:.4f} nats"


def train(
    home: Home, device: str, steps: int | None, name: str | None, settings: tuple[str, ...], *options: str
) -> dict[str, Any]:
    """Train in a process of its own; its `finished` event. Raises CheckError with what it said instead."""
    out = _output(train_command(home, device, steps, name, settings, *options))
    events = [json.loads(line) for line in out.splitlines()]
    with contextlib.suppress(StopIteration):
        return next(event for event in events if event["event"] == "finished")
    raise CheckError(next((event["message"] for event in events[::-1] if "message" in event), "it did not finish"))


def train_command(
    home: Home, device: str, steps: int | None, name: str | None, settings: tuple[str, ...], *options: str
) -> list[str]:
    """Return the command line of a run; one without a name goes on with another."""
    budget = () if steps is None else ("--steps", str(steps))
    named = () if name is None else ("--name", name, "--seed", "1", "--corpus", "python-manual")
    return _command(home, "train", "--json", "--device", device, *budget, *named, *settings, *options)


def _settings(**values: object) -> tuple[str, ...]:
    return tuple(word for name, value in (SMALL | values).items() for word in ("--set", f"{name}={value}"))


def _near(one: float, other: float, most: float, sentence: str) -> str:
    found = sentence.format(one, other)
    if not abs(one - other) <= most:
        raise CheckError(f"{found}: at most {most} apart were expected")
    return found


def _command(home: Home, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "charplay", "--home", str(home.root), *arguments]


def _output(command: list[str]) -> str:
    """Run charplay; what it printed. Raises CheckError with what it said where that is nothing."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and not done.stdout.strip():
        raise CheckError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it ended without a word")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
