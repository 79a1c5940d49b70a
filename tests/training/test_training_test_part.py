"""The test part of a text: nothing of a training reads it, and without one all is as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trainings import Only, Train, failure, stop_at

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


OTHER = "a mat sat on the cat. \u00e9\u00e9\u00e8 "


def test_another_text_is_kept_for_the_test_and_changes_nothing(train: Train, only: Only, home: Path) -> None:
    (home / "corpora" / "other.txt").write_text(OTHER)
    plain, kept = only(train(), Finished)[0], only(train(held_out_corpus="other"), Finished)[0]
    assert (plain.train_loss, plain.val_loss) == (kept.train_loss, kept.val_loss)
    tensors = [read_checkpoint(Path(each.checkpoint)) for each in (plain, kept)]
    assert all(np.array_equal(tensors[0].tensors[name], tensors[1].tensors[name]) for name in tensors[0].tensors)
    run = Run.open(home / "checkpoints" / str(kept.run))
    assert run.asked.held_out_corpus == "other"
    assert run.held_out_corpus is not None
    assert (run.held_out_corpus.name, run.held_out_corpus.characters) == ("other", len(OTHER))
    assert tensors[1].held_out_corpus == run.held_out_corpus
    assert tensors[0].held_out_corpus is None


def test_a_start_says_how_much_of_the_other_text_is_unknown(train: Train, only: Only, home: Path) -> None:
    (home / "corpora" / "other.txt").write_text(OTHER)
    (started,) = only(train(held_out_corpus="other"), Started)
    assert any("3 (11.54%, 2 different) are outside" in note for note in started.notes), started.notes


def test_a_run_goes_on_without_the_other_text(train: Train, only: Only, home: Path) -> None:
    other = home / "corpora" / "other.txt"
    other.write_text(OTHER)
    whole = only(train(held_out_corpus="other", steps=30), Finished)[0]
    (begun,) = only(train(stop_at(12), held_out_corpus="other", steps=30), Started)
    other.unlink()
    (finished,) = only(train(resume=begun.folder), Finished)
    assert (finished.train_loss, finished.val_loss) == (whole.train_loss, whole.val_loss)
    before, after = (read_checkpoint(Path(each.checkpoint)) for each in (whole, finished))
    assert all(np.array_equal(before.tensors[name], after.tensors[name]) for name in before.tensors)
    assert after.held_out_corpus == before.held_out_corpus


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("words", "the very text that is learned"),
        ("missing", "held_out_corpus: There is no text called 'missing'"),
        ("greek", "nothing of it is in the vocabulary"),
    ],
)
def test_what_cannot_be_a_test_is_refused_before_a_run_is_made(train: Train, home: Path, named: str, said: str) -> None:
    (home / "corpora" / "greek.txt").write_text("\u03b1\u03b2\u03b3" * 100)
    assert said in failure(train(held_out_corpus=named)).message
    assert not list((home / "checkpoints").iterdir())


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
