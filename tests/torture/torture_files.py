"""Checkpoints and runs from strangers, mutated at random: read whole, or refused in a sentence."""

import json
import pickle
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import numpy as np
from torturing import Attempt, Outcome, Torture

from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import (
    Checkpoint,
    CheckpointError,
    CorpusOrigin,
    read_checkpoint,
    read_header,
    write_checkpoint,
)
from charplay.runs.run import Run, RunError

SECONDS, MEMORY = 1.0, 200e6
"""That a refusal may take: of the processor's time, since other work on the machine does not count."""
Read = TypeVar("Read")
LETTERS = "\n abcdé€😀"


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file as a bad disk, a bad link or a bad person leaves it."""
    bent = bytearray(data)
    head = 8 + int.from_bytes(data[:8], "little") if len(data) > 8 else len(data)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        at = chance.randrange(chance.choice((min(head, len(data)), len(data))) or 1)
        kind = chance.randrange(8)
        if kind < 3:
            bent[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 3:
            del bent[at:]
        elif kind == 4:
            bent[at:at] = chance.randbytes(chance.choice((1, 8, 300)))
        elif kind == 5:
            bent[at : at + chance.randrange(1, 64)] = b""
        elif kind == 6:
            bent[:8] = chance.choice((2**63, 2**20, head, 0, 2**31)).to_bytes(8, "little")
        else:
            bent[at : at + 8] = chance.choice((b"NaN", b"1e999", b"\xff" * 8, b'"\\ud800"', b"[[[[[[[[", b"99999999"))
    return bytes(bent)


def flipped(data: bytes, chance: random.Random) -> bytes:
    """A file of which one bit is another."""
    bent = bytearray(data)
    bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
    return bytes(bent)


def rewritten(data: bytes, chance: random.Random) -> bytes:
    """A sound file with one value of its header replaced."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    value = json.loads(header["__metadata__"]["charplay"])
    tree = chance.choice([header, value, value.get("recipe", value), *header.values()])
    name = chance.choice(sorted(tree))
    tree[name] = chance.choice((None, -1, 10**30, "x" * 100_000, [], {}, 0.5, True, "../../etc", "\x1b]0;x\x07", [[1]],
                                [0], [2**62, 2**62], float("nan")))  # fmt: skip
    if isinstance(header.get("__metadata__"), dict) and tree is not header["__metadata__"]:
        header["__metadata__"]["charplay"] = json.dumps(value)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


class Tripwire:
    """Unpickling this makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.path,)


def judged(read: Callable[[], Read], refusals: tuple[type[Exception], ...], outcome: Outcome) -> Read | None:
    """What a reader makes of a file, with its time and memory; whatever is no refusal is a fault."""
    began = time.process_time()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    result: Read | None = None
    try:
        result = read()
        outcome.counts["read"] += 1
    except refusals as error:
        outcome.counts["refused"] += 1
        if not str(error) or len(str(error)) > 1000:
            outcome.faults.append(f"a refusal of {len(str(error))} characters")
    except Exception as error:  # noqa: BLE001  (this is what is looked for)
        outcome.faults.append(f"{type(error).__name__}: {str(error)[:200]}")
    seconds, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1] - before
    outcome.worst["s"] = max(seconds, outcome.worst.get("s", 0))
    outcome.worst["MB"] = max(peak / 1e6, outcome.worst.get("MB", 0))
    if seconds > SECONDS or peak > MEMORY:
        outcome.faults.append(f"it took {seconds:.2f} s and {peak / 1e6:.0f} MB")
    return result


class Checkpoints:
    """A sound checkpoint and a sound run, bent in every way."""

    def __init__(self, folder: Path, *, sabotaged: bool) -> None:
        self._path = folder / "bent.safetensors"
        self._marker = folder / "marker"
        self._sabotaged = sabotaged
        recipe = Recipe(embedding_size=4, hidden_size=6, num_layers=1)
        draw = np.random.default_rng(0)
        tensors = {name: draw.normal(size=shape).astype(np.float32)
                   for name, shape in tensor_shapes(recipe, len(LETTERS)).items()}  # fmt: skip
        origin = CorpusOrigin("text", "/text", "0" * 64, 500)
        sound = Checkpoint(tensors=tensors, recipe=recipe, vocabulary=LETTERS, corpus=origin, step=3, epoch=0.1,
                           seconds=1.0)  # fmt: skip
        write_checkpoint(self._path, sound)
        self._sound = self._path.read_bytes()
        self._weights = {name: tensor.tobytes() for name, tensor in tensors.items()}
        self._run = Run.create(folder, asked=recipe, resolved=recipe, corpus=origin, vocabulary=LETTERS, facts={})
        self._run.write_resume(tensors, {"ledger": {"step": 3}})
        self._record = (self._run.folder / "run.json").read_bytes()
        self._resume = (self._run.folder / "resume.safetensors").read_bytes()

    def attempt(self, chance: random.Random) -> Outcome:
        """One bent file of each kind, and one bit flipped in each of two."""
        outcome = Outcome(tried=5)
        bent = self._bent(chance)
        self._path.write_bytes(bent)
        read = judged(self._read, (CheckpointError,), outcome)
        judged(lambda: read_header(self._path), (CheckpointError,), outcome)
        if isinstance(read, Checkpoint):
            self._believed(read, outcome)
        (self._run.folder / "resume.safetensors").write_bytes(mutated(self._resume, chance))
        judged(self._run.read_resume, (CheckpointError,), outcome)
        self._flip(chance, outcome)
        (self._run.folder / "run.json").write_bytes(mutated(self._record, chance))
        judged(lambda: Run.open(self._run.folder), (RunError,), outcome)
        if self._marker.exists():
            outcome.faults.append("code in a file was run")
        return outcome

    def _flip(self, chance: random.Random, outcome: Outcome) -> None:
        """One bit of each file: it is noticed, or it changes nothing that was learned."""
        outcome.counts["bits flipped"] += 2
        self._path.write_bytes(flipped(self._sound, chance))
        read = judged(lambda: read_checkpoint(self._path), (CheckpointError,), outcome)
        if isinstance(read, Checkpoint):
            self._believed(read, outcome)
        (self._run.folder / "resume.safetensors").write_bytes(flipped(self._resume, chance))
        taken = judged(self._run.read_resume, (CheckpointError,), outcome)
        if isinstance(taken, tuple) and {k: v.tobytes() for k, v in taken[0].items()} != self._weights:
            outcome.faults.append("a resume file that was changed on the disk was read as sound")

    def _read(self) -> object:
        if not self._sabotaged:
            return read_checkpoint(self._path)
        with suppress(pickle.UnpicklingError), self._path.open("rb") as file:
            return pickle.load(file)  # the reader that must not be
        return None

    def _bent(self, chance: random.Random) -> bytes:
        kind = chance.randrange(10)
        if kind == 0:
            return pickle.dumps(Tripwire(self._marker), chance.randrange(2, 6))
        if kind == 1:
            return self._sound[:8] + pickle.dumps(Tripwire(self._marker)) + self._sound[8:]
        return mutated(self._sound, chance) if kind < 7 else rewritten(self._sound, chance)

    def _believed(self, read: Checkpoint, outcome: Outcome) -> None:
        """What was read is finite and fits; weights of other bits were changed on the way and nobody noticed."""
        if not all(np.isfinite(tensor).all() for tensor in read.tensors.values()):
            outcome.faults.append("weights that are not finite were read")
        if {name: tensor.tobytes() for name, tensor in read.tensors.items()} != self._weights:
            outcome.faults.append("weights that were changed on the disk were read as sound")


@contextmanager
def begin_checkpoints(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A sound checkpoint to bend."""
    tracemalloc.start()
    try:
        yield Checkpoints(folder, sabotaged=sabotaged).attempt
    finally:
        tracemalloc.stop()


CHECKPOINTS = Torture(
    "fuzzed checkpoints, resume files and run.json", begin_checkpoints, "files", "a reader that unpickles", few=60,
    control_tries=200,
)  # fmt: skip
