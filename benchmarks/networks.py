"""Networks of given sizes, for what does not depend on what they learnt."""

import numpy as np

from charplay.corpora.vocabulary import Vocabulary
from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.sampling.model import CharModel

VOCABULARY = Vocabulary("\n" + "".join(map(chr, range(32, 96))))
"""65 characters, as many as tiny Shakespeare has; each is one byte."""


def checkpoint(hidden_size: int, num_layers: int = 1) -> Checkpoint:
    """An LSTM with random weights."""
    recipe = Recipe(hidden_size=hidden_size, num_layers=num_layers, embedding_size=64)
    random = np.random.default_rng(1)
    scale = hidden_size**-0.5
    tensors = {
        name: random.uniform(-scale, scale, shape).astype(np.float32)
        for name, shape in tensor_shapes(recipe, len(VOCABULARY)).items()
    }
    origin = CorpusOrigin(name="none", path="", sha256="", characters=0)
    return Checkpoint(
        tensors=tensors,
        recipe=recipe,
        vocabulary=VOCABULARY.characters,
        corpus=origin,
        step=0,
        epoch=0.0,
        seconds=0.0,
    )


def model(hidden_size: int, num_layers: int = 1) -> CharModel:
    """The same, ready to play."""
    made = checkpoint(hidden_size, num_layers)
    return CharModel.load(made.tensors, made.recipe, VOCABULARY)
