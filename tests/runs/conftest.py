"""Small networks that never learned anything, and a home to keep them in."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from charplay.recipes.network import tensor_shapes
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import Checkpoint, CorpusOrigin
from charplay.runs.home import Home
from charplay.runs.run import Run

ORIGIN = CorpusOrigin(name="tiny-shakespeare", path="/texts/tiny.txt", sha256="0" * 64, characters=1000)
VOCABULARY = "\n abcdé€😀"


@pytest.fixture(scope="session")
def make_checkpoint() -> Callable[..., Checkpoint]:
    """A checkpoint of random weights: `seed` tells one from another, the rest are fields of the recipe."""

    def make(seed: int = 0, **fields: object) -> Checkpoint:
        recipe = Recipe.model_validate({"hidden_size": 6, "num_layers": 1, "embedding_size": 4, "steps": 5} | fields)
        draw = np.random.default_rng(seed)
        shapes = tensor_shapes(recipe, len(VOCABULARY))
        tensors = {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
        return Checkpoint(
            tensors=tensors,
            recipe=recipe,
            vocabulary=VOCABULARY,
            corpus=ORIGIN,
            step=seed,
            epoch=seed / 10,
            seconds=2.5,
            train_loss=1.25,
            val_loss=1.5,
            versions={"torch": "2.13.0"},
        )

    return make


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def make_run(home: Home) -> Callable[..., Run]:
    """A new run in the home."""

    def make(name: str | None = None, **fields: object) -> Run:
        recipe = Recipe.model_validate({"hidden_size": 6, "num_layers": 1, "embedding_size": 4, "steps": 5} | fields)
        asked = recipe.model_copy(update={"hidden_size": "auto"})
        facts = {"device": "cpu", "threads": 2}
        return Run.create(
            home.checkpoints, asked=asked, resolved=recipe, corpus=ORIGIN, vocabulary=VOCABULARY, facts=facts, name=name
        )

    return make
