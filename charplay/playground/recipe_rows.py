"""Which rows the form has, and what they are called."""

import re

from charplay.recipes.recipe import Recipe

PRESET, BUDGET, WARM_START = "preset", "for", "start from"
"""Rows of the form that are no fields of the recipe: its preset, its one budget, whose weights it starts from."""

COMMON = (PRESET, "cell", "num_layers", "hidden_size", "sequence_length", "learning_rate", BUDGET, "device")
FURTHER = (
    "batch_size", "dropout", "optimizer", "schedule", "clip_norm", "input", "embedding_size", "cleaning", "limit",
    "validation_fraction", "patience", "seed",
)  # fmt: skip
"""What is shown beside the common ones where there is room, in this order."""

LABELS = {"num_layers": "layers", "sequence_length": "length"}


def label(name: str) -> str:
    """A row's name for a person."""
    return LABELS.get(name, name.removesuffix(":").replace("_", " "))


_RENAMED = re.compile(rf"(?<!')\b({'|'.join(name for name in Recipe.model_fields if label(name) != name)})\b")


def in_labels(sentence: str) -> str:
    """A sentence that names fields, with their rows' names instead; what stands in quotation marks was written so."""
    return _RENAMED.sub(lambda found: label(found[0]), sentence)
