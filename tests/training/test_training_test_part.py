"""The test part of a text: nothing of a training reads it, and without one all is as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trainings import Only, Train, stop_at

from charplay.playground.ruler import split_text
from charplay.protocol.events import Evaluated, Finished, Sampled, Started
from charplay.recipes.network import seen_characters, training_characters
from charplay.recipes.recipe import Recipe
from charplay.runs.checkpoint import CorpusOrigin, read_checkpoint
from charplay.runs.run import Run


@pytest.mark.parametrize(("validation", "batching"), [(0.1, {}), (0, {"monitor": "train_loss"})])
def test_what_stands_in_the_test_part_changes_nothing(
    train: Train, only: Only, home: Path, validation: float, batching: dict[str, object]
) -> None:
    path = home / "corpora" / "words.txt"
    text = path.read_text()
    border = int(len(text) * 0.8)
    told = []
    for tail in (text[border:], "".join(sorted(text[border:])), text[border:][::-1]):
        path.write_text(text[:border] + tail)
        events = train(
            test_fraction=0.2, validation_fraction=validation, sample_every=10, sample_length=20, **batching
        )  # fmt: skip
        (finished,) = only(events, Finished)
        evaluations = [(each.step, each.val_loss, each.val_accuracy) for each in only(events, Evaluated)]
        samples = [(each.prompt, each.text, each.truth) for each in only(events, Sampled)]
        weights = read_checkpoint(Path(finished.checkpoint)).tensors
        told.append((finished.train_loss, finished.val_loss, finished.val_loss_cold, evaluations, samples, weights))
    first = told[0]
    assert (first[1] is None) == (validation == 0)
    for other in told[1:]:
        assert other[:-1] == first[:-1]
        assert all(np.array_equal(first[-1][name], other[-1][name]) for name in first[-1])


def test_what_is_held_out_lies_before_the_test_part(train: Train, only: Only, home: Path) -> None:
    """The held-out loss is that of the same text cut where its test part begins, held out from the same place."""
    path = home / "corpora" / "words.txt"
    text = path.read_text()
    (kept,) = only(train(test_fraction=0.25, validation_fraction=0.25), Finished)
    path.write_text(text[:900])
    (cut,) = only(train(validation_fraction=1 / 3), Finished)
    assert kept.val_loss == cut.val_loss
    assert kept.val_loss_cold == cut.val_loss_cold


def test_a_run_knows_its_test_part_when_it_is_taken_up(train: Train, only: Only) -> None:
    (started,) = only(train(test_fraction=0.2), Started)
    assert Run.open(Path(started.folder)).resolved.test_fraction == 0.2
    whole = only(train(test_fraction=0.2, steps=30), Finished)[0]
    (begun,) = only(train(stop_at(12), test_fraction=0.2, steps=30), Started)
    (finished,) = only(train(resume=begun.folder), Finished)
    assert finished.val_loss == whole.val_loss


@pytest.mark.parametrize("fraction", [0, 0.1, 1 / 3, 0.5])
def test_without_a_test_part_the_borders_are_as_before(fraction: float) -> None:
    recipe = Recipe(validation_fraction=fraction)
    for characters in (200, 999, 1_115_394, 2**40 + 1):
        assert training_characters(recipe, characters) == int(characters * (1 - fraction))
        assert seen_characters(recipe, characters) == characters


def test_a_ruler_knows_the_border() -> None:
    origin, recipe = CorpusOrigin("text", "", "d", 10_000, ""), Recipe(validation_fraction=0.1)
    before, kept = split_text(origin, recipe), split_text(origin, recipe.model_copy(update={"test_fraction": 0.2}))
    assert (before.trained, before.characters) == (9000, 10_000)
    assert (kept.trained, kept.characters) == (7000, 8000)
    assert before.key != kept.key
    assert before.key == replace(kept, trained=9000, characters=10_000).key
