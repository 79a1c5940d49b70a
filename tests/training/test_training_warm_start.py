"""A run that starts from another's weights: what both texts know is kept, what is new starts fresh."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trainings import Only, Train, failure

from charplay.protocol.commands import Stop
from charplay.protocol.events import Event, Failed, Finished, Published, Started
from charplay.protocol.queues import CommandQueue
from charplay.recipes.errors import RecipeError
from charplay.recipes.from_parent import SHAPE_FIELDS, inherit_shape
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.run import Run

INPUTS: dict[str, dict[str, Any]] = {
    "embedding": {"cell": "gru", "num_layers": 2},
    "one-hot": {"input": "one-hot", "embedding_size": None},
    "scalar": {"input": "scalar", "embedding_size": None},
}


@pytest.fixture
def other_text(home: Path) -> str:
    """A text that shares most characters with the first, in other places of its vocabulary."""
    text = (home / "corpora" / "words.txt").read_text().replace("c", "B").replace("o", "\u202e")
    (home / "corpora" / "other.txt").write_text(text)
    return "other"


def start_only(event: Event, inbox: CommandQueue) -> None:
    """Leave before the first step; all that was there then is saved."""
    if isinstance(event, Started):
        inbox.put(Stop())


@pytest.mark.parametrize("kind", INPUTS)
def test_rows_of_known_characters_are_kept_and_new_ones_are_fresh(
    kind: str, train: Train, only: Only, other_text: str
) -> None:
    path = only(train(**INPUTS[kind]), Finished)[0].checkpoint
    parent = read_checkpoint(Path(path))
    events = train(start_only, source=path, corpus=other_text, seed=3, **INPUTS[kind])
    (started,) = only(events, Started)
    child = read_checkpoint(Path(started.folder) / "latest.safetensors")
    fresh = train(start_only, corpus=other_text, seed=3, **INPUTS[kind])
    plain = read_checkpoint(Path(only(fresh, Started)[0].folder) / "latest.safetensors")
    assert child.step == 0
    assert "B" in child.vocabulary
    for name, tensor in child.tensors.items():
        per_character = name in {"embedding.weight", "output.weight", "output.bias"}
        columns = name == "rnn.weight_ih_l0" and kind == "one-hot"
        if not per_character and not columns:
            assert np.array_equal(tensor, parent.tensors[name]), name
            continue
        for i, character in enumerate(child.vocabulary):
            mine, unlearned, theirs = (t.T[i] if columns else t[i] for t in (tensor, plain.tensors[name], tensor))
            if character in parent.vocabulary:
                j = parent.vocabulary.index(character)
                theirs = parent.tensors[name].T[j] if columns else parent.tensors[name][j]
                assert np.array_equal(mine, theirs), (name, character)
            else:
                assert np.array_equal(mine, unlearned), (name, character)
    said = " ".join(started.notes)
    assert r"2 characters (B \u202e) are new" in said
    assert "2 characters (c o) are not in this text" in said
    assert ("scalar input" in said) == (kind == "scalar")


def test_the_run_names_its_parent_and_takes_its_shapes(train: Train, only: Only) -> None:
    path = only(train(hidden_size=12, num_layers=2, embedding_size=6), Finished)[0].checkpoint
    auto = {"hidden_size": "auto", "num_layers": "auto", "embedding_size": "auto"}
    events = train(source=path, **auto)
    run = Run.open(Path(only(events, Started)[0].folder))
    assert run.facts["parent"] == {
        "path": str(Path(path).resolve()),
        "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        "run": Path(path).parent.name,
        "step": read_checkpoint(Path(path)).step,
    }
    assert (run.resolved.hidden_size, run.resolved.num_layers, run.resolved.embedding_size) == (12, 2, 6)
    assert run.asked.hidden_size == "auto"


def test_what_plays_at_first_is_what_the_parent_plays(train: Train, only: Only) -> None:
    from charplay.protocol.commands import PublishWeights

    path = only(train(average=0.9), Finished)[0].checkpoint

    def publish(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Started):
            inbox.put(PublishWeights())

    (published,) = only(train(publish, source=path, average=0.9), Published)
    for name, tensor in read_checkpoint(Path(path)).tensors.items():
        assert np.array_equal(published.weights[name], tensor)


def test_shapes_that_do_not_fit_are_refused_in_one_sentence(train: Train, only: Only, home: Path) -> None:
    path = only(train(), Finished)[0].checkpoint
    before = sorted((home / "checkpoints").iterdir())
    last = train(source=path, cell="gru", hidden_size=9)[-1]
    assert isinstance(last, Failed)
    assert "cell is gru here and lstm there; hidden_size is 9 here and 8 there" in last.message
    assert sorted((home / "checkpoints").iterdir()) == before, "nothing was made"
    missing = failure(train(source=path + ".missing"))
    assert ".missing" in missing.message
    assert not missing.cause


@pytest.mark.parametrize("name", SHAPE_FIELDS)
def test_every_shape_is_compared(name: str) -> None:
    source = Recipe(steps=1, cell="lstm", input="scalar", embedding_size=None, hidden_size=4, num_layers=2)
    other = {"cell": "gru", "input": "one-hot", "num_layers": 3, "hidden_size": 5, "embedding_size": 3}
    asked = source.model_copy(update={name: other.get(name, "none")})
    assert inherit_shape(source, source) == source
    with pytest.raises(RecipeError, match=name):
        inherit_shape(asked, source)


def test_killed_before_the_first_save_it_starts_from_the_parent_again(train: Train, only: Only) -> None:
    path = only(train(), Finished)[0].checkpoint
    straight = Path(only(train(source=path), Finished)[0].checkpoint)
    folder = Path(only(train(start_only, source=path), Started)[0].folder)
    for file in folder.glob("*.safetensors"):
        file.unlink()
    again = Path(only(train(resume=str(folder)), Finished)[0].checkpoint)
    assert again.parent == folder
    one, other = read_checkpoint(straight), read_checkpoint(again)
    assert all(np.array_equal(one.tensors[name], other.tensors[name]) for name in one.tensors)
    for file in folder.glob("*.safetensors"):
        file.unlink()
    Path(path).write_bytes((folder.parent / straight.parent.name / "latest.safetensors").read_bytes())
    assert "put it back" in failure(train(resume=str(folder), steps=30)).message
