"""Prediction of what training for so many minutes would achieve on this machine."""

import math
from dataclasses import dataclass

from charplay.corpora.corpus import Corpus
from charplay.corpora.progress import Watch
from charplay.recipes.loss_estimate import expected_loss
from charplay.recipes.network import (
    memory_bytes,
    parameter_count,
    seen_characters,
    share_count,
    training_characters,
    whole,
)
from charplay.recipes.recipe import BUDGETS, Recipe
from charplay.recipes.reference_hardware import CorpusSize, Speed, reference_seconds
from charplay.recipes.resolve import EVALUATION_SHARE, resolve
from charplay.training import device
from charplay.training.calibration import measure_relative_speed, measure_step_speed, significant_speed
from charplay.training.evaluation import EVALUATION_SPEEDUP, affordable_characters, final_readings

MEASURE_SECONDS, TRY_SECONDS = 2.0, 1.0
"""How long the machine is measured, and then the proposed recipe is tried."""
FIELDS_BY_SPEED = ("hidden_size", "batch_size", "sequence_length")
"""Fields that depend on the machine's speed."""
MAX_MEMORY_SHARE = 0.8
"""The largest share of a device's free memory that a run may need."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A recipe for a budget in minutes, and predictions for it."""

    recipe: Recipe
    """Resolved for the machine's current speed."""
    seconds: float
    """Until the run is finished, including the final evaluation."""
    chars_per_second: float
    characters: int
    """Characters that training will read."""
    epochs: float
    parameters: int
    memory_bytes: int
    expected_loss: float | None
    """Nats per character on the held-out text; None if there is no data to predict it from."""
    notes: tuple[str, ...]


def plan(recipe: Recipe, corpus: Corpus, minutes: float, *, watch: Watch | None = None) -> Proposal:
    """Measure the machine for a few seconds and predict.

    The budget of `recipe` is replaced; it need not be resolved. Raises DeviceError, RecipeError, and Cancelled if
    `watch`, which is called before every step, returns False.
    """
    asked = recipe.model_copy(update={**dict.fromkeys(BUDGETS), "minutes": minutes})
    choice = device.choose(asked.device, device.list_devices())
    context = device.open_device(choice.name, asked)
    speed = measure_relative_speed(asked, corpus, context, MEASURE_SECONDS, watch)
    vocabulary_size, characters_total = len(corpus.vocabulary), len(corpus)
    significant = significant_speed(speed)
    resolution = resolve(asked, characters_total, vocabulary_size, significant)
    resolved, notes = _fit_to_memory(asked, resolution.recipe, corpus, context, significant)
    chars_per_second = measure_step_speed(resolved, corpus, context, TRY_SECONDS, watch)
    training_total = training_characters(resolved, characters_total)
    held_out = seen_characters(resolved, characters_total) - training_total
    characters = int(60 * minutes * (1 - EVALUATION_SHARE) * chars_per_second)
    epochs = characters / training_total
    seconds_on_reference = reference_seconds(
        resolved, whole(resolved, "hidden_size"), CorpusSize.of(resolved, characters_total, vocabulary_size), speed
    )
    return Proposal(
        recipe=resolved,
        seconds=60 * minutes
        + _final_characters(resolved, characters, held_out) / (EVALUATION_SPEEDUP * chars_per_second),
        chars_per_second=chars_per_second,
        characters=characters,
        epochs=epochs,
        parameters=parameter_count(resolved, vocabulary_size),
        memory_bytes=memory_bytes(resolved, vocabulary_size, characters_total, _shares(resolved, context)),
        expected_loss=expected_loss(resolved, seconds_on_reference, epochs, corpus.unigram_entropy()),
        notes=(
            *resolution.notes,
            *filter(None, (context.warning,)),
            *notes,
            *_differences(resolved, resolution.recipe),
        ),
    )


def _shares(recipe: Recipe, context: device.DeviceContext) -> int:
    return share_count(recipe, context.device.type, context.full_threads)


def _final_characters(recipe: Recipe, trained: int, held_out: int) -> int:
    """Return how many characters the final evaluation reads, each as often as it does."""
    windows = recipe.target == "last"
    return final_readings(windows=windows) * min(held_out, affordable_characters(trained, windows=windows))


def _differences(proposed: Recipe, default: Recipe) -> tuple[str, ...]:
    """Return a sentence with the settings in which a run without this plan would differ from it."""
    other = [name for name in FIELDS_BY_SPEED if getattr(proposed, name) != getattr(default, name)]
    if not other:
        return ()
    would = ", ".join(f"{name} {getattr(default, name)}" for name in other)
    settings = " ".join(f"{name}={getattr(proposed, name)}" for name in other)
    return (f"left alone, training takes {would}; set {settings} to follow this plan",)


def _fit_to_memory(
    asked: Recipe, resolved: Recipe, corpus: Corpus, context: device.DeviceContext, speed: Speed | None
) -> tuple[Recipe, tuple[str, ...]]:
    """Halve the batch size until the recipe fits the device's memory; return a sentence too if that was needed."""
    name = str(context.device)
    free = next((found.free for found in device.list_devices() if found.name == name), math.inf)
    vocabulary_size, characters_total = len(corpus.vocabulary), len(corpus)

    def fits(recipe: Recipe) -> bool:
        needed = memory_bytes(recipe, vocabulary_size, characters_total, _shares(recipe, context))
        return needed <= MAX_MEMORY_SHARE * free

    size = before = int(resolved.batch_size)
    while size > 1 and not fits(resolved):
        size //= 2
        resolved = resolve(
            asked.model_copy(update={"batch_size": size}), characters_total, vocabulary_size, speed
        ).recipe
    if size == before:
        return resolved, ()
    return resolved, (f"{name} has too little free memory for batches of {before:,}",)
