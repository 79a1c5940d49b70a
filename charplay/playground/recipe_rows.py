"""Which rows the form has, what they are called, and when they mean something."""

import re
from collections.abc import Callable

from charplay.recipes.recipe import Recipe

PRESET, BUDGET, WARM_START = "preset", "for", "start from"
"""Rows of the form that are no fields of the recipe: its preset, its one budget, whose weights it starts from."""

COMMON = (PRESET, "cell", "num_layers", "hidden_size", "sequence_length", "learning_rate", BUDGET, "device")

LABELS = {"num_layers": "layers", "sequence_length": "length"}

APPLIES: dict[str, Callable[[Recipe], bool]] = {
    "scalar_scale": lambda r: r.input == "scalar",
    "embedding_size": lambda r: r.input == "embedding",
    "stride": lambda r: r.batching == "windows",
    "window_limit": lambda r: r.batching == "windows",
    "target": lambda r: r.batching == "windows",
    "shuffle": lambda r: r.batching == "windows",
    "dropout": lambda r: r.num_layers != 1,
    "beta1": lambda r: r.optimizer in {"adam", "adamw", "muon", "nadam"},
    "beta2": lambda r: r.optimizer in {"adam", "adamw", "muon", "nadam"},
    "decay": lambda r: r.optimizer in {"rmsprop", "sgd", "muon"},
    "epsilon": lambda r: r.optimizer != "sgd",
    "sample_temperatures": lambda r: r.sample_every is not None,
    "sample_length": lambda r: r.sample_every is not None,
    "sample_prompt": lambda r: r.sample_every is not None,
}
"""Fields that mean nothing under some recipes; the form leaves them out then."""


def label(name: str) -> str:
    """A row's name for a person."""
    return LABELS.get(name, name.removesuffix(":").replace("_", " "))


_RENAMED = re.compile(rf"(?<!')\b({'|'.join(name for name in Recipe.model_fields if label(name) != name)})\b")


def in_labels(sentence: str) -> str:
    """A sentence that names fields, with their rows' names instead; what stands in quotation marks was written so."""
    return _RENAMED.sub(lambda found: label(found[0]), sentence)
