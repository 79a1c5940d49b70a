"""The yardstick: two CPU cores, in whose seconds budgets are measured and on which the rules for sizes were tuned."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log
from typing import Self

from charplay.recipes.network import parameter_count, training_characters, whole
from charplay.recipes.recipe import Recipe

Speed = Mapping[int, float]
"""How many times as fast as the yardstick a machine trains, by hidden size."""

REFERENCE_FLOPS = {128: 55e9, 256: 78e9, 512: 90e9}
"""Floating-point operations a second that two CPU cores reach in training, by hidden size."""


@dataclass(frozen=True, slots=True)
class CorpusSize:
    """What matters of a text: its characters, those that are trained on, and how many distinct ones there are."""

    characters: int
    trained: int
    vocabulary: int

    @classmethod
    def of(cls, recipe: Recipe, characters: int, vocabulary_size: int) -> Self:
        """A text under a recipe, which says what is held out."""
        return cls(characters, training_characters(recipe, characters), vocabulary_size)


def reference_seconds(recipe: Recipe, hidden: int, text: CorpusSize, speed: Speed | None) -> float:
    """The budget in seconds of the yardstick, at least 1, for a network of this hidden size.

    `recipe` may leave its sizes open, but not its depth and its embedding.
    """
    if recipe.steps is not None:
        return max(1.0, recipe.steps * _step_characters(recipe) / reference_speed(recipe, hidden, text))
    if recipe.epochs is not None:
        return max(1.0, recipe.epochs * _epoch_characters(recipe, text) / reference_speed(recipe, hidden, text))
    minutes = 3.0 if recipe.minutes is None else recipe.minutes
    return max(1.0, 60 * minutes * (_interpolate(speed, hidden) if speed else 1.0))


def expected_seconds(recipe: Recipe, text: CorpusSize, speed: Speed | None = None) -> float:
    """Seconds that a resolved recipe is likely to train on a machine this fast.

    Without `speed` it is the yardstick. Rounds of evaluation and samples come on top.
    """
    if recipe.minutes is not None:
        return 60 * recipe.minutes
    hidden = whole(recipe, "hidden_size")
    return reference_seconds(recipe, hidden, text, None) / (_interpolate(speed, hidden) if speed else 1.0)


def reference_speed(recipe: Recipe, hidden: int, text: CorpusSize) -> float:
    """Characters a second that the yardstick trains on with this hidden size, from its floating-point operations."""
    sized = recipe.model_copy(update={"hidden_size": hidden, "sequence_length": 1, "batch_size": 1})
    return _interpolate(REFERENCE_FLOPS, hidden) / (6 * parameter_count(sized, text.vocabulary))


def reference_epochs(recipe: Recipe, seconds: float, text: CorpusSize) -> float:
    """How often the yardstick reads the text in so many seconds."""
    predicted = seconds * reference_speed(recipe, whole(recipe, "hidden_size"), text)
    return predicted / text.trained / (_length(recipe) if recipe.target == "last" else 1)


def _step_characters(recipe: Recipe) -> int:
    """Characters that one step reads; usual ones where they are still open."""
    return _length(recipe) * (32 if recipe.batch_size == "auto" else recipe.batch_size)


def _length(recipe: Recipe) -> int:
    return 64 if recipe.sequence_length == "auto" else recipe.sequence_length


def _epoch_characters(recipe: Recipe, text: CorpusSize) -> float:
    """Characters that one epoch reads: a stream reads each once, overlapping windows many times."""
    if recipe.batching == "stream":
        return text.trained
    windows = min(ceil(text.trained / (recipe.stride or 1)), recipe.window_limit or text.trained)
    return windows * _length(recipe)


def _interpolate(table: Mapping[int, float], size: int) -> float:
    """The table's value at `size`, in a straight line over the sizes' logarithms; beyond the ends, the end's."""
    sizes = sorted(table)
    size = min(max(size, sizes[0]), sizes[-1])
    for low, high in pairwise(sizes):
        if size <= high:
            share = log(size / low) / log(high / low)
            return table[low] + share * (table[high] - table[low])
    return table[size]
