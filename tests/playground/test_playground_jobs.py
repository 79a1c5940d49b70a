"""Jobs: what they tell, in which order, and what is never told of one that was cancelled."""

import threading
from collections.abc import Callable

import pytest

from charplay.corpora.errors import Cancelled, CorpusError
from charplay.corpora.progress import Watch
from charplay.playground.jobs import BackgroundJob, JobEnded, JobProgressed, Jobs, JobSlot


def told(jobs: Jobs, number: int) -> list[JobProgressed | JobEnded]:
    """What so many jobs tell until they have ended."""
    found: list[JobProgressed | JobEnded] = []
    pause = threading.Event()
    for _ in range(2000):
        found += jobs.advance()
        if sum(isinstance(each, JobEnded) for each in found) >= number:
            return found
        pause.wait(0.002)
    raise AssertionError("they never ended")


def test_a_job_tells_how_far_it_is_and_what_came_of_it() -> None:
    jobs, go_on, reached = Jobs(), threading.Event(), threading.Event()

    def work(watch: Watch) -> str:
        assert watch(0.42)
        reached.set()
        go_on.wait(5)
        return "done"

    job = jobs.start(BackgroundJob(work))
    reached.wait(5)
    (progress,) = jobs.advance()
    assert isinstance(progress, JobProgressed)
    assert (progress.job, progress.percent) == (job, 42)
    assert jobs.advance() == []
    assert not job.done
    go_on.set()
    (end,) = told(jobs, 1)
    assert isinstance(end, JobEnded)
    assert end.job is job
    assert (job.result, job.fault) == ("done", None)
    assert len(jobs) == 0


def opened(gate: threading.Event) -> Callable[[object], bool]:
    """Work that ends when the gate is open."""
    return lambda _watch: gate.wait(5)


def test_jobs_are_told_in_the_order_in_which_they_ended() -> None:
    jobs = Jobs()
    gates = [threading.Event() for _ in range(3)]
    started = [jobs.start(BackgroundJob(opened(gate))) for gate in gates]
    pause = threading.Event()
    for number in (2, 0, 1):
        gates[number].set()
        while not started[number].done:
            pause.wait(0.001)
    assert [each.job for each in jobs.advance()] == [started[2], started[0], started[1]]


@pytest.mark.parametrize("raised", [CorpusError("It is no text."), ZeroDivisionError("by zero"), None])
def test_a_fault_is_the_outcome_and_ends_no_thread_with_a_traceback(raised: Exception | None) -> None:
    def work(_watch: Watch) -> int:
        if raised:
            raise raised
        return 3

    jobs = Jobs()
    job = jobs.start(BackgroundJob(work))
    told(jobs, 1)
    assert job.fault is raised
    assert job.result == (None if raised else 3)


@pytest.mark.parametrize("heeds", [True, False])
def test_nothing_is_told_of_a_job_that_was_cancelled_however_it_ends(heeds: bool) -> None:
    jobs, go_on, ended = Jobs(), threading.Event(), threading.Event()

    def work(watch: Watch) -> str:
        go_on.wait(5)
        goes_on = watch(0.5)
        ended.set()
        if heeds and not goes_on:
            raise Cancelled
        return "late"

    job = jobs.start(BackgroundJob(work))
    job.cancel()
    go_on.set()
    ended.wait(5)
    job.run()  # the second time in this thread, so that it has surely ended
    assert not job.done
    assert jobs.advance() == []
    assert len(jobs) == 0


def test_a_slot_gives_its_job_once_and_only_when_it_has_ended() -> None:
    slot, job = JobSlot[int](), BackgroundJob(lambda watch: int(watch(0.42)))
    assert (slot.busy, slot.percent, slot.take_ended(), slot.cancel()) == (False, -1, None, False)
    slot.put(job)
    assert (slot.busy, slot.percent, slot.take_ended()) == (True, -1, None)
    job.run()
    assert slot.percent == 42
    assert slot.take_ended() is job
    assert job.result == 1
    assert (slot.busy, slot.take_ended()) == (False, None)


@pytest.mark.parametrize("by_another", [True, False])
def test_a_job_that_lost_its_slot_is_cancelled_and_never_given(by_another: bool) -> None:
    slot = JobSlot[int]()
    first, second = BackgroundJob(lambda watch: int(watch(0.5))), BackgroundJob(lambda _: 2)
    slot.put(first)
    if by_another:
        slot.put(second)
    else:
        assert slot.cancel()
    first.run()
    assert (first.cancelled, first.result, slot.take_ended()) == (True, 0, None)
    assert slot.busy == by_another
    second.run()
    assert slot.take_ended() is (second if by_another else None)
