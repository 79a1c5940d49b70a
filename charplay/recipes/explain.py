"""What the network sees of a text: its layers, what it reads in an epoch, examples of that, and the characters."""

from collections.abc import Sequence
from dataclasses import dataclass

from charplay.recipes.network import (
    LayerRow,
    examples_per_epoch,
    input_size,
    layer_table,
    memory_bytes,
    steps_per_epoch,
    training_characters,
    whole,
)
from charplay.recipes.recipe import Recipe


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What follows from a resolved recipe and the size of a text, before any training."""

    layers: tuple[LayerRow, ...]
    parameters: int
    examples_per_epoch: int
    steps_per_epoch: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class CharacterCount:
    """How often a character occurs."""

    id: int
    character: str
    count: int
    share: float
    """Of the text's characters, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Example:
    """One window, or one stream's first sequence: T characters that go in and the characters to predict."""

    start: int
    """Place of its first character in the text."""
    characters: str
    ids: tuple[int, ...]
    inputs: tuple[str, ...]
    """What enters the network for each character, as a person reads it."""
    targets: str
    """The character after each, or after the last only."""


def network_facts(recipe: Recipe, characters: int, vocabulary_size: int, shares: int = 1) -> NetworkFacts:
    """Count the network of a resolved recipe on a text of so many characters, so many of them different.

    `shares` is how many parts a batch is cut into: each has gradients of its own in memory.
    """
    layers = layer_table(recipe, vocabulary_size)
    return NetworkFacts(
        layers,
        sum(row.parameters for row in layers),
        examples_per_epoch(recipe, characters),
        steps_per_epoch(recipe, characters),
        memory_bytes(recipe, vocabulary_size, characters, shares),
    )


def character_table(vocabulary: str, counts: Sequence[int]) -> tuple[CharacterCount, ...]:
    """List every character by its id; `counts` says how often each occurs."""
    total = max(1, sum(counts))
    return tuple(CharacterCount(i, character, counts[i], counts[i] / total) for i, character in enumerate(vocabulary))


def examples(recipe: Recipe, ids: Sequence[int], vocabulary: str, count: int = 3) -> tuple[Example, ...]:
    """The first windows of an epoch in the text's order, or what the first streams read in their first step.

    Args:
        recipe: a resolved recipe.
        ids: the whole text's; a memory-mapped array will do, only what is shown is read.
        vocabulary: the characters in the order of their ids.
        count: examples, at most; fewer where the text holds fewer.
    """
    length, trained = whole(recipe, "sequence_length"), training_characters(recipe, len(ids))
    if recipe.batching == "stream":
        batch = whole(recipe, "batch_size")
        starts = [place * ((trained - 1) // batch) for place in range(min(count, batch))]
    else:
        stride, limit = recipe.stride or 1, recipe.window_limit or count
        starts = list(range(0, trained - length, stride)[: min(count, limit)])
    return tuple(
        _example(recipe, [int(i) for i in ids[start : start + length + 1]], vocabulary, start) for start in starts
    )


def _example(recipe: Recipe, ids: Sequence[int], vocabulary: str, start: int) -> Example:
    text = "".join(vocabulary[i] for i in ids)
    inputs = tuple(_input(recipe, i, len(vocabulary)) for i in ids[:-1])
    targets = text[1:] if recipe.target == "every" else text[-1]
    return Example(start, text[:-1], tuple(ids[:-1]), inputs, targets)


def _input(recipe: Recipe, i: int, size: int) -> str:
    match recipe.input:
        case "embedding":
            return f"row {i} of the embedding, {input_size(recipe, size)} numbers"
        case "one-hot":
            return f"1 at place {i}, 0 at the other {size - 1}"
        case "scalar":
            return f"{i / size:.4f}" if recipe.scalar_scale == "vocabulary" else str(i)
