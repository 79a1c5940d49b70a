"""What is looked at before a run is resumed: is its save its own, and will it repeat an uninterrupted run?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from charplay.recipes.network import tensor_shapes, whole
from charplay.recipes.resolve import unresolved
from charplay.runs.errors import RunError
from charplay.runs.run import Run
from charplay.training.device import SHARE_RANDOM

STATE_KEYS = {"seconds", "live", "due", "learner", "ledger", "judge"}
"""Keys that the state of every save has, whatever version wrote it."""
REPRODUCIBILITY_FACTS = ("device", "threads", "torch", "precision", "ranks")
"""Facts that must be the same in a resumed run, or it does not repeat an uninterrupted one to the bit."""


def verify_save(run: Run, saved: tuple[dict[str, np.ndarray], dict[str, Any]] | None) -> None:
    """Raise RunError if the save is missing or not this run's: resuming would then overwrite its checkpoints."""
    if (left := unresolved(run.resolved)) is not None:
        raise RunError(f"run {run.name} cannot go on: its run.json does not say its {left}; put back what stood there")
    if saved is None:
        if run.playable is not None:
            raise RunError(f"run {run.name} has lost the file that it goes on from; start a new one from its weights")
        return
    arrays, state = saved
    if not state.keys() >= STATE_KEYS:
        raise RunError(f"the file that run {run.name} goes on from is a checkpoint to play; put its own back")
    if state.get("run", run.created) != run.created:
        raise RunError(f"the file that run {run.name} goes on from is another run's; put its own back")
    shapes = tensor_shapes(run.resolved, len(run.vocabulary))
    prefixes = ["weights", "average"] if run.resolved.average else ["weights"]
    saved_shapes = {name: array.shape for name, array in arrays.items()}
    if any(saved_shapes.get(f"{prefix}.{name}") != shape for prefix in prefixes for name, shape in shapes.items()):
        raise RunError(f"run {run.name} cannot go on: its run.json is of another network; put back what stood there")


def saved_shares(run: Run, saved: tuple[dict[str, np.ndarray], dict[str, Any]] | None) -> int:
    """Return a run's number of shares, 1 if it is of before there were any; RunError if its save has another one."""
    shares = run.facts.get("shares", 1)
    if not isinstance(shares, int) or not 1 <= shares <= whole(run.resolved, "batch_size"):
        raise RunError(f"run {run.name} cannot go on: its run.json has no number of shares; put back what stood there")
    if saved is not None:
        generators = sum(name.startswith(SHARE_RANDOM) for name in saved[0])
        if generators != (0 if shares == 1 else shares):
            raise RunError(
                f"run {run.name} cannot go on: its run.json has another number of shares; put back what stood there"
            )
    return shares


def changed_facts(run: Run, facts: Mapping[str, object], shares: int) -> list[str]:
    """Return in words what has changed since a run's last sitting so that other bits come out.

    The number of threads matters to a single share only: several have one thread each, whoever executes them. That of
    the ranks says in which order shares are added up, which makes no difference to two.
    """
    before = {"ranks": 1} | dict(run.facts)
    without_effect = {"threads": shares > 1, "ranks": shares <= 2}
    return [
        f"{name} was {before[name]} and is {facts[name]}"
        for name in REPRODUCIBILITY_FACTS
        if name in before and before[name] != facts[name] and not without_effect.get(name, False)
    ]


def reproducibility_warnings(run: Run, facts: Mapping[str, object], changed: Sequence[str]) -> tuple[str, ...]:
    """Return why a resumed run will not repeat an uninterrupted one to the bit; empty if it will."""
    reasons = list(changed)
    if facts["device"] != "cpu":
        reasons.append("a CUDA device does not promise it")
    if run.resolved.minutes is not None:
        reasons.append("the budget is in minutes")
    return (f"this run will not repeat an uninterrupted one to the bit: {'; '.join(reasons)}",) if reasons else ()
