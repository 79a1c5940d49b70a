"""Optimizers, schedules, gradient clipping, metrics, budgets and early stopping."""

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from charplay.fs.registry import entry_names
from charplay.protocol.events import Row
from charplay.recipes.recipe import Recipe
from charplay.training.budget import Budget, Clock
from charplay.training.device import open_device
from charplay.training.early_stopping import EarlyStopping
from charplay.training.epoch_counter import EpochCounter
from charplay.training.gradients import clip
from charplay.training.metrics import MetricsAccumulator, StepInfo
from charplay.training.network import CharNet
from charplay.training.optimization import build_optimizers, load_state_arrays, state_arrays, take_step
from charplay.training.optimizers.muon import orthogonalize

OPTIMIZERS, SCHEDULES = entry_names("training/optimizers"), entry_names("training/schedules")


def learner_of(**settings: Any) -> tuple[CharNet, tuple[torch.optim.Optimizer, ...]]:
    sizes = {"hidden_size": 6, "embedding_size": 3, "num_layers": 1, "output_dropout": 0.0, "steps": 1}
    recipe = Recipe.model_validate({**sizes, **settings})
    torch.manual_seed(1)
    network = CharNet(recipe, 7)
    return network, build_optimizers(network, recipe, open_device("cpu", Recipe(steps=1, threads=1)))


def follow(network: CharNet, optimizers: Any, steps: int, rate: float = 0.01, decay: float = 0.0) -> float:
    """Learn one short text by heart; the last loss."""
    ids = torch.tensor([[0, 3], [1, 4], [2, 5], [3, 6], [0, 1]])
    loss = torch.tensor(0.0)
    for _ in range(steps):
        logits, _ = network(ids[:-1], network.zero_state(2))
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[1:].flatten())
        network.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        take_step(optimizers, rate, decay)
    return loss.item()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_moves_every_parameter_and_learns(optimizer: str) -> None:
    network, optimizers = learner_of(optimizer=optimizer)
    before = network.export_weights()
    follow(network, optimizers, 1)
    after = network.export_weights()
    assert [name for name in before if np.array_equal(before[name], after[name])] == []
    assert follow(network, optimizers, 60) < 1.0 or optimizer == "sgd"
    assert follow(network, optimizers, 200, rate=0.05) < 1.0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_optimizers_memory_comes_back(optimizer: str) -> None:
    one, of_one = learner_of(optimizer=optimizer)
    follow(one, of_one, 5)
    other, of_other = learner_of(optimizer=optimizer)
    other.load_weights(one.export_weights())
    load_state_arrays(of_other, state_arrays(of_one))
    assert follow(one, of_one, 5) == follow(other, of_other, 5)
    for name, array in one.export_weights().items():
        assert np.array_equal(array, other.export_weights()[name])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weight_decay_pulls_at_matrices_only_and_does_not_meet_the_gradient(optimizer: str) -> None:
    network, optimizers = learner_of(optimizer=optimizer)
    before = network.export_weights()
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    take_step(optimizers, 0.01, 0.5)
    scale = 8 if optimizer == "muon" else 1
    for name, array in network.export_weights().items():
        recurrent = name.startswith("rnn.weight")
        share = 1.0 if "bias" in name else 1 - 0.01 * 0.5 * (scale if recurrent else 1)
        assert np.allclose(array, share * before[name], rtol=1e-6), name


@given(st.integers(1, 4), st.integers(2, 12), st.integers(2, 12), st.integers(0, 2**31))
def test_muon_steps_are_nearly_orthogonal_gate_by_gate(gates: int, rows: int, columns: int, seed: int) -> None:
    blocks = torch.from_numpy(np.random.default_rng(seed).standard_normal((gates, rows, columns))).float()
    together = orthogonalize(blocks)
    assert together.shape == blocks.shape
    for block, alone in zip(blocks, together, strict=True):
        assert torch.allclose(orthogonalize(block.unsqueeze(0))[0], alone, atol=1e-4), "a gate does not feel the others"
        left, values, right = np.linalg.svd(block.double().numpy(), full_matrices=False)
        stretched = np.diag(left.T @ alone.double().numpy() @ right.T) / max(1.0, rows / columns) ** 0.5
        sound = values > 0.05 * values[0]
        assert (stretched[sound] > 0.5).all()
        assert (stretched[sound] < 1.2).all()


def test_muon_leaves_zeros_alone() -> None:
    assert not orthogonalize(torch.zeros(2, 3, 3)).any()


@pytest.mark.parametrize("schedule", SCHEDULES)
@given(warmup=st.floats(0, 1), progress=st.floats(0, 1))
def test_schedules_stay_between_nothing_and_the_peak(schedule: str, warmup: float, progress: float) -> None:
    factor = import_module(f"charplay.training.schedules.{schedule}").factor
    assert 0 <= factor(progress, warmup) <= 1
    if 1e-6 < warmup < 0.5:
        assert factor(warmup, warmup) == pytest.approx(1)
        assert factor(0.0, warmup) == 0
        assert factor(progress * warmup, warmup) == pytest.approx(progress, abs=1e-9), "the warm-up is a straight line"
    if schedule != "constant" and warmup < 1:
        assert factor(1.0, warmup) == pytest.approx(0, abs=1e-9)


GRADIENT = st.lists(st.floats(-100, 100, width=32), min_size=3, max_size=3)


@given(GRADIENT, GRADIENT, st.none() | st.floats(0.01, 50), st.none() | st.floats(0.01, 50), st.booleans())
def test_clipping(
    one: list[float], other: list[float], clip_norm: float | None, clip_value: float | None, sync_is_free: bool
) -> None:
    gradients = [torch.tensor(one), torch.tensor(other)]
    whole = torch.cat(gradients).double()
    norm = clip(gradients, clip_norm=clip_norm, clip_value=clip_value, sync_is_free=sync_is_free)
    assert float(norm) == pytest.approx(float(whole.norm()), rel=1e-5)
    clipped = torch.cat(gradients).double()
    if clip_norm is None and clip_value is None:
        assert torch.equal(clipped, whole)
    if clip_norm is not None:
        assert clipped.norm() <= clip_norm * (1 + 1e-5)
    if clip_value is not None:
        assert clipped.abs().max() <= clip_value * (1 + 1e-5)
        values = whole.clamp(-clip_value, clip_value)
        length = min(float(values.norm()), clip_norm or math.inf)
        assert float(clipped.norm()) == pytest.approx(length, rel=1e-4, abs=1e-5), "no shorter than it must be"
    elif clip_norm is not None and whole.norm() > 0:
        share = min(1.0, clip_norm / float(whole.norm()))
        assert torch.allclose(clipped, whole * share, rtol=1e-4, atol=1e-5), "a shorter gradient of the same direction"


@pytest.mark.parametrize("sync_is_free", [True, False])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_gradients_that_are_not_finite_become_zero(sync_is_free: bool, bad: float) -> None:
    gradients = [torch.tensor([1.0, bad]), torch.tensor([2.0])]
    norm = clip(gradients, clip_norm=1.0, clip_value=0.5, sync_is_free=sync_is_free)
    assert not torch.isfinite(norm)
    assert not torch.cat(gradients).any()


@given(
    st.lists(st.tuples(st.floats(0, 9), st.floats(0, 1), st.floats(0, 9)), max_size=40), st.integers(1, 7), st.data()
)
def test_rows_do_not_depend_on_how_the_steps_were_read(
    measured: list[tuple[float, float, float]], log_every: int, data: st.DataObject
) -> None:
    def rows(cuts: list[int]) -> list[Row]:
        metrics = MetricsAccumulator(log_every, EpochCounter(5), characters_per_step=10)
        found = []
        for start, stop in zip([0, *cuts], [*cuts, len(measured)], strict=True):
            found += metrics.record(measured[start:stop], [StepInfo(float(i + 1), 0.1) for i in range(start, stop)])
            state, recent = metrics.state(), np.array(metrics.recent)
            metrics = MetricsAccumulator(log_every, EpochCounter(5), characters_per_step=10)
            metrics.load(state, recent)
        return found

    cuts = sorted(data.draw(st.lists(st.integers(0, len(measured)), max_size=4)))
    whole = rows([])
    assert rows(cuts) == whole
    assert [row.step for row in whole] == [s for s in range(1, len(measured) + 1) if s % log_every == 0 or s % 5 == 0]
    for row in whole:
        if row.train_loss is not None:
            expected = np.mean([loss for loss, _, _ in measured[row.step - log_every : row.step]])
            assert row.train_loss == pytest.approx(expected)
        if row.epoch_loss is not None:
            assert row.epoch_loss == pytest.approx(np.mean([loss for loss, _, _ in measured[row.step - 5 : row.step]]))


def test_a_bad_step_is_counted_and_spoils_no_mean() -> None:
    metrics = MetricsAccumulator(2, EpochCounter(100), 1)
    (row,) = metrics.record([(1.0, 0.5, 2.0), (math.nan, 0.0, math.inf)], [StepInfo(1.0, 0.1)] * 2)
    assert (row.train_loss, row.grad_norm, metrics.nonfinite_steps) == (1.0, 2.0, 1)
    assert metrics.final_train_loss() == 1.0


def test_the_final_train_loss_is_the_last_epochs_or_the_last_hundredth() -> None:
    infos = [StepInfo(1.0, 0.1)] * 300
    short = MetricsAccumulator(10, EpochCounter(1000), 1)
    short.record([(float(i), 0.0, 0.0) for i in range(300)], infos)
    assert short.final_train_loss() == pytest.approx(np.mean(range(200, 300)))
    long = MetricsAccumulator(10, EpochCounter(120), 1)
    long.record([(float(i), 0.0, 0.0) for i in range(300)], infos)
    assert long.final_train_loss() == pytest.approx(np.mean(range(120, 240)))


def test_the_clock_stands_while_stopped() -> None:
    time = iter([10.0, 13.0, 20.0, 20.5]).__next__
    clock = Clock(5.0, now=time)
    assert clock.seconds == 5.0
    clock.start()
    clock.stop()
    assert clock.seconds == 8.0
    clock.start()
    assert clock.seconds == 8.5


@pytest.mark.parametrize(("kind", "amount", "total"), [("steps", 40, 40), ("epochs", 2.5, 25), ("minutes", 2.0, None)])
def test_budgets(kind: str, amount: float, total: int | None) -> None:
    budget = Budget.from_recipe(Recipe.model_validate({kind: amount}), epoch_counter=EpochCounter(10))
    assert budget.total_steps == total
    end = (total or 0, 120.0)
    assert budget.is_spent(*end)
    assert not budget.is_spent(end[0] - 1, 119.9)
    assert budget.share_done(*end) == 1
    assert 0 <= budget.schedule_progress(0, 0.0) < 0.05
    added = Budget.from_recipe(Recipe.model_validate({kind: amount}), EpochCounter(10), start=amount / 2)
    assert added.schedule_progress(end[0] // 2, 60.0) < 0.1
    assert added.schedule_progress(*end) > 0.9


def test_early_stopping_knows_the_best_and_stops_after_patience() -> None:
    early_stopping = EarlyStopping(patience=2)
    improved = [early_stopping.update(step, loss, None) for step, loss in enumerate([3.0, 2.0, 2.0, math.nan])]
    assert improved == [True, True, False, False]
    assert early_stopping.best == 2.0
    assert early_stopping.should_stop
    assert not EarlyStopping(patience=None, evaluations_since_best=1000).should_stop


@pytest.mark.parametrize("shape", [(4, 40, 40), (4, 16, 50), (3, 50, 16), (1, 7, 7)])
def test_orthogonal_in_bfloat16_is_nearly_what_it_is_in_float32(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(2)
    blocks = torch.randn(shape) * 1e-4
    exact, short = orthogonalize(blocks), orthogonalize(blocks, torch.bfloat16)
    assert short.dtype == torch.float32
    cosine = torch.nn.functional.cosine_similarity(exact.flatten(1), short.flatten(1))
    assert (cosine > 0.999).all()
    assert (short.norm(dim=(1, 2)) / exact.norm(dim=(1, 2)) - 1).abs().max() < 0.02
    assert (orthogonalize(torch.zeros(shape), torch.bfloat16) == 0).all()
