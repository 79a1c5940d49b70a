"""`charplay runs import` of a Keras model: a run that plays, of the text's own characters."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from keras_models import FORMS, Layer, keras_logits, stacked, write_whole

import charplay
from charplay.cli.main import run
from charplay.recipes.network import parameter_count
from charplay.runs.home import Home

STORY = "Alice was beginning to get very tired.\n" * 8
TEXT = f"{STORY}\nTHE END\n\nsomething of Gutenberg's, in 1991\n"
CLEANED = STORY.lower()
VOCABULARY = sorted(set(CLEANED))
ALICE = ["--text", "wonder", "--cleaning", "text-end, lowercase"]


@pytest.fixture
def home(home: Home) -> Home:
    (home.corpora / "wonder.txt").write_text(TEXT)
    return home


def bits_of_keras(layers: Sequence[Layer], text: str, scale: int) -> np.ndarray:
    """What each character after the first costs, by Keras's equations, its id divided by `scale` entering."""
    ids = np.array([VOCABULARY.index(character) for character in text])
    logits = keras_logits(layers, ids[:, None] / scale)[:-1]
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return np.asarray(-np.log2(chances[np.arange(len(text) - 1), ids[1:]]))


def network(hidden: int = 24, layers: int = 1) -> list[Layer]:
    """What `alice-256` and `alice-2x350` build, smaller."""
    return stacked("lstm", layers, size=len(VOCABULARY), hidden=hidden, width=1, embedded=False)


@pytest.mark.parametrize("form", FORMS)
def test_a_model_of_a_classic_recipe_becomes_a_run_that_plays(home: Home, form: str) -> None:
    FORMS[form](Path(form), network())
    assert run(["runs", "import", form, *ALICE, "--name", "keras"]) == 0
    model = charplay.load("keras")
    assert (model.recipe.input, model.recipe.scalar_scale, model.recipe.corpus) == ("scalar", "vocabulary", "wonder")
    assert model.recipe.cleaning == ("text-end", "lowercase")
    assert list(model.vocabulary) == VOCABULARY
    assert parameter_count(model.recipe, len(VOCABULARY)) == 4 * 24 * (1 + 24 + 1) + 25 * len(VOCABULARY)
    there = bits_of_keras(network(), "very tired", len(VOCABULARY))
    assert np.abs(model.surprisal("very tired").bits[1:] - there).max() < 1e-4
    assert len(model.sample("alice ", 20).continuation) == 20


def test_a_bare_number_enters_where_that_is_said(home: Home) -> None:
    write_whole(Path("two.h5"), network(12, 2))
    assert run(["runs", "import", "two.h5", *ALICE, "--scalar-scale", "none", "--name", "two"]) == 0
    there = bits_of_keras(network(12, 2), "very tired", 1)
    assert np.abs(charplay.load("two").surprisal("very tired").bits[1:] - there).max() < 1e-4


def test_characters_that_are_not_sorted_cannot_be_numbers(home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    write_whole(Path("one.h5"), network())
    Path("ids.json").write_text(json.dumps(VOCABULARY[::-1]))
    assert run(["runs", "import", "one.h5", "--vocabulary", "ids.json"]) == 1
    assert "reads a character as its number" in capfd.readouterr().err
    assert not list(home.checkpoints.iterdir())


def test_one_hot_and_embedded_characters_may_have_any_order(home: Home) -> None:
    Path("ids.json").write_text(json.dumps(VOCABULARY[::-1]))
    for name, width, embedded in (("hot", len(VOCABULARY), False), ("embedded", 4, True)):
        layers = stacked("gru", 2, size=len(VOCABULARY), width=width, embedded=embedded)
        write_whole(Path("model.h5"), layers)
        assert run(["runs", "import", "model.h5", "--vocabulary", "ids.json", "--name", name]) == 0
        ids = [VOCABULARY[::-1].index(character) for character in "very tired"]
        logits = keras_logits(layers, np.array(ids) if embedded else np.eye(len(VOCABULARY))[ids])[:-1]
        chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        there = -np.log2(chances[np.arange(9), ids[1:]])
        assert np.abs(charplay.load(name).surprisal("very tired").bits[1:] - there).max() < 1e-4


@pytest.mark.parametrize(
    ("layers", "arguments", "sentence"),
    [
        (network(), ["--text", "wonder"], "the weights know 19 characters and there are"),
        (network(), [], "model.json cannot be read"),
        (network(), [*ALICE, "--scalar-scale", "size"], "scalar_scale"),
        (network(12, 9), ALICE, "num_layers"),
        (stacked(size=len(VOCABULARY)), [*ALICE, "--scalar-scale", "none"], "scalar_scale is for scalar input"),
        (network()[:1], ALICE, "model.h5: its layers are recurrent; charplay has"),
    ],
)
def test_what_cannot_become_a_run_is_one_sentence(
    home: Home, capfd: pytest.CaptureFixture[str], layers: list[Layer], arguments: list[str], sentence: str
) -> None:
    write_whole(Path("model.h5"), layers)
    assert run(["runs", "import", "model.h5", *arguments]) in {1, 2}
    error = capfd.readouterr().err
    assert sentence in error
    assert len(error.splitlines()) == 1
    assert not list(home.checkpoints.iterdir())


def test_torch_is_not_loaded_for_a_model_of_keras(home: Home) -> None:
    write_whole(Path("model.h5"), network())
    program = (
        "import sys; from charplay.cli.main import run; "
        f"assert run(['runs', 'import', 'model.h5', *{ALICE!r}]) == 0; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
