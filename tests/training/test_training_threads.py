"""How many threads a run takes: what is named, else what it may use, without what others use."""

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from trainings import Divided, Only, Train, stop_at

from charplay.protocol.events import Started
from charplay.recipes.recipe import Recipe
from charplay.runs.run import Run
from charplay.training import control_group, processor_load, threads
from charplay.training.control_group import GroupProcessors
from charplay.training.device import open_device
from charplay.training.processor_load import ProcessorUse, free_processors, free_threads, read_use
from charplay.training.threads import choose_threads, thread_count

AUTO = Recipe(steps=1)


@pytest.mark.parametrize(("quota", "threads"), [(None, 6), (2.5, 2), (0.3, 1), (64.0, 6)])
def test_threads_follow_affinity_and_control_group(
    monkeypatch: pytest.MonkeyPatch, quota: float | None, threads: int
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(6)), raising=False)
    monkeypatch.setattr(control_group, "cpu_quota", lambda: quota)
    assert thread_count() == threads


@pytest.mark.parametrize(("named", "threads"), [("3", 3), ("40", 40), ("5,2", 5), ("0", 6), ("", 6), ("many", 6)])
@pytest.mark.fault("8")
def test_a_person_who_names_a_number_of_threads_gets_it(
    monkeypatch: pytest.MonkeyPatch, named: str, threads: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", named)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(6)), raising=False)
    monkeypatch.setattr(control_group, "cpu_quota", lambda: None)
    assert thread_count() == threads


def use(at: float, own: float, busy: float, *groups: float) -> ProcessorUse:
    """A reading of a machine whose control groups may use two processors each."""
    return ProcessorUse(own, busy, {Path(str(k)): GroupProcessors(2, used) for k, used in enumerate(groups)}, at)


@pytest.mark.parametrize(
    ("now", "free"),
    [
        (use(1.0, 0.0, 0.0), 4.0),
        (use(1.0, 1.0, 1.0), 4.0),  # what this process does is not others'
        (use(2.0, 1.0, 4.0), 2.5),
        (use(0.5, 0.0, 2.0), 0.0),
        (use(1.0, 0.0, 1.0, 0.0), 2.0),  # of its group's two
        (use(1.0, 0.5, 1.5, 1.5), 1.0),
        (use(1.0, 0.0, 3.5, 1.0), 0.5),  # others outside of the group take more
        (use(1.0, 0.0, 1.0, 1.0, 0.0), 1.0),
    ],
)
def test_free_is_what_others_leave_of_the_machine_and_of_the_group(now: ProcessorUse, free: float) -> None:
    assert free_processors(use(0.0, 0.0, 0.0, *(0.0 for _ in now.groups)), now, 4) == pytest.approx(free)


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`beside(1.0)`: others use so many of four processors."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(processor_load, "allowed_processors", lambda: [0, 1, 2, 3])
    monkeypatch.setattr(threads, "allowed_processors", lambda: [0, 1, 2, 3])
    monkeypatch.setattr(control_group, "cpu_quota", lambda: None)

    def busy(others: float) -> None:
        monkeypatch.setattr(processor_load, "free_processors", lambda _since, _now, allowed: allowed - others)

    return busy


@pytest.mark.fault("8")
@pytest.mark.parametrize(("others", "taken"), [(0, 4), (0.4, 4), (0.6, 3), (1.9, 2), (3, 1), (3.9, 1), (-0.1, 4)])
def test_auto_takes_the_threads_that_are_free_and_says_how_many(beside: Any, others: float, taken: int) -> None:
    beside(others)
    assert free_threads(4) == taken
    context = open_device("cpu", AUTO)
    assert (context.threads, context.full_threads) == (taken, 4)
    assert context.description.startswith("cpu, 4 threads" if taken == 4 else f"cpu, {taken} of 4 threads")
    assert torch.get_num_threads() == taken
    torch.set_num_threads(1)


def test_who_names_a_number_gets_it_however_busy_the_machine_is(beside: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    beside(3.5)
    assert choose_threads("cpu", Recipe(steps=1, threads=4), None) == (4, 4)
    assert choose_threads("cuda:0", AUTO, None) == (4, 4), "a card's threads only feed it"
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert choose_threads("cpu", AUTO, None) == (3, 3)


def test_a_run_of_one_share_keeps_its_threads_and_others_take_what_is_free(beside: Any) -> None:
    beside(3.0)
    assert choose_threads("cpu", AUTO, {"threads": 3, "shares": 1}) == (3, 4)
    assert choose_threads("cpu", AUTO, {"threads": 3}) == (3, 4), "as does a run of before there were shares"
    assert choose_threads("cpu", AUTO, {"threads": 9}) == (4, 4)
    assert choose_threads("cpu", AUTO, {"threads": 3, "shares": 2}) == (1, 4)


def test_the_bits_of_a_new_run_are_the_same_on_a_busy_machine(
    beside: Any, train: Train, only: Only, divided: Divided
) -> None:
    def shares(others: float) -> object:
        beside(others)
        return Run.open(Path(only(train(stop_at(0), **divided(1) | {"threads": "auto"}), Started)[0].folder)).facts

    busy, idle = shares(3.0), shares(0.0)
    assert isinstance(busy, dict)
    assert isinstance(idle, dict)
    assert (busy["shares"], idle["shares"]) == (4, 4)
    assert (busy["threads"], idle["threads"]) == (1, 4)
    torch.set_num_threads(1)


def test_readings_grow_and_are_of_this_machine() -> None:
    before = read_use()
    sum(k * k for k in range(10**6))
    after = read_use()
    assert after.at > before.at
    assert after.own >= before.own
    assert after.busy >= before.busy
    assert 1 <= free_threads(2, before) <= 2
    assert free_threads(1) == 1
