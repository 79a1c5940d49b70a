"""A few threads that execute tasks together with the thread that asks for them."""

import threading
import weakref
from collections.abc import Callable, Sequence
from itertools import count
from queue import SimpleQueue
from typing import Any, Generic, TypeVar, cast

import torch

from charplay.training import malloc

Result = TypeVar("Result")
Task = Callable[[], Result]


class Workers:
    """Executes tasks on `threads` threads: the calling one, and helpers that compute with one thread of torch each.

    Helpers are daemons. They end when their `Workers` are closed, or when nobody refers to them any more. torch's modes
    (no gradients, autocast) belong to a thread: a task enters those that it needs.
    """

    def __init__(self, threads: int) -> None:
        self._helpers = threads - 1
        self._rounds: SimpleQueue[_Round[Any] | None] = SimpleQueue()
        if self._helpers:
            malloc.use_one_arena()
        for _ in range(self._helpers):
            threading.Thread(target=_help, args=(self._rounds,), name="training share", daemon=True).start()
        self._dismiss = weakref.finalize(self, _dismiss, self._rounds, self._helpers)

    def close(self) -> None:
        """Let the helpers end; the calling thread executes what comes after by itself."""
        self._helpers = 0
        self._dismiss()

    def run(self, tasks: Sequence[Task[Result]]) -> list[Result]:
        """Execute all `tasks`, wait for them, and return their results in order; raise the first task's error."""
        pending = _Round(tasks)
        for _ in range(min(self._helpers, len(tasks) - 1)):
            self._rounds.put(pending)
        pending.work()
        return pending.results()


class _Round(Generic[Result]):
    """Tasks that are executed together; whichever thread is free takes the next one."""

    def __init__(self, tasks: Sequence[Task[Result]]) -> None:
        self._tasks = tasks
        self._next = count()  # its next number is taken under the interpreter's lock
        self._results: list[Result | None] = [None] * len(tasks)
        self._errors: dict[int, BaseException] = {}
        self._executed = threading.Semaphore(0)

    def work(self) -> None:
        """Execute tasks until each is taken by somebody."""
        for index in self._next:
            if index >= len(self._tasks):
                return
            try:
                self._results[index] = self._tasks[index]()
            except BaseException as error:  # noqa: BLE001 - raised again where the results are asked for
                self._errors[index] = error
            finally:
                self._executed.release()

    def results(self) -> list[Result]:
        """Wait for all tasks."""
        for _ in self._tasks:
            self._executed.acquire()
        errors, self._errors = self._errors, {}
        try:
            if errors:
                raise errors[min(errors)]
        finally:
            errors.clear()  # an error that this frame kept would keep the failing task's tensors
        return cast("list[Result]", self._results)


def _help(rounds: "SimpleQueue[_Round[Any] | None]") -> None:
    torch.set_num_threads(1)
    while _help_once(rounds):
        pass


def _help_once(rounds: "SimpleQueue[_Round[Any] | None]") -> bool:
    """Work at the next round; False if there is none any more. Afterwards this thread keeps none of its tensors."""
    pending = rounds.get()
    if pending is None:
        return False
    pending.work()
    return True


def _dismiss(rounds: "SimpleQueue[_Round[Any] | None]", helpers: int) -> None:
    for _ in range(helpers):
        rounds.put(None)
