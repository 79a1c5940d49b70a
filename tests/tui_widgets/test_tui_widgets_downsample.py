from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.playground.run_curves import RunCurves
from charplay.plotting.downsample import X_AXES, DownsampledCurve
from charplay.protocol.events import Row

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300)


def filled(values: list[float], buckets: int = 8) -> DownsampledCurve:
    history = DownsampledCurve(buckets=buckets)
    for i, value in enumerate(values):
        history.add(value, (float(i), i / 10, i * 64.0, i * 0.5))
    return history


@given(VALUES)
def test_extremes_survive_and_memory_is_bounded(values: list[float]) -> None:
    history = filled(values)
    x, y = history.points()
    assert y.min() == min(values)
    assert y.max() == max(values)
    assert len(x) == len(y) <= 2 * 8
    assert (np.diff(x) >= 0).all()


@given(VALUES)
def test_every_point_was_a_reading(values: list[float]) -> None:
    x, y = filled(values).points()
    assert all(values[int(i)] == v for i, v in zip(x, y, strict=True))


@given(VALUES)
def test_every_bucket_keeps_its_own_extremes(values: list[float]) -> None:
    history = filled(values)
    x, y = history.points()
    for start in range(0, len(values), history.stride):
        bucket = values[start : start + history.stride]
        kept = y[(x >= start) & (x < start + history.stride)]
        assert (kept.min(), kept.max()) == (min(bucket), max(bucket))


@given(VALUES | st.lists(st.floats(), max_size=40), st.lists(st.integers(1, 60)))
def test_many_readings_at_once_are_kept_as_one_by_one(values: list[float], pieces: list[int]) -> None:
    history, start = DownsampledCurve(buckets=8), 0
    for size in [*pieces, len(values) + 1]:
        part = np.arange(start, min(start + size, len(values)))
        history.extend(np.array(values, float)[part], np.column_stack([part, part / 10, part * 64.0, part * 0.5]))
        start += len(part)
    alone = filled(values)
    assert history.stride == alone.stride
    for axis in X_AXES:
        for found, wanted in zip(history.points(axis), alone.points(axis), strict=True):
            assert found.tolist() == wanted.tolist()


def test_what_is_not_finite_never_reaches_the_curve() -> None:
    history = filled([1.0, float("nan"), float("inf"), 2.0])
    assert set(history.points()[1]) == {1.0, 2.0}


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 500)), max_size=6), st.integers(1, 500))
def test_characters_are_counted_also_where_a_steps_number_of_them_changes(
    changes: list[tuple[int, int]], first: int
) -> None:
    run, step, pace, read, expected = RunCurves(characters_per_step=first), 0, first, 0, []
    for steps, following in [*changes, (5, 1)]:
        for _ in range(steps):
            step, read = step + 1, read + pace
            run.add([Row(step=step, epoch=0.0, seconds=0.0, train_loss=1.0 + step)])
            expected.append(read)
        run.read_on(step, 10**6)  # taken back at once
        run.read_on(step, pace := following)
    assert sorted(set(run.points("train_loss", "characters")[0])) == expected


def test_a_run_counts_by_every_clock() -> None:
    run = RunCurves(characters_per_step=100)
    run.add(
        Row(step=i, epoch=i / 4, seconds=i * 2.0, train_loss=1 / i, val_loss=2.0 if i == 8 else None)
        for i in range(1, 9)
    )
    for clock, last in {"step": 8, "epoch": 2, "characters": 800, "seconds": 16}.items():
        x, y = run.points("train_loss", clock)
        assert x[-1] == last
        assert y[-1] == 1 / 8
    assert run.points("val_loss")[0].tolist() == [8, 8]
    assert run.points("grad_norm")[0].size == 0
    assert run.at(4, "seconds") == 8
    assert run.at(4, "step") == 4


def test_a_run_is_read_back_from_its_lines() -> None:
    run = RunCurves()
    run.read([{"step": 1, "epoch": 0.5, "seconds": 2.0, "train_loss": 3.0, "of the future": 1.0}])
    assert run.points("train_loss", "seconds")[0].tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"epoch": "early"},
        {"seconds": []},
        {"train_loss": "1.5"},
        {"train_loss": {}},
        {"step": 10**400},
        {"val_loss": [1]},
    ],
)
def test_what_is_no_row_leaves_the_rows_beside_it(broken: dict[str, Any]) -> None:
    run = RunCurves()
    good = [
        {"step": at, "epoch": at / 2, "seconds": at * 2.0, "train_loss": float(at), "val_loss": None} for at in (1, 2)
    ]
    run.read([good[0], {**good[0], **broken} if broken else {"step": 1}, good[1]])
    assert set(run.points("train_loss")[1]) == {1.0, 2.0}
    assert run.points("val_loss")[1].size == 0


@given(st.integers(1, 200), st.integers(0, 200))
def test_what_was_cut_is_gone_and_what_comes_after_is_kept(readings: int, step: int) -> None:
    history = DownsampledCurve(buckets=16)
    for at in range(1, readings + 1):
        history.add(float(at % 7), (float(at),) * 4)
    before = history.points()[0]
    stride = history.stride
    history.cut(step)
    after = history.points()[0]
    assert not (after > step).any()
    assert set(before[before <= step - 2 * stride]) <= set(after)
    history.add(9.0, (step + 1.0,) * 4)
    assert history.points()[0][-1] == step + 1
