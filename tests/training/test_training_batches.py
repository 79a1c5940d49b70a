"""Streams and windows: which characters a batch holds, and where the next one goes on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.recipes.network import examples_per_epoch, steps_per_epoch
from charplay.recipes.recipe import Recipe
from charplay.training.batches import open_batches
from charplay.training.shuffling import shuffled
from charplay.training.token_ids import TokenIds

CPU = torch.device("cpu")


def batches_of(count: int, dtype: type[np.uint16] = np.uint16, **values: Any) -> tuple[Any, Recipe]:
    recipe = Recipe.model_validate({"steps": 1, "validation_fraction": 0, **values})
    return open_batches(recipe, np.arange(count, dtype=dtype), CPU, resident=True), recipe


@given(st.integers(2, 400), st.integers(1, 9), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_streams_read_everything_in_order(count: int, length: int, size: int) -> None:
    batches, recipe = batches_of(count, sequence_length=length, batch_size=size)
    if length * size < count:
        assert batches.steps_per_epoch == steps_per_epoch(recipe, count)
    columns = []
    for _ in range(3 * batches.steps_per_epoch + count):
        ids, targets = batches.next()
        assert ids.shape == targets.shape == (length, size)
        assert torch.equal(targets, (ids + 1) % count), "the target is the next character, around the text's end"
        columns.append(ids)
    stream = torch.cat(columns)
    assert torch.equal(stream[1:], (stream[:-1] + 1) % count), "each stream goes on where it was"
    assert set(stream[:, 0].tolist()) == set(range(count)), "nothing is left out"


@given(
    st.integers(8, 300),
    st.integers(1, 7),
    st.integers(1, 5),
    st.integers(1, 9),
    st.booleans(),
    st.none() | st.integers(1, 40),
)
@settings(max_examples=60, deadline=None)
def test_an_epoch_of_windows_is_every_window_once(
    count: int, length: int, stride: int, size: int, shuffle: bool, limit: int | None
) -> None:
    batches, recipe = batches_of(
        count,
        batching="windows",
        sequence_length=length,
        stride=stride,
        batch_size=size,
        shuffle=shuffle,
        window_limit=limit,
    )
    for epoch in range(2):
        starts = []
        for _ in range(batches.steps_per_epoch):
            ids, targets = batches.next()
            assert torch.equal(ids, ids[:1] + torch.arange(length).unsqueeze(1))
            assert torch.equal(targets, ids + 1)
            starts += ids[0].tolist()
        assert len(starts) == examples_per_epoch(recipe, count)
        assert sorted(starts) == list(range(0, count - length, stride))[:limit]
        assert shuffle or starts == sorted(starts)
        assert batches.state() == {"epoch": epoch + 1, "done": 0}


def test_the_last_target_only() -> None:
    batches, _ = batches_of(50, batching="windows", sequence_length=5, batch_size=4, target="last", shuffle=False)
    ids, targets = batches.next()
    assert targets.tolist() == [5, 6, 7, 8]
    assert ids.shape == (5, 4)


@pytest.mark.parametrize("values", [{}, {"batching": "windows", "stride": 3}], ids=["stream", "windows"])
@given(steps=st.integers(0, 200))
@settings(max_examples=20, deadline=None)
def test_a_position_is_taken_up_again(values: dict[str, Any], steps: int) -> None:
    values = {"sequence_length": 4, "batch_size": 3, **values}
    one, _ = batches_of(200, **values)
    for _ in range(steps):
        one.next()
    other, _ = batches_of(200, **values)
    other.load(one.state())
    for _ in range(70):
        assert all(torch.equal(a, b) for a, b in zip(one.next(), other.next(), strict=True))


@pytest.mark.parametrize("values", [{}, {"batching": "windows", "stride": 3}], ids=["stream", "windows"])
@given(steps=st.integers(1, 50))
@settings(max_examples=20, deadline=None)
def test_a_batch_is_given_once_more(values: dict[str, Any], steps: int) -> None:
    batches, _ = batches_of(200, **{"sequence_length": 4, "batch_size": 3, **values})
    for _ in range(steps):
        before, given = batches.state(), batches.next()
    after = batches.state()
    batches.repeat_last()
    assert batches.state() == before
    assert all(torch.equal(a, b) for a, b in zip(batches.next(), given, strict=True))
    assert batches.state() == after


@pytest.mark.parametrize("values", [{}, {"batching": "windows", "stride": 3}], ids=["stream", "windows"])
def test_a_batch_for_which_there_was_no_memory_is_still_to_come(
    values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"sequence_length": 4, "batch_size": 3, **values}
    (straight, _), (interrupted, _) = batches_of(200, **values), batches_of(200, **values)

    def full(*_: TokenIds | torch.Tensor) -> None:
        raise MemoryError

    for _ in range(40):
        with monkeypatch.context() as patch:
            patch.setattr(TokenIds, "gather", full)
            with pytest.raises(MemoryError):
                interrupted.next()
        assert all(torch.equal(a, b) for a, b in zip(straight.next(), interrupted.next(), strict=True))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_ids_keep_their_type_and_are_not_copied(dtype: type[Any], tmp_path: Path) -> None:
    path = tmp_path / "ids"
    values = np.array([0, 1, 200, np.iinfo(dtype).max // 2], dtype=dtype)
    values.tofile(path)
    mapped = np.memmap(path, dtype=dtype, mode="r")
    ids = TokenIds(mapped, CPU, resident=True)
    assert ids.gather(torch.tensor([[3, 2], [1, 0]])).tolist() == [[int(values[3]), 200], [1, 0]]
    assert ids._ids.data_ptr() == mapped.ctypes.data


@given(st.integers(1, 3000), st.integers(0, 2**63 - 1), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_an_order_is_a_permutation_that_needs_no_memory(count: int, seed: int, epoch: int) -> None:
    order = shuffled(np.arange(count), count, seed, epoch)
    assert np.array_equal(np.sort(order), np.arange(count))
    part = np.arange(count)[count // 3 :: 7]
    assert np.array_equal(shuffled(part, count, seed, epoch), order[part]), "each place is known by itself"


def test_orders_differ_between_epochs_and_seeds_and_look_random() -> None:
    count = 10_000
    places = np.arange(count)
    one, two, three = (shuffled(places, count, seed, epoch) for seed, epoch in ((1, 0), (1, 1), (2, 0)))
    for order in (one, two, three):
        assert abs(np.corrcoef(places, order)[0, 1]) < 0.05
        assert abs(np.corrcoef(order[1:], order[:-1])[0, 1]) < 0.05
        thirds = np.bincount(order[: count // 3] * 10 // count, minlength=10)
        assert (np.abs(thirds - count / 30) < 5 * (count / 30) ** 0.5).all()
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.05
    assert abs(np.corrcoef(one, three)[0, 1]) < 0.05
