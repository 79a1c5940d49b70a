"""Small random models for the sampling tests: no torch, no files."""

from functools import lru_cache
from typing import Any

import numpy as np

from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.sampling.model import CharModel

TEXT = "\nabcdefghij klmno"


def network(**fields: Any) -> Recipe:
    """A resolved recipe of a small network; `fields` say otherwise."""
    small = {"cell": "lstm", "num_layers": 1, "hidden_size": 8, "embedding_size": 5}
    return Recipe().model_copy(update=small | fields)


def random_tensors(recipe: Recipe, size: int, seed: int = 0, scale: float = 0.5) -> dict[str, np.ndarray]:
    """Normal weights for a vocabulary of `size`."""
    draw = np.random.default_rng(seed)
    shapes = tensor_shapes(recipe, size)
    return {name: draw.normal(scale=scale, size=shape).astype(np.float32) for name, shape in shapes.items()}


@lru_cache
def make_model(
    text: str = TEXT, seed: int = 0, scale: float = 0.5, dtype: type = np.float32, **fields: Any
) -> CharModel:
    """A model whose weights nobody trained; the same arguments give the same one."""
    recipe, vocabulary = network(**fields), Vocabulary.of(text)
    return CharModel.load(random_tensors(recipe, len(vocabulary), seed, scale), recipe, vocabulary, dtype=dtype)
