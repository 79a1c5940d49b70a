"""Which fields of a recipe mean anything beside its others."""

from collections.abc import Callable

from charplay.recipes.recipe import Recipe

_APPLIES: dict[str, Callable[[Recipe], bool]] = {
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
"""Fields that mean nothing under some recipes."""


def applies(name: str, recipe: Recipe) -> bool:
    """Return whether a field means anything under a recipe."""
    return name not in _APPLIES or _APPLIES[name](recipe)
