"""What so many minutes would come to on this machine, before any of them is spent."""

import math
from dataclasses import dataclass

from charplay.corpora.corpus import Corpus
from charplay.corpora.progress import Watch
from charplay.recipes.device_dependent import open_fields
from charplay.recipes.loss_estimate import expected_loss
from charplay.recipes.network import memory_bytes, parameter_count, training_characters, whole
from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.recipes.reference_hardware import CorpusSize, Speed, reference_seconds
from charplay.recipes.resolve import EVALUATION_SHARE, resolve
from charplay.training import device
from charplay.training.calibration import measure_speed, step_speed, told_apart
from charplay.training.evaluation import AT_THE_END

READING = 3
"""Evaluating is so many times as fast as training."""
MEASURED_SECONDS, TRIED_SECONDS = 2.0, 1.0
"""For which the machine is measured, and then the chosen sizes are tried."""
CHOSEN = ("hidden_size", "batch_size", "sequence_length")
"""What the machine's speed decides."""
FREE_SHARE = 0.8
"""Of a device's free memory that a run may need."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A recipe for the minutes, and what is predicted of it."""

    recipe: Recipe
    """Resolved for the machine as fast as it is now."""
    seconds: float
    """Until it is finished, the closing evaluation included."""
    chars_per_second: float
    characters: int
    """That training will read."""
    epochs: float
    parameters: int
    memory_bytes: int
    expected_loss: float | None
    """Nats a character on the held-out text; None where nothing is known."""
    notes: tuple[str, ...]


def plan(recipe: Recipe, corpus: Corpus, minutes: float, *, watch: Watch | None = None) -> Proposal:
    """Try the machine for a few seconds and predict.

    `recipe` is as asked; its budget is replaced. Raises DeviceError, RecipeError, and Cancelled where `watch`, asked
    before every step that is tried, says False.
    """
    asked = recipe.model_copy(update={**dict.fromkeys(BUDGETS), "minutes": minutes})
    choice = device.choose(asked.device, device.list_devices())
    opened = device.open_device(choice.name, asked)
    speed = measure_speed(asked, corpus, opened, MEASURED_SECONDS, watch)
    symbols, total = len(corpus.vocabulary), len(corpus)
    apart = told_apart(speed)
    resolution = resolve(asked, total, symbols, apart)
    resolved, notes = _fitted(asked, resolution.recipe, corpus, choice.name, apart)
    tried = step_speed(resolved, corpus, opened, TRIED_SECONDS, watch)
    own = apart if open_fields(asked, choice.name) else None
    trained = training_characters(resolved, total)
    characters = int(60 * minutes * (1 - EVALUATION_SHARE) * tried)
    epochs = characters / trained
    yardstick_seconds = reference_seconds(
        resolved, whole(resolved, "hidden_size"), CorpusSize.of(resolved, total, symbols), speed
    )
    return Proposal(
        recipe=resolved,
        seconds=60 * minutes + 2 * min(total - trained, AT_THE_END) / (READING * tried),
        chars_per_second=tried,
        characters=characters,
        epochs=epochs,
        parameters=parameter_count(resolved, symbols),
        memory_bytes=memory_bytes(resolved, symbols, total),
        expected_loss=expected_loss(resolved, yardstick_seconds, epochs, corpus.unigram_entropy()),
        notes=(*resolution.notes, *notes, *_otherwise(resolved, resolve(asked, total, symbols, own).recipe)),
    )


def _otherwise(proposed: Recipe, ruled: Recipe) -> tuple[str, ...]:
    """What a run would take by itself, where that is something else."""
    other = [name for name in CHOSEN if getattr(proposed, name) != getattr(ruled, name)]
    if not other:
        return ()
    would = ", ".join(f"{name} {getattr(ruled, name)}" for name in other)
    settings = " ".join(f"{name}={getattr(proposed, name)}" for name in other)
    return (f"left alone, training takes {would}; set {settings} to follow this plan",)


def _fitted(
    asked: Recipe, resolved: Recipe, corpus: Corpus, name: str, speed: Speed | None
) -> tuple[Recipe, tuple[str, ...]]:
    """The recipe with its batches halved until it fits the device's memory; and a sentence where that was needed."""
    free = next((found.free for found in device.list_devices() if found.name == name), math.inf)
    symbols, total = len(corpus.vocabulary), len(corpus)
    size = before = int(resolved.batch_size)
    while size > 1 and memory_bytes(resolved, symbols, total) > FREE_SHARE * free:
        size //= 2
        resolved = resolve(asked.model_copy(update={"batch_size": size}), total, symbols, speed).recipe
    if size == before:
        return resolved, ()
    return resolved, (f"{name} has too little free memory for batches of {before:,}",)
