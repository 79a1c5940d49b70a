"""A tiny model that needs no training."""

from hashlib import sha256

import numpy as np

from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin

TEXT = "the quick brown fox jumps over the lazy dog.\n" * 40


def tiny_checkpoint(seed: int = 0, text: str = TEXT) -> Checkpoint:
    """Random weights: 8 units on the text's characters."""
    recipe = Recipe(embedding_size=4, hidden_size=8, num_layers=1, sequence_length=8, batch_size=2, output_dropout=0.0)
    vocabulary = "".join(sorted(set(text)))
    rng = np.random.default_rng(seed)
    shapes = tensor_shapes(recipe, len(vocabulary))
    return Checkpoint(
        tensors={name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()},
        recipe=recipe,
        vocabulary=vocabulary,
        corpus=CorpusOrigin("pangram", "/texts/pangram.txt", sha256(text.encode()).hexdigest(), len(text)),
        step=7,
        epoch=0.5,
        seconds=3.0,
        train_loss=2.0,
        val_loss=2.5,
    )
