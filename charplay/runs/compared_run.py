"""Runs compared: what differs in their recipes, and how good each of them became."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charplay.recipes.recipe import LIVE, Recipe
from charplay.runs.checkpoint import CheckpointError, CorpusOrigin, read_header
from charplay.runs.naming import DEMO_NAME
from charplay.runs.run import Run
from charplay.runs.store import RunStore, known_bytes, run_status

TEXT = "text"
"""What stands for the runs' texts among the fields that differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """A run's recipe and numbers. Losses are nats per character, None where they are unknown."""

    name: str
    recipe: Recipe
    """With the live values of its last save."""
    corpus: CorpusOrigin
    finished: bool
    step: int | None = None
    epoch: float | None = None
    seconds: float | None = None
    train_loss: float | None = None
    val_loss: float | None = None
    """On the held-out text, by the checkpoint that plays."""
    val_loss_cold: float | None = None
    """The same with a fresh state for each block; known once the run is finished."""
    last_val_loss: float | None = None
    """Of the last evaluation while it trained."""
    best_val_loss: float | None = None
    """Of the best evaluation while it trained."""
    best_step: int | None = None
    bytes_per_character: float | None = None
    """Bytes of UTF-8, of the text that its closing loss counts, where they are known."""


def current_recipe(run: Run) -> Recipe:
    """Return the recipe that a run is trained under, with the live values of its last save."""
    if run.latest is None:
        return run.resolved
    try:
        recipe = read_header(run.latest).recipe
    except CheckpointError:
        return run.resolved
    return run.resolved.model_copy(update={name: getattr(recipe, name) for name in LIVE})


def final_numbers(store: RunStore, name_or_path: str) -> ComparedRun:
    """Read a run, or the demo, without its evaluations, which stand in every row of its metrics.

    Raises RunError, CheckpointError.
    """
    if name_or_path == DEMO_NAME:
        header = read_header(store.checkpoint(name_or_path))
        return ComparedRun(
            name=DEMO_NAME, recipe=header.recipe, corpus=header.corpus, finished=True, step=header.step,
            epoch=header.epoch, seconds=header.seconds, train_loss=header.train_loss, val_loss=header.val_loss,
            bytes_per_character=known_bytes(header.vocabulary),
        )  # fmt: skip
    run = store.find(name_or_path)
    numbers = run_status(run, in_use=run.owner is not None)
    return ComparedRun(
        name=run.name, recipe=current_recipe(run), corpus=run.corpus, finished=run.finished is not None,
        step=numbers.get("step"), epoch=numbers.get("epoch"), seconds=numbers.get("seconds"),
        train_loss=numbers.get("train_loss"), val_loss=numbers.get("val_loss"),
        val_loss_cold=numbers.get("val_loss_cold"), bytes_per_character=known_bytes(run.vocabulary, run.facts),
    )  # fmt: skip


def read_compared(store: RunStore, name_or_path: str, watch: Callable[[float], object] = lambda _: None) -> ComparedRun:
    """Read what a run, or the demo, is compared by; `watch` is told the share that is read, and may raise to cancel.

    Raises RunError, CheckpointError.
    """
    read = final_numbers(store, name_or_path)
    if name_or_path == DEMO_NAME or not (evaluations := _evaluations(store.find(name_or_path), watch)):
        return read
    best_step, best = min(evaluations, key=lambda each: each[1])
    return replace(read, last_val_loss=evaluations[-1][1], best_val_loss=best, best_step=best_step)


def _evaluations(run: Run, watch: Callable[[float], object]) -> list[tuple[int, float]]:
    """Return step and held-out loss of every evaluation, oldest first."""
    found = list[tuple[int, float]]()
    for share, rows in run.metrics_in_batches():
        watch(share)
        found += [(row["step"], row["val_loss"]) for row in rows if isinstance(row.get("val_loss"), int | float)]
    return found


def differences(runs: Sequence[ComparedRun]) -> dict[str, list[Any]]:
    """Return what differs between runs: the text where it does, then fields of the recipe, with a value for each run.

    Texts are told apart by their bytes and not by where they lie; two of one name have a part of their digest with it.
    """
    found = dict[str, list[Any]]()
    if len({run.corpus.sha256 for run in runs}) > 1:
        names = [run.corpus.name for run in runs]
        alike = len(set(names)) < len({run.corpus.sha256 for run in runs})
        found[TEXT] = [
            f"{run.corpus.name} {run.corpus.sha256[:8]}" if alike else run.corpus.name for run in runs
        ]  # fmt: skip
    recipes: list[Mapping[str, Any]] = [run.recipe.model_dump() for run in runs]
    for field in Recipe.model_fields:
        values = [recipe[field] for recipe in recipes]
        if field != "corpus" and any(value != values[0] for value in values):
            found[field] = values
    return found
