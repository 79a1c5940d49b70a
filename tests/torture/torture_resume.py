"""Random recipes, stopped at random steps and taken up again: the end is the same as straight, every bit of it."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import numpy as np
from torturing import Attempt, Outcome, Torture

from charplay.protocol.commands import Pause, PublishWeights, Resume, Save, Stop
from charplay.protocol.events import Event, Failed, Finished, Paused, Progress, Started
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.layers import ConfigLayer, compose
from charplay.runs import safetensors_file
from charplay.runs.run import Run

TEXT = "the cat sat on a mat,\nand on the mat the cat sat;\n" * 24
DRAWN = 1000
"""Characters that both runs write afterwards."""


def a_recipe(chance: random.Random) -> dict[str, object]:
    """Any of the settings that resuming must carry over."""
    layers = chance.choice((1, 2))
    recipe: dict[str, object] = {
        "corpus": "words", "hidden_size": chance.choice((6, 9)), "embedding_size": 4, "num_layers": layers,
        "cell": chance.choice(("lstm", "gru")), "sequence_length": chance.choice((5, 8)), "batch_size": 4,
        "input_dropout": chance.choice((0.0, 0.2)), "output_dropout": chance.choice((0.0, 0.3)),
        "dropout": chance.choice((0.0, 0.2)) if layers > 1 else 0.0, "weight_drop": chance.choice((0.0, 0.3)),
        "optimizer": chance.choice(("adam", "adamw", "nadam", "rmsprop", "sgd", "muon")),
        "schedule": chance.choice(("cosine", "linear", "constant", "wsd")), "average": chance.choice((0.0, 0.9)),
        "weight_decay": chance.choice((0.0, 0.1)), "warmup": chance.choice((0.0, 0.2)),
        "steps": chance.randint(12, 30), "log_every": chance.choice((1, 3)), "evaluate_every": chance.choice((4, 7)),
        "save_every": chance.choice((3, 5, 100)), "sample_every": chance.choice((None, 6)), "sample_length": 10,
        "keep": chance.choice(("best", "every-improvement")), "threads": 1, "device": "cpu", "minutes": None,
        "seed": chance.randrange(1000),
    }  # fmt: skip
    if chance.random() < 0.5:
        recipe |= {"batching": "windows", "stride": chance.choice((3, 7)), "shuffle": True,
                   "target": chance.choice(("every", "last"))}  # fmt: skip
    return recipe


def left_by(folder: Path) -> dict[str, object]:
    """All that a run leaves, in bits, and what it writes; without what the clock says."""
    from charplay.corpora.vocabulary import Vocabulary
    from charplay.runs.checkpoint import read_checkpoint
    from charplay.sampling.generator import TextGenerator
    from charplay.sampling.model import CharModel

    run = Run.open(folder)
    arrays, _ = run.read_resume() or ({}, {})
    timed = {"seconds", "chars_per_second"}
    left: dict[str, object] = {f"resume {name}": array.tobytes() for name, array in arrays.items()}
    left["metrics"] = [{k: v for k, v in row.items() if k not in timed} for row in run.metrics()]
    left["samples"] = [{k: v for k, v in row.items() if k not in timed} for row in run.samples()]
    for path in (run.latest, run.best):
        if path is not None:
            read = read_checkpoint(path)
            left |= {f"{path.name} {name}": tensor.tobytes() for name, tensor in read.tensors.items()}
            generator = TextGenerator(CharModel.load(read.tensors, read.recipe, Vocabulary(read.vocabulary)))
            generator.advance(most=DRAWN)
            left[f"{path.name} writes"] = generator.text
    return left


def differing_bits(one: object, other: object) -> int:
    """Bits that differ; 1 for anything that is not bits and differs."""
    if isinstance(one, bytes) and isinstance(other, bytes) and len(one) == len(other):
        bits = np.bitwise_xor(np.frombuffer(one, np.uint8), np.frombuffer(other, np.uint8))
        return int(np.unpackbits(bits).sum())
    return int(one != other)


class Resumed:
    """A home with a text; every try is two runs of one recipe."""

    def __init__(self, home: Path, *, sabotaged: bool) -> None:
        for folder in ("corpora", "checkpoints", "cache"):
            (home / folder).mkdir()
        (home / "corpora" / "words.txt").write_text(TEXT)
        self._home, self._sabotaged = home, sabotaged

    def attempt(self, chance: random.Random) -> Outcome:
        """Straight, then with interruptions, orders and looks in between."""
        recipe = a_recipe(chance)
        outcome = Outcome(counts={"interruptions": 0})  # type: ignore[arg-type]
        steps = int(str(recipe["steps"]))
        straight = self._train(recipe, None, steps, chance)
        folder, stops = None, sorted(chance.randint(0, steps - 1) for _ in range(chance.randint(1, 6)))
        for step in (*stops, steps):
            folder = self._train(recipe, folder, step, chance)
            if step < steps:
                outcome.counts["interruptions"] += 1
                if self._sabotaged:
                    self._one_bit(folder)
        one, other = left_by(straight), left_by(folder or straight)
        differing = {name: differing_bits(one.get(name), other.get(name)) for name in one.keys() | other.keys()}
        outcome.counts["bits compared"] = 8 * sum(len(v) for v in one.values() if isinstance(v, bytes))
        outcome.counts["bits that differ"] = sum(differing.values())
        if any(differing.values()):
            worst = max(differing, key=lambda name: differing[name])
            outcome.faults.append(f"{sum(differing.values())} bits differ, most of them in {worst}: {recipe}")
        for path in (self._home / "checkpoints").iterdir():
            shutil.rmtree(path)
        return outcome

    def _train(self, recipe: dict[str, object], folder: Path | None, until: int, chance: random.Random) -> Path:
        """Train to a step and stop there; where a run is taken up, it is meddled with on the way."""
        from charplay.training import step_reporter
        from charplay.training.run_training import open_training

        asked = compose(ConfigLayer("torture", recipe))[0].model_dump() if folder is None else {}
        inbox, made = CommandQueue(), folder
        request = TrainRequest(home=str(self._home), recipe=asked, resume=str(folder) if folder else None)
        with patch.object(step_reporter, "REPORT_SECONDS", 0.0):
            for event in open_training(request, inbox):
                assert not isinstance(event, Failed), f"{event.message} {event.cause}"
                if isinstance(event, Started):
                    made = Path(event.folder)
                self._meddle(event, inbox, until, chance)
        assert made is not None
        return made

    def _meddle(self, event: Event, inbox: CommandQueue, until: int, chance: random.Random) -> None:
        if isinstance(event, Paused):
            inbox.put(Resume())
        elif isinstance(event, Started | Progress) and event.step >= until:
            inbox.put(Stop())
        elif isinstance(event, Progress) and chance.random() < 0.2:
            inbox.put(chance.choice((Save(), Pause(), PublishWeights())))
        assert not isinstance(event, Finished) or event.step >= until

    def _one_bit(self, folder: Path) -> None:
        """The sabotage: the lowest bit of one weight, between two sittings."""
        path = folder / "resume.safetensors"
        arrays, state = Run.open(folder).read_resume() or ({}, {})
        name = next(name for name, array in sorted(arrays.items()) if array.dtype == np.float32 and "weight" in name)
        bent = arrays[name].copy()
        bent.view(np.uint32).flat[0] ^= 1
        path.write_bytes(safetensors_file.pack(arrays | {name: bent}, state))


@contextmanager
def begin(folder: Path, sabotaged: bool) -> Iterator[Attempt]:
    """A home with a text."""
    import torch

    torch.set_num_threads(1)
    yield Resumed(folder, sabotaged=sabotaged).attempt


RESUME = Torture(
    "resume at random moments", begin, "runs", "one bit of one weight, flipped between two sittings", few=3, share=2.0
)
