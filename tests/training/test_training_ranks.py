"""Ranks: who computes which share, what they say to one another, and what torchrun says of them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from trainings import Divided, Only, Train

from charplay.protocol.events import Failed, Started
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.errors import RecipeError
from charplay.recipes.network import share_count
from charplay.recipes.recipe import Recipe
from charplay.runs.run import Run
from charplay.training import ranks as module
from charplay.training.device import Device, DeviceError, choose
from charplay.training.ranks import ALONE, HEAD_BYTES, LENGTH_BYTES, Ranks, launched_ranks
from charplay.training.resume_checks import changed_facts
from charplay.training.run_training import open_training

TORCHRUN = {"TORCHELASTIC_RUN_ID": "none", "RANK": "1", "WORLD_SIZE": "3", "LOCAL_RANK": "1"}


@pytest.mark.parametrize(("shares", "size"), [(1, 1), (2, 2), (3, 2), (8, 3), (7, 7), (16, 5)])
def test_every_share_has_one_rank(shares: int, size: int) -> None:
    own = [Ranks(rank, size).own(shares) for rank in range(size)]
    assert [k for part in own for k in part] == list(range(shares))
    assert max(map(len, own)) - min(map(len, own)) <= 1
    assert all(k in own[Ranks(0, size).owner(k, shares)] for k in range(shares))


@pytest.mark.parametrize("length", [0, HEAD_BYTES - LENGTH_BYTES - 11, HEAD_BYTES - LENGTH_BYTES - 10, 5_000])
@pytest.mark.parametrize(
    "arrays", [None, {}, {"weights.a": np.arange(6.0).reshape(2, 3), "random": np.array([3], np.uint8)}]
)
def test_what_is_announced_is_heard(
    length: int, arrays: dict[str, np.ndarray] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire: list[torch.Tensor] = []
    speaker, hearer = Ranks(0, 2), Ranks(1, 2)
    monkeypatch.setattr(module, "PIECE_BYTES", 1_000)
    monkeypatch.setattr(speaker, "spread", lambda tensor, source=0: wire.append(tensor.clone()))
    monkeypatch.setattr(hearer, "spread", lambda tensor, source=0: tensor.copy_(wire.pop(0)))
    speaker.announce("step", "x" * length, 0.1, arrays=arrays)
    call, values, found = hearer.hear()
    assert (call, values) == ("step", ["x" * length, 0.1])
    assert found.keys() == (arrays or {}).keys()
    assert all(np.array_equal(found[name], array) for name, array in (arrays or {}).items())
    assert wire == []


def test_a_step_is_announced_in_one_broadcast(monkeypatch: pytest.MonkeyPatch) -> None:
    ranks, sent = Ranks(0, 2), []
    monkeypatch.setattr(ranks, "spread", lambda tensor, source=0: sent.append(tensor))
    ranks.announce("step", 0.012345678901234567)
    assert len(sent) == 1


def test_alone_nothing_is_said_or_added() -> None:
    tensor = torch.ones(3)
    ALONE.announce("step", 0.1)
    ALONE.add_up([tensor])
    ALONE.dismiss(finished=True)
    assert ALONE.spread(tensor) is tensor
    assert tensor.tolist() == [1, 1, 1]
    assert ALONE.own(5) == range(5)


def test_torchrun_says_which_rank_this_is() -> None:
    found = launched_ranks(TORCHRUN)
    assert (found.rank, found.size, found.local_rank) == (1, 3, 1)
    assert launched_ranks({}) is ALONE
    assert launched_ranks({"RANK": "1", "WORLD_SIZE": "3"}) is ALONE, "not torchrun's"
    assert launched_ranks(TORCHRUN | {"RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"}) is ALONE


@pytest.mark.parametrize("wrong", [{"WORLD_SIZE": "1"}, {"WORLD_SIZE": ""}, {"RANK": "-1"}, {"LOCAL_RANK": "x"}])
def test_variables_that_do_not_fit_are_said(wrong: dict[str, str]) -> None:
    with pytest.raises(RecipeError, match=r"do not fit together .*start charplay by torchrun"):
        launched_ranks(TORCHRUN | wrong)


@pytest.mark.parametrize(
    ("threads", "ranks", "batch_size", "shares"),
    [(1, 2, 32, 2), (2, 2, 64, 4), (2, 2, 32, 2), (4, 3, 64, 3), (16, 2, 512, 16), (1, 4, 16, 4), (1, 4, 3, 3)],
)
def test_ranks_divide_a_batch_as_threads_do(threads: int, ranks: int, batch_size: int, shares: int) -> None:
    recipe = Recipe(steps=1, threads=threads, batch_size=batch_size)
    assert share_count(recipe, "cpu", threads, ranks) == shares
    assert share_count(recipe, "cuda:0", threads, ranks) == min(ranks, batch_size)


def refused(home: Path, recipe: dict[str, Any], size: int = 2, **request: Any) -> Failed:
    asked = TrainRequest(home=str(home), recipe=recipe, **request)
    last = list(open_training(asked, CommandQueue(), Ranks(0, size)))[-1]
    assert isinstance(last, Failed)
    return last


def test_minutes_are_refused(home: Path, asked: dict[str, object]) -> None:
    failed = refused(home, asked | {"steps": None, "minutes": 1.0})
    assert failed.misuse
    assert failed.message == "several processes train for steps or epochs, not for minutes; name --steps or --epochs"


def test_more_ranks_than_streams_are_refused(home: Path, asked: dict[str, object]) -> None:
    failed = refused(home, asked | {"batch_size": 4}, size=5)
    assert failed.misuse
    assert "a batch of 4 streams in 4 shares is too little for 5 processes; start 4" in failed.message
    assert not list((home / "checkpoints").iterdir())


def test_a_run_with_too_few_shares_is_refused_and_stays_as_it_was(home: Path, train: Train, only: Only) -> None:
    folder = Path(only(train(), Started)[0].folder)
    before = {path: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}
    failed = refused(home, Run.open(folder).asked.model_dump() | {"steps": 30}, resume=str(folder))
    assert "in 1 share is too little for 2 processes; start 1" in failed.message
    assert {path: path.read_bytes() for path in folder.iterdir() if path.name != "lock"} == before


def test_without_torch_distributed_there_is_a_sentence(
    home: Path, asked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.distributed, "is_available", lambda: False)
    failed = refused(home, asked)
    assert failed.misuse
    assert "built without torch.distributed" in failed.message


@pytest.mark.parametrize(("shares", "said"), [(2, []), (3, ["ranks was 1 and is 2"])])
def test_the_order_of_a_sum_of_two_makes_no_difference(
    shares: int, said: list[str], train: Train, only: Only, divided: Divided
) -> None:
    run = Run.open(Path(only(train(**divided(shares)), Started)[0].folder))
    now = {**run.facts, "ranks": 2}
    assert changed_facts(run, now, shares) == said
    former = {name: value for name, value in run.facts.items() if name != "ranks"}
    run.update(asked=run.asked, resolved=run.resolved, facts=former)
    assert changed_facts(run, now, shares) == said, "a run of before had one"


def test_each_rank_of_a_machine_takes_its_own_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    cards = [Device("cpu", "CPU", 1, 1), Device("cuda:0", "A", 1, 2), Device("cuda:1", "B", 2, 2)]
    assert [choose("auto", cards, Ranks(k, 2, k)).name for k in (0, 1)] == ["cuda:0", "cuda:1"]
    assert choose("cpu", cards, Ranks(1, 2, 1)).name == "cpu"
    with pytest.raises(DeviceError, match="no device cuda:2 here"):
        choose("auto", cards, Ranks(2, 3, 2))
