"""The held-out loss is what its definition says, and measuring it disturbs nothing."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from charplay.corpora.held_out import MAX_FINAL_CHARACTERS, final_characters
from charplay.recipes.recipe import Recipe
from charplay.training import evaluation as module
from charplay.training.device import open_device
from charplay.training.evaluation import Evaluation, EvaluationResult, is_correct
from charplay.training.network import CharNet
from charplay.training.token_ids import TokenIds

SIZE = 5


def made(
    count: int, held_out: int, window: int | None = None, **settings: Any
) -> tuple[Evaluation, CharNet, NDArray[np.uint8]]:
    sizes: dict[str, Any] = {
        "hidden_size": 6,
        "embedding_size": 3,
        "num_layers": 2,
        "output_dropout": 0.5,
        "steps": 1,
        "threads": 1,
    }
    recipe = Recipe.model_validate({**sizes, "dropout": 0.5, **settings})
    torch.manual_seed(2)
    network = CharNet(recipe, SIZE).train()
    context = open_device("cpu", recipe)
    ids = np.random.default_rng(1).integers(0, SIZE, count).astype(np.uint8)
    return Evaluation(TokenIds(ids, context.device, resident=True), held_out, context, window), network, ids


def run(reading: Iterator[Any]) -> EvaluationResult:
    while True:
        try:
            next(reading)
        except StopIteration as end:
            result: EvaluationResult = end.value
            return result


def surprises(network: CharNet, ids: NDArray[np.uint8], start: int, stop: int, warm_up: int) -> list[float]:
    """Nats of each character from `start` to `stop`, one at a time, warmed up on the characters before."""
    network.eval()
    state = network.zero_state(1)
    found = []
    with torch.no_grad():
        for t in range(start - warm_up, stop):
            logits, state = network(torch.tensor([[int(ids[t - 1])]]), state, last_only=True)
            if t >= start:
                found.append(torch.nn.functional.cross_entropy(logits, torch.tensor([int(ids[t])])).item())
    network.train()
    return found


def test_carried_is_each_piece_read_by_itself_after_its_warm_up() -> None:
    evaluation, network, ids = made(2_000, 900)
    score = run(evaluation.carried(network, 10**6))
    pieces, length = 4, 275  # 1,100 characters, 256 at least for a piece
    starts = [900 + k * length for k in range(pieces)]
    expected = [x for start in starts for x in surprises(network, ids, start, start + length, 256)]
    assert score.loss == pytest.approx(np.mean(expected), rel=1e-5)


def test_cold_blocks_begin_from_zero() -> None:
    evaluation, network, ids = made(1_500, 900)
    score = run(evaluation.cold(network, 10**6))
    expected = [x for k in range(2) for x in surprises(network, ids, 900 + 256 * k, 900 + 256 * (k + 1), 0)]
    assert score.loss == pytest.approx(np.mean(expected), rel=1e-5)


def test_last_reads_fresh_windows() -> None:
    evaluation, network, ids = made(400, 300, window=16)
    score = run(evaluation.measure(network, 10**6))
    expected = [surprises(network, ids, start, start + 16, 0)[-1] for start in range(300, 400 - 16 + 1, 2)]
    assert score.loss == pytest.approx(np.mean(expected), rel=1e-5)


@pytest.mark.parametrize("count", [1, 2, 30, 255, 256, 257, 700])
def test_any_held_out_text_has_a_loss(count: int) -> None:
    evaluation, network, _ = made(300 + count, 300, window=12)
    for reading in (evaluation.carried, evaluation.cold):
        assert np.isfinite(run(reading(network, 10**6)).loss)
    assert np.isfinite(run(evaluation.measure(network, 10**6)).loss)


def test_nothing_is_disturbed() -> None:
    evaluation, network, _ = made(900, 500)
    weights, random = network.export_weights(), torch.get_rng_state()
    reading = evaluation.carried(network, 10**6)
    next(reading)
    reading.close()
    run(evaluation.cold(network, 10**6))
    assert network.training
    assert torch.equal(torch.get_rng_state(), random)
    assert torch.is_grad_enabled()
    assert all(np.array_equal(array, network.export_weights()[name]) for name, array in weights.items())


def test_it_yields_between_pieces_of_work(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluation, network, _ = made(5_000, 1_000)
    monkeypatch.setattr(module, "CHUNK_FLOPS", 1e5)
    assert sum(1 for _ in evaluation.carried(network, 10**6)) > 10
    assert sum(1 for _ in evaluation.cold(network, 10**6)) > 10


def test_pieces_of_work_do_not_change_the_score(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluation, network, _ = made(3_000, 1_000)
    whole = run(evaluation.carried(network, 10**6))
    monkeypatch.setattr(module, "CHUNK_FLOPS", 1e5)
    assert run(evaluation.carried(network, 10**6)).loss == pytest.approx(whole.loss, rel=1e-6)


def test_correct_are_likeliest_guesses() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0], [3.0, 0.0, 0.0], [0.0, 1.0, 5.0]])
    assert is_correct(logits, torch.tensor([1, 1, 2])).tolist() == [True, False, True]


@pytest.mark.parametrize("count", [30, 700, 3_001])
def test_the_carried_loss_counts_the_characters_that_its_references_count(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluation, network, ids = made(300 + count, 300)
    predicted: list[torch.Tensor] = []

    def listen(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        predicted.append(targets)
        return is_correct(logits, targets)

    monkeypatch.setattr(module, "is_correct", listen)
    run(evaluation.carried(network, MAX_FINAL_CHARACTERS))
    expected = ids[300 : 300 + final_characters(count)]
    assert np.array_equal(np.bincount(torch.cat(predicted)), np.bincount(expected))
    assert len(torch.cat(predicted)) == len(expected)


@pytest.mark.parametrize("window", [None, 20])
@pytest.mark.parametrize("shares", [2, 3])
def test_shares_of_the_texts_come_to_the_same_loss_whoever_reads_them(shares: int, window: int | None) -> None:
    def measured(count: int, threads: int) -> list[EvaluationResult]:
        evaluation, network, _ = made(3_000, 1_000, window, threads=threads)
        evaluation._context = evaluation._context.with_shares(count, 1)
        return [run(evaluation.measure(network, 10**6)), run(evaluation.cold(network, 10**6))]

    whole, *others = measured(1, 1), *(measured(shares, threads) for threads in (1, 2, 3))
    assert others[0] == others[1] == others[2]
    for one, other in zip(whole, others[0], strict=True):
        assert other.loss == pytest.approx(one.loss, rel=1e-6)
        assert other.accuracy == pytest.approx(one.accuracy, rel=1e-6)


def test_the_final_evaluation_is_a_tenth_of_the_work_and_at_least_what_a_figure_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_CHARACTERS", 100)
    monkeypatch.setattr(module, "MAX_FINAL_CHARACTERS", 900)
    streams, windows = made(2_000, 1_000)[0], made(2_000, 1_000, window=16)[0]
    assert [streams.affordable_characters(trained) for trained in (0, 1_000, 4_000, 10**7)] == [100, 150, 600, 900]
    assert [windows.affordable_characters(trained) for trained in (0, 1_000, 4_000, 10**7)] == [100, 100, 150, 900]
    assert made(2_000, 1_950)[0].affordable_characters(10**7) == 50
    assert [streams.counted(count) for count in (100, 600, 777)] == [100, 600, 777 // 3 * 3]
    assert windows.counted(777) == 777
