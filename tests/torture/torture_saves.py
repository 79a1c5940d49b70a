"""A whole save, ended or failed at its k-th call to the system, for every k: the run can always be gone on with."""

import errno
import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from torture_kills import in_place
from torturing import Attempt, Outcome, Torture

from charplay.fs import atomic
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, CheckpointError, CorpusOrigin, read_checkpoint
from charplay.runs.run import Run, RunError

CALLS = ("open", "write", "fsync", "replace", "close")
VOCABULARY = "\n abc"
OLD, NEW = 3, 9
FAULTS = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, errno.EACCES)


def checkpoint(step: int) -> Checkpoint:
    """Weights that all say which step they are of."""
    recipe = Recipe(embedding_size=4, hidden_size=40, num_layers=1)
    tensors = {name: np.full(shape, step, np.float32)
               for name, shape in tensor_shapes(recipe, len(VOCABULARY)).items()}  # fmt: skip
    return Checkpoint(tensors=tensors, recipe=recipe, vocabulary=VOCABULARY,
                      corpus=CorpusOrigin("t", "/t", "0" * 64, 500),
                      step=step, epoch=0.0, seconds=0.0)  # fmt: skip


def save(run: Run, step: int) -> None:
    """What the trainer's writer does, in its order."""
    new = checkpoint(step)
    run.append("metrics", [{"step": step, "train_loss": 1.0}])
    run.write_resume(new.tensors, {"ledger": {"step": step}})
    run.write_latest(new)
    run.write_best(new)
    run.keep_snapshot(new, 1.0)


@contextmanager
def disturbed(act: Callable[[str, int, tuple[object, ...]], None]) -> Iterator[None]:
    """Within, `act` hears of every call before it is made: its name, its number and its arguments."""
    count = 0

    def heard(name: str) -> Callable[..., object]:
        call = getattr(os, name)

        def heard_call(*args: object, **options: object) -> object:
            nonlocal count
            count += 1
            act(name, count - 1, args)
            return call(*args, **options)

        return heard_call

    heard_calls: dict[str, Any] = {name: heard(name) for name in CALLS}
    with patch.multiple(os, **heard_calls):
        yield


class Saves:
    """A run of one save, and another save on top of it that does not get far."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        recipe = Recipe(embedding_size=4, hidden_size=40, num_layers=1)
        origin = CorpusOrigin("t", "/t", "0" * 64, 500)
        self._folder, self._sabotaged = folder, sabotaged
        self._make: Callable[[], Run] = lambda: Run.create(
            folder, asked=recipe, resolved=recipe, corpus=origin, vocabulary=VOCABULARY, facts={}
        )
        calls: list[str] = []
        with disturbed(lambda name, *_: calls.append(name)):
            save(self._make(), NEW)
        self._calls = len(calls)

    def attempt(self, chance: random.Random) -> Outcome:
        """Every call once: the process dies there, or the call fails, after half of a write."""
        outcome = Outcome(tried=0)
        for at in range(self._calls):
            for act in (self._die, self._fail):
                run = self._make()
                save(run, OLD)
                acknowledged = act(run, at, chance)
                outcome.add(Outcome(faults=self._look(run, acknowledged, at, act.__name__.strip("_"))))
                atomic.remove_folder(run.folder)
        return outcome

    def _save(self, run: Run) -> None:
        with patch.object(atomic, "replace_bytes", in_place) if self._sabotaged else nullcontext():
            save(run, NEW)

    def _die(self, run: Run, at: int, chance: random.Random) -> int:
        torn = chance.random()
        child = os.fork()
        if child == 0:
            write, exit_ = os.write, os._exit

            def die(name: str, number: int, args: tuple[object, ...]) -> None:
                if number == at:
                    if name == "write":
                        data = bytes(args[1])  # type: ignore[call-overload]
                        write(int(str(args[0])), data[: int(len(data) * torn)])
                    exit_(9)

            with disturbed(die):
                self._save(run)
            exit_(0)
        return NEW if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 else OLD

    def _fail(self, run: Run, at: int, chance: random.Random) -> int:
        torn, number_of = chance.random(), chance.choice(FAULTS)
        write = os.write

        def fail(name: str, number: int, args: tuple[object, ...]) -> None:
            if number == at:
                if name == "write":
                    data = bytes(args[1])  # type: ignore[call-overload]
                    write(int(str(args[0])), data[: int(len(data) * torn)])
                raise OSError(number_of, os.strerror(number_of))

        try:
            with disturbed(fail):
                self._save(run)
        except OSError:
            if left := atomic.leftovers(run.folder):
                return -len(left)
            return OLD
        return NEW

    def _look(self, run: Run, acknowledged: int, at: int, how: str) -> list[str]:
        where = f"{how} at call {at} of {self._calls}"
        if acknowledged < 0:
            return [f"{where}: {-acknowledged} leftovers of a save that failed"]
        try:
            taken_up = Run.open(run.folder)
            with taken_up.lock():
                pass
            arrays, state = taken_up.read_resume() or ({}, {"ledger": {"step": -1}})
            found = {step_of(arrays), int(state["ledger"]["step"])}
            newest = [read_checkpoint(path) for path in (taken_up.latest, taken_up.best, *taken_up.snapshots) if path]
        except (CheckpointError, RunError) as error:
            return [f"{where}: {error}"]
        steps = [one.step for one in newest]
        faults = [f"{where}: {path.name} is left over" for path in run.folder.rglob("*.partial")]
        if len(found) != 1 or not found <= {OLD, NEW} or any(step_of(one.tensors) != one.step for one in newest):
            faults.append(f"{where}: a file is of two saves")
        if max(found) < acknowledged or max(found) < max(steps):
            faults.append(f"{where}: resume is of step {max(found)}, checkpoints of {steps}, {acknowledged} was saved")
        return faults


def step_of(tensors: Mapping[str, np.ndarray]) -> int:
    """The step that every number says, or -1."""
    values = {float(value) for tensor in tensors.values() for value in np.unique(tensor)}
    return int(values.pop()) if len(values) == 1 else -1


@contextmanager
def begin(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A folder for runs."""
    yield Saves(folder, sabotaged=sabotaged).attempt


SAVES = Torture(
    "death or failure at every write, sync and rename of a save", begin, "calls", "a writer that writes in place",
    share=0.5,
)  # fmt: skip
