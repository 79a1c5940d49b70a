from typing import Any

import pytest
import torch

from charplay.training.dropout import LEVELS, Dropout, drop


@pytest.mark.parametrize("p", [0.01, 0.2, 0.5, 0.9])
def test_the_asked_share_is_dropped_and_the_mean_stays(p: float) -> None:
    torch.manual_seed(3)
    values = drop(torch.ones(1000, 400), p)
    share = (values == 0).double().mean().item()
    assert abs(share - p) < 5 * (p * (1 - p) / values.numel()) ** 0.5 + 1 / LEVELS
    assert values.max().item() == pytest.approx(1 / (1 - p), rel=1e-3)
    assert values.double().mean().item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("shape", [(1,), (3,), (4,), (7, 5, 3), (0,)])
def test_any_shape_is_kept(shape: Any) -> None:
    assert drop(torch.ones(shape), 0.5).shape == shape


@pytest.mark.parametrize("p", [1e-9, 0.999999])
def test_shares_that_16_bits_do_not_tell_from_none_and_all(p: float) -> None:
    values = drop(torch.ones(10_000), p)
    assert values.isfinite().all()
    assert (values == 0).sum().item() == (0 if p < 0.5 else pytest.approx(10_000, abs=5))


def test_neighbours_are_dropped_independently() -> None:
    torch.manual_seed(4)
    dropped = (drop(torch.ones(100_000, 4), 0.3) == 0).double()  # a row's four decisions come from one draw
    assert torch.corrcoef(dropped.T).sub(torch.eye(4)).abs().max() < 0.02


def test_the_generator_decides_so_that_a_resumed_run_drops_the_same() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = drop(torch.ones(1001), 0.3)
    second = drop(torch.ones(1001), 0.3)
    torch.set_rng_state(before)
    assert torch.equal(drop(torch.ones(1001), 0.3), first)
    assert not torch.equal(first, second)


def test_the_gradient_is_dropped_with_the_value() -> None:
    values = torch.ones(50, requires_grad=True)
    kept = drop(values, 0.5)
    kept.sum().backward()  # type: ignore[no-untyped-call]
    assert values.grad is not None
    assert torch.equal(values.grad, kept.detach())


def test_nothing_is_dropped_outside_of_training_or_by_a_share_of_none() -> None:
    values = torch.ones(9)
    assert Dropout(0.5).eval()(values) is values
    assert Dropout(0.0)(values) is values
    assert Dropout(0.5)(values) is not values
