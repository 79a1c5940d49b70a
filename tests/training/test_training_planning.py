"""Plans: what a few steps on this machine say of so many minutes."""

from pathlib import Path

import numpy as np
import pytest
import torch

from charplay.corpora.corpus import Corpus
from charplay.corpora.errors import Cancelled
from charplay.corpora.library import Library
from charplay.recipes.loss_estimate import CURVES, expected_loss
from charplay.recipes.network import training_characters, whole
from charplay.recipes.recipe import Recipe
from charplay.recipes.reference_hardware import CorpusSize, reference_seconds
from charplay.recipes.resolve import resolve
from charplay.training import calibration, device, epoch_timing, evaluation, planning
from charplay.training.device import Device, open_device
from charplay.training.planning import plan

ASKED = Recipe(minutes=2, optimizer="muon", device="cpu", threads=1)


@pytest.fixture
def corpus(home: Path) -> Corpus:
    words = np.random.default_rng(5).choice(["the ", "cat ", "sat, ", "on\n", "a ", "mat. "], 50_000)
    (home / "corpora" / "long.txt").write_text("".join(words))
    library = Library(home / "corpora", home / "cache")
    return library.open(library.find("long"))


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small networks, tried for an instant."""
    monkeypatch.setattr(calibration, "PROBE_SIZES", {"cpu": (8, 16)})
    monkeypatch.setattr(planning, "MEASURE_SECONDS", 0.05)
    monkeypatch.setattr(planning, "TRY_SECONDS", 0.05)


def test_measuring_leaves_no_trace_and_finds_real_speeds(corpus: Corpus, brief: None) -> None:
    context = open_device("cpu", ASKED)
    torch.manual_seed(7)
    before = torch.get_rng_state()
    speed = calibration.measure_relative_speed(ASKED, corpus, context, 0.05)
    assert torch.equal(torch.get_rng_state(), before)
    assert set(speed) == {8, 16}
    assert all(1e-4 < times < 1e3 for times in speed.values())


@pytest.mark.parametrize(("times", "heard"), [(0.1, True), (0.8, False), (1.0, False), (1.2, False), (20.0, True)])
def test_only_a_machine_of_another_speed_changes_the_choice(corpus: Corpus, times: float, heard: bool) -> None:
    sizes = len(corpus), len(corpus.vocabulary)
    speed = {128: times, 256: times}
    found = calibration.significant_speed(speed)
    assert found == (speed if heard else None)
    chosen, plain = (resolve(ASKED, *sizes, table).recipe for table in (found, None))
    if times == 1.0:
        assert chosen == plain
    elif heard:
        assert (whole(chosen, "hidden_size") > whole(plain, "hidden_size")) == (times > 1)
        assert reference_seconds(
            chosen, whole(chosen, "hidden_size"), CorpusSize.of(chosen, *sizes), found
        ) == pytest.approx(120 * times)


def test_a_plan_says_what_training_would_do(corpus: Corpus, brief: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "SIMILAR_FACTOR", 1e9)
    proposal = plan(ASKED.model_copy(update={"minutes": None, "steps": 9}), corpus, 2.0)
    assert proposal.recipe == resolve(ASKED, len(corpus), len(corpus.vocabulary)).recipe
    assert 120 <= proposal.seconds < 180
    assert proposal.characters == pytest.approx(120 * 0.95 * proposal.chars_per_second, abs=1)
    assert proposal.epochs == pytest.approx(proposal.characters / (0.9 * len(corpus)), rel=1e-3)
    assert proposal.memory_bytes > 0


def test_a_plan_counts_the_final_evaluation_as_it_is_bounded(
    corpus: Corpus, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "measure_step_speed", lambda *_: 1_000.0)
    monkeypatch.setattr(evaluation, "MAX_CHARACTERS", 1_000)
    held_out = len(corpus) - training_characters(ASKED, len(corpus))
    for minutes, target, count in [
        (0.1, "every", 1_000),  # the fewest that it may be content with
        (1.0, "every", int(60 * 0.95 * 1_000) * 3 // 20),  # a tenth of the time, at three times the speed, twice
        (60.0, "every", held_out),
        (0.1, "last", 1_000),
    ]:
        asked = ASKED.model_copy(update={"target": target, "batching": "windows" if target == "last" else "stream"})
        readings = {"every": 2, "last": 8}[target]
        proposal = plan(asked, corpus, minutes)
        assert proposal.seconds - 60 * minutes == pytest.approx(readings * count / 3_000, abs=0.01)


def test_a_plan_for_two_threads_counts_the_gradients_of_two_shares(
    corpus: Corpus, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "measure_relative_speed", lambda *_: {128: 1.0, 256: 1.0})
    sized = {"hidden_size": 64, "batch_size": 64, "sequence_length": 16}
    one, two = (plan(ASKED.model_copy(update={**sized, "threads": count}), corpus, 1.0) for count in (1, 2))
    assert two.memory_bytes == one.memory_bytes + 4 * one.parameters


def test_a_plan_for_another_machine_is_what_a_run_there_takes(
    corpus: Corpus, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "measure_relative_speed", lambda *_: {128: 0.05, 256: 0.05})
    proposal = plan(ASKED, corpus, 20.0)
    ruled = resolve(ASKED.model_copy(update={"minutes": 20.0}), len(corpus), len(corpus.vocabulary)).recipe
    assert whole(proposal.recipe, "hidden_size") < whole(ruled, "hidden_size")
    assert not any("left alone" in note for note in proposal.notes), "the run measures the machine, too"


def test_a_plan_fits_the_memory(corpus: Corpus, brief: None, monkeypatch: pytest.MonkeyPatch) -> None:
    full = [Device("cpu", "CPU", 3_000_000, 3_000_000)]
    monkeypatch.setattr(device, "list_devices", lambda: full)
    asked = ASKED.model_copy(update={"hidden_size": 64, "batch_size": 256, "sequence_length": 16})
    proposal = plan(asked, corpus, 1.0)
    assert proposal.memory_bytes <= 0.8 * 3_000_000
    assert "memory" in proposal.notes[-2]
    assert f"batch_size={proposal.recipe.batch_size}" in proposal.notes[-1]


SIZED = {"hidden_size": 4, "embedding_size": 4, "num_layers": 1, "sequence_length": 10, "validation_fraction": 0.0}


def test_an_epoch_takes_as_long_as_its_characters_do(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "measure_step_speed", lambda *_: 50.0)
    streams = ASKED.model_copy(update={**SIZED, "batch_size": 10})
    assert epoch_timing.seconds_per_epoch(streams, corpus) == (len(corpus) - 1) // 100 * 100 / 50
    windows = streams.model_copy(update={"batching": "windows", "stride": 7})
    assert epoch_timing.seconds_per_epoch(windows, corpus) == -(-(len(corpus) - 10) // 7) * 10 / 50


def test_an_epoch_is_timed_on_the_machine_until_it_is_called_off(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(epoch_timing, "MEASURE_SECONDS", 0.05)
    recipe = resolve(ASKED.model_copy(update={**SIZED, "batch_size": 10}), len(corpus), len(corpus.vocabulary)).recipe
    assert 0 < epoch_timing.seconds_per_epoch(recipe, corpus, watch=lambda _share: True) < 600
    with pytest.raises(Cancelled):
        epoch_timing.seconds_per_epoch(recipe, corpus, watch=lambda _share: False)


def test_a_plan_is_called_off_between_two_steps(corpus: Corpus, brief: None) -> None:
    with pytest.raises(Cancelled):
        plan(ASKED, corpus, 2.0, watch=lambda _share: False)


MEASURED = [
    *(("muon", seconds, loss) for seconds, loss in ((7, 1.832), (60, 1.502), (148, 1.452), (600, 1.415))),
    *(
        ("adamw", seconds, loss)
        for seconds, loss in ((10, 1.852), (60, 1.590), (148, 1.532), (900, 1.470), (1500, 1.450))
    ),
]


@pytest.mark.parametrize(("optimizer", "seconds", "loss"), MEASURED)
def test_the_curve_meets_what_was_measured(optimizer: str, seconds: int, loss: float) -> None:
    recipe = Recipe(steps=1, optimizer=optimizer)
    assert expected_loss(recipe, seconds, 5.0, 3.32) == pytest.approx(loss, abs=0.01)


def test_nothing_is_foretold_beyond_what_was_measured() -> None:
    assert all(expected_loss(Recipe(steps=1, optimizer=name), 60, 5, 3.3) for name in CURVES)
    assert expected_loss(Recipe(steps=1, optimizer="sgd"), 60, 5, 3.3) is None
    assert expected_loss(Recipe(steps=1, batching="windows"), 60, 5, 3.3) is None
    for seconds, epochs in ((1, 1), (1e5, 1), (60, 100)):
        assert expected_loss(Recipe(steps=1), seconds, epochs, 3.3) is None
