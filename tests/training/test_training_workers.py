"""Threads that execute tasks: results in order, errors where they were asked for, and an end."""

import gc
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial

import pytest
import torch

from charplay.training.workers import Workers


def until(condition: Callable[[], bool]) -> None:
    last = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.01)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 17])
def test_results_come_in_the_order_of_the_tasks(threads: int, count: int) -> None:
    workers = Workers(threads)
    for _ in range(20):
        assert workers.run([partial(pow, k, 2) for k in range(count)]) == [k * k for k in range(count)]


def test_tasks_run_at_the_same_time_each_with_one_thread_of_torch() -> None:
    meeting = threading.Barrier(3)

    def task() -> tuple[int, str]:
        meeting.wait(10)
        return torch.get_num_threads(), threading.current_thread().name

    torch.set_num_threads(1)
    found = Workers(3).run([task] * 3)
    assert [count for count, _ in found] == [1, 1, 1]
    assert sorted(name for _, name in found)[1:] == ["training share"] * 2


@pytest.mark.parametrize("threads", [1, 3])
def test_the_first_tasks_error_is_raised_once_all_are_done(threads: int) -> None:
    done = []

    def task(k: int) -> None:
        if k in {1, 3}:
            raise ValueError(str(k))
        done.append(k)

    workers = Workers(threads)
    for _ in range(50):
        done.clear()
        with pytest.raises(ValueError, match="1"):
            workers.run([partial(task, k) for k in range(5)])
        assert sorted(done) == [0, 2, 4]
    assert workers.run([lambda: 7]) == [7], "they go on"


def test_an_error_that_was_handled_keeps_no_tensor() -> None:
    held: list[weakref.ref[torch.Tensor]] = []
    meeting = threading.Barrier(2)

    def task() -> None:
        tensor = torch.zeros(9)
        held.append(weakref.ref(tensor))
        meeting.wait(10)
        raise MemoryError(str(tensor.numel()))

    workers = Workers(2)
    gc.disable()
    try:
        with pytest.raises(MemoryError):
            workers.run([task, task])
        until(lambda: all(reference() is None for reference in held))
    finally:
        gc.enable()
    assert len(held) == 2


@pytest.mark.parametrize("closed", [True, False])
def test_threads_end_with_their_workers_and_are_daemons(closed: bool) -> None:
    before = set(threading.enumerate())
    workers = Workers(4)
    helpers = set(threading.enumerate()) - before
    assert len(helpers) == 3
    assert all(thread.daemon for thread in helpers)
    assert workers.run([lambda: 1]) == [1]
    if closed:
        workers.close()
        workers.close()
        assert workers.run([lambda: 1, lambda: 2]) == [1, 2], "without help"
    else:
        del workers
    until(lambda: not any(thread.is_alive() for thread in helpers))
