"""Shares of a batch: together they are the batch, whichever threads execute them."""

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional
from trainings import Divided, Only, Train, last_save

from charplay.fs.registry import entry_names
from charplay.protocol.commands import Resume
from charplay.protocol.events import Event, Failed, Finished, Paused, Started, Warned
from charplay.protocol.queues import CommandQueue
from charplay.recipes.network import share_count
from charplay.recipes.recipe import Recipe
from charplay.runs.run import Run
from charplay.training import learner as learner_module
from charplay.training.batches import open_batches
from charplay.training.device import open_device
from charplay.training.evaluation import is_correct
from charplay.training.gradients import clip
from charplay.training.learner import Learner
from charplay.training.network import CharNet
from charplay.training.optimization import build_optimizers, take_step
from charplay.training.shares import columns, cut, joined

VOCABULARY = 11
IDS = np.random.default_rng(3).integers(0, VOCABULARY, 3_000).astype(np.uint8)
SIZES: dict[str, Any] = {
    "hidden_size": 12, "embedding_size": 5, "num_layers": 2, "sequence_length": 9, "batch_size": 32, "steps": 1,
    "output_dropout": 0.0, "learning_rate": 0.01,
}  # fmt: skip
DROPPING = {"input_dropout": 0.1, "dropout": 0.2, "output_dropout": 0.3, "weight_drop": 0.2}


def made(shares: int, threads: int | None = None, **settings: Any) -> tuple[Learner, CharNet]:
    recipe = Recipe.model_validate({**SIZES, "threads": threads or shares, **settings})
    context = open_device("cpu", recipe).with_shares(shares, recipe.seed)
    torch.manual_seed(recipe.seed)
    network = CharNet(recipe, VOCABULARY).train()
    return Learner(recipe, network, open_batches(recipe, IDS, context.device, resident=True), context), network


def gradients(shares: int, **settings: Any) -> tuple[list[Tensor], list[tuple[float, float, float]]]:
    """The gradients and the metrics of the second step, at a learning rate of 0."""
    learner, network = made(shares, optimizer="sgd", clip_norm=None, **settings)
    learner.step(0.0)
    learner.step(0.0)
    return [p.grad for p in network.parameters() if p.grad is not None], learner.read_metrics()


@pytest.mark.parametrize("cell", entry_names("training/cells"))
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"batch_size": 33},
        {"batch_size": 2},
        {"batch_size": 1},
        {"input": "one-hot", "embedding_size": None},
        {"batching": "windows", "batch_size": 37},
        {"batching": "windows", "target": "last", "stride": 3},
        {"batching": "windows", "batch_size": 2_000},  # an epoch's last batch is smaller
    ],
    ids=str,
)
@pytest.mark.parametrize("shares", [2, 3, 8])
def test_their_gradients_add_up_to_the_batchs(shares: int, settings: dict[str, Any], cell: str) -> None:
    (whole, metrics), (parts, metrics2) = (gradients(count, cell=cell, **settings) for count in (1, shares))
    assert len(whole) == len(parts)
    for one, other in zip(whole, parts, strict=True):
        assert (one - other).norm() <= 1e-5 * one.norm()
    np.testing.assert_allclose(metrics, metrics2, rtol=1e-5)


@pytest.mark.parametrize("optimizer", entry_names("training/optimizers"))
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_one_share_is_the_step_as_a_plain_loop_takes_it(optimizer: str, precision: str) -> None:
    settings: dict[str, Any] = {**DROPPING, "optimizer": optimizer, "weight_decay": 0.1, "precision": precision}
    learner, network = made(1, **settings)
    recipe = Recipe.model_validate({**SIZES, "threads": 1, **settings})
    context = open_device("cpu", recipe)
    for _ in range(5):
        learner.step(0.01)
    torch.manual_seed(recipe.seed)
    plain = CharNet(recipe, VOCABULARY).train()
    optimizers = build_optimizers(plain, recipe, context)
    batches, state = open_batches(recipe, IDS, context.device, resident=True), plain.zero_state(32)
    for _ in range(5):
        ids, targets = batches.next()
        plain.zero_grad()
        with context.autocast():
            logits, after = plain(ids, state)
        functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten()).backward()  # type: ignore[no-untyped-call]
        found = [p.grad for p in plain.parameters() if p.grad is not None]
        clip(found, clip_norm=recipe.clip_norm, clip_value=recipe.clip_value, sync_is_free=True)
        take_step(optimizers, 0.01, 0.1)
        state = tuple(tuple(part.detach().float() for part in layer) for layer in after)
    assert all(torch.equal(one, other) for one, other in zip(network.parameters(), plain.parameters(), strict=True))


@pytest.mark.parametrize("shares", [2, 3])
@pytest.mark.parametrize(
    "settings", [{"optimizer": "muon", "average": 0.9}, {"cell": "gru", "batch_size": 31}], ids=str
)
def test_whoever_executes_them_the_bits_are_the_same(shares: int, settings: dict[str, Any]) -> None:
    def trained(threads: int) -> dict[str, np.ndarray]:
        learner, _ = made(shares, threads, **DROPPING, **settings)
        for _ in range(6):
            learner.step(0.01)
        metrics = np.array(learner.read_metrics())
        return {**learner.arrays(), "metrics": metrics}

    one, *others = (trained(threads) for threads in (1, 2, 3))
    for other in others:
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[name], other[name]) for name in one)


def test_shares_drop_differently_and_as_the_seed_says() -> None:
    def states(seed: int) -> list[bytes]:
        context = open_device("cpu", Recipe(steps=1, threads=1)).with_shares(3, seed)
        return [array.tobytes() for name, array in context.random_states().items() if name != "random.cpu"]

    assert len({*states(5), *states(6)}) == 6
    assert states(5) == states(5)


@pytest.mark.parametrize(
    ("threads", "batch_size", "shares"),
    [(2, 32, 2), (2, 31, 1), (1, 64, 1), (16, 64, 4), (16, 512, 8), (3, 1_024, 3), (2, 1, 1)],
)
def test_a_share_has_at_least_sixteen_streams(threads: int, batch_size: int, shares: int) -> None:
    recipe = Recipe(steps=1, threads=threads, batch_size=batch_size)
    context = open_device("cpu", recipe)
    assert share_count(recipe, context.device.type, context.full_threads) == shares
    torch.set_num_threads(1)


@pytest.mark.parametrize(("streams", "shares"), [(1, 1), (1, 3), (2, 3), (7, 3), (8, 8), (100, 7)])
def test_a_cut_batch_is_whole(streams: int, shares: int) -> None:
    parts = cut(streams, shares)
    assert [k for part in parts for k in range(part.start, part.stop)] == list(range(streams))
    sizes = [part.stop - part.start for part in parts]
    assert len(parts) == min(streams, shares)
    assert max(sizes) - min(sizes) <= 1
    state = ((torch.rand(1, streams, 2), torch.rand(1, streams, 2)), (torch.rand(1, streams, 3),))
    again = joined([columns(state, part) for part in parts])
    assert all(torch.equal(a, b) for x, y in zip(state, again, strict=True) for a, b in zip(x, y, strict=True))


def test_a_share_that_finds_no_memory_pauses_the_run_and_its_batch_is_read_again(
    train: Train, only: Only, divided: Divided, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, calls = is_correct, iter(range(10**6))

    def called(logits: Tensor, targets: Tensor) -> Tensor:
        if next(calls) == 17:  # of the ninth step, and executed by either thread
            raise torch.OutOfMemoryError("out of memory")
        return plain(logits, targets)

    def go_on(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Paused):
            inbox.put(Resume())

    recipe = {"output_dropout": 0.0, "validation_fraction": 0, "monitor": "train_loss", "evaluate_every": 100}
    straight = only(train(**recipe, **divided(2)), Finished)[0]
    monkeypatch.setattr(learner_module, "is_correct", called)
    events = train(go_on, **recipe, **divided(2))
    (warned,) = only(events, Warned)
    assert "out of memory" in warned.message
    assert (only(events, Finished)[0].steps, only(events, Finished)[0].train_loss) == (20, straight.train_loss)


def test_a_share_that_fails_fails_the_run(
    train: Train, only: Only, divided: Divided, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Tensor:
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(learner_module, "is_correct", broken)
    (failed,) = only(train(**divided(2)), Failed)
    assert "shapes do not match" in failed.message
    assert "_read_share" in failed.cause


def test_numbers_that_are_not_finite_in_one_share_teach_nothing() -> None:
    learner, network = made(2, optimizer="sgd", weight_decay=0.0)
    before = [p.detach().clone() for p in network.parameters()]
    learner._state = network.zero_state(32)
    learner._state[0][0][0, -1, 0] = torch.nan
    learner.step(0.1)
    assert all(torch.equal(one, other) for one, other in zip(before, network.parameters(), strict=True))
    ((loss, _, norm),) = learner.read_metrics()
    assert np.isnan([loss, norm]).all()


@pytest.mark.parametrize("again", [False, True])
def test_a_runs_saves_say_how_many_it_has(again: bool, train: Train, only: Only, divided: Divided) -> None:
    started = only(train(**divided(3)), Started)[0]
    if again:
        train(resume=started.folder, added=True, steps=5, **divided(2))
    run = Run.open(Path(started.folder))
    arrays, _ = last_save(run)
    assert run.facts["shares"] == 3
    assert [name for name in sorted(arrays) if name.startswith("random.")] == [
        "random.cpu",
        *(f"random.share.{k}" for k in range(3)),
    ]


def test_a_run_leaves_no_thread_behind(train: Train, only: Only, divided: Divided) -> None:
    before = set(threading.enumerate())
    assert only(train(**divided(3), steps=None, minutes=0.01, hidden_size="auto"), Finished)
    last = time.monotonic() + 10
    while left := {thread.name for thread in set(threading.enumerate()) - before}:
        assert time.monotonic() < last, left
        time.sleep(0.01)
