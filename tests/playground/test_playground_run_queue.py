"""The queue of runs: what begins when, what is kept, and that nothing queued is lost."""

import json
import os
import threading
from pathlib import Path

import pytest
from sitting import Sitting, fox_home
from spoken_trainer import progress, started

from charplay.playground.run_queue import RunQueue
from charplay.protocol.events import Event, Failed, Finished, Stopped

FINISHED = Finished(run="r-1", checkpoint="x", train_loss=1.2, val_loss=1.5, val_loss_cold=1.6, steps=100)


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    return Sitting(fox_home(tmp_path / "home")).begin_writing().begin()


def queued(sitting: Sitting, *seeds: int) -> RunQueue:
    """The queue with a run for each seed; the first one begins where nothing trains."""
    for seed in seeds:
        assert not sitting.draft.set("seed", str(seed))
        assert not sitting.playground.queue.add()
    return sitting.playground.queue


def seeds(queue: RunQueue) -> list[object]:
    return [run.request.recipe["seed"] for run in queue.runs]


def trained(sitting: Sitting) -> list[object]:
    return [request.recipe["seed"] for request in sitting.trainer.requests]


def end(sitting: Sitting, event: Event) -> None:
    """Have the run under way end."""
    sitting.trainer.alive = False
    sitting.hear(event)


def again(sitting: Sitting) -> Sitting:
    """The next sitting in the same home."""
    return Sitting(sitting.home).begin()


def test_one_begins_when_the_one_before_has_ended(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2, 3)
    assert (trained(sitting), seeds(queue)) == ([1], [2, 3])
    sitting.hear(started(), progress(100))
    assert trained(sitting) == [1]
    end(sitting, FINISHED)
    assert (trained(sitting), seeds(queue)) == ([1, 2], [3])
    sitting.hear(started())
    end(sitting, Failed(message="It broke."))
    assert (trained(sitting), seeds(queue)) == ([1, 2, 3], [])


def test_it_is_reordered_dropped_and_emptied(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2, 3, 4)
    queue.move(2, -1)
    assert seeds(queue) == [2, 4, 3]
    queue.move(0, -1)
    assert seeds(queue) == [2, 4, 3]
    queue.drop(1)
    assert seeds(queue) == [2, 3]
    assert seeds(again(sitting).playground.queue) == [1, 2, 3]  # the first has no folder yet
    queue.empty()
    sitting.hear(started())
    assert not seeds(again(sitting).playground.queue)


def test_a_stop_holds_it_until_it_is_let_go(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2)
    sitting.hear(started())
    end(sitting, Stopped(reason="asked", run="r-1"))
    assert (queue.held, trained(sitting)) == (True, [1])
    assert "The queue holds: <training.queue> shows it" in sitting.said
    queue.hold(held=False)
    assert trained(sitting) == [1, 2]


def test_a_held_queue_begins_nothing(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2)
    sitting.hear(started())
    queue.hold(held=True)
    end(sitting, FINISHED)
    assert trained(sitting) == [1]


def test_the_next_run_goes_before_the_queue_without_holding_it(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2)
    sitting.hear(started())
    sitting.draft.set("seed", "7")
    sitting.playground.launcher.train()
    end(sitting, Stopped(reason="asked", run="r-1"))
    sitting.advance()
    assert (queue.held, trained(sitting), seeds(queue)) == (False, [1, 7], [2])


def test_it_outlives_the_sitting_and_then_holds(sitting: Sitting) -> None:
    queued(sitting, 1, 2, 3)
    sitting.hear(started())
    later = Sitting(sitting.home)
    later.playground.begin()
    assert "2 runs wait in the queue, which holds: <training.queue> shows it" in later.listen()
    queue = later.playground.queue
    assert queue.held
    assert [run.request for run in queue.runs] == [run.request for run in sitting.playground.queue.runs]


def test_a_run_that_could_not_begin_waits_with_the_reason(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2)
    end(sitting, Failed(message="The text is gone."))
    assert trained(sitting) == [1, 2]
    sitting.hear(started())
    end(sitting, FINISHED)
    assert trained(sitting) == [1, 2]
    assert [run.fault for run in queue.runs] == ["The text is gone."]
    queue.retry(0)
    assert trained(sitting) == [1, 2, 1]


def test_a_run_that_was_stopped_before_it_had_a_folder_is_first_again(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2)
    end(sitting, Stopped(reason="asked"))
    assert (seeds(queue), queue.held) == ([1, 2], True)


def test_nothing_begins_while_one_leaves(sitting: Sitting) -> None:
    queued(sitting, 1, 2)
    sitting.hear(started())
    sitting.playground.runs.close("left", 5)
    end(sitting, FINISHED)
    assert trained(sitting) == [1]
    assert seeds(again(sitting).playground.queue) == [2]


def test_the_same_run_is_not_queued_twice_in_a_row(sitting: Sitting) -> None:
    assert seeds(queued(sitting, 1, 2, 2)) == [2]


def test_what_cannot_be_trained_is_not_queued(sitting: Sitting) -> None:
    sitting.draft.faults = ("It cannot be so.",)
    assert sitting.playground.queue.add() == "It cannot be so."
    assert not sitting.playground.queue.runs


@pytest.mark.fault("52")
@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"runs": [{}]}', b'{"runs": [{"request": {"home": "/", "recipe": 7}}]}']
)
def test_a_damaged_file_is_kept_aside(sitting: Sitting, content: bytes) -> None:
    sitting.home.queue.write_bytes(content)
    later = Sitting(sitting.home)
    later.playground.begin()
    assert any("could not be read" in said for said in later.listen())
    assert [path.read_bytes() for path in sitting.home.root.glob("*unreadable*")] == [content]


def test_a_home_that_was_moved_is_the_one_that_is_trained_in(sitting: Sitting, tmp_path: Path) -> None:
    queued(sitting, 1, 2)
    moved = tmp_path / "moved"
    sitting.home.root.rename(moved)
    later = Sitting(type(sitting.home)(moved)).begin()
    assert {run.request.home for run in later.playground.queue.runs} == {str(moved)}


def test_what_a_run_is_called(sitting: Sitting) -> None:
    queue = queued(sitting, 1, 2)
    sitting.draft.set("hidden_size", "24")
    assert [run.title for run in queued(sitting, 3).runs] == [
        "lstm on fox, 3 minutes, seed 2", "lstm ?x24 on fox, 3 minutes, seed 3",
    ]  # fmt: skip
    assert len(queue.runs) == 2


@pytest.fixture
def two(sitting: Sitting) -> tuple[Sitting, Sitting]:
    """Two sittings of one home, each with a run of its own under way, and four that wait and are held."""
    other = again(sitting)
    for each, seed in ((sitting, 91), (other, 92)):
        queued(each, seed)
        each.hear(started())
        each.playground.queue.hold(held=True)
    queued(sitting, 1, 2)
    queued(other, 3, 4)
    return sitting, other


def test_two_sittings_share_it_and_each_run_is_begun_by_one_of_them(two: tuple[Sitting, Sitting]) -> None:
    one, other = two
    assert seeds(other.playground.queue) == [1, 2, 3, 4]
    for each in two:
        each.playground.queue.hold(held=False)
    for each in (one, other, other, one):
        end(each, FINISHED)
        each.hear(started())
    assert (trained(one), trained(other)) == ([91, 1, 4], [92, 2, 3])
    assert not again(one).playground.queue.runs


def test_a_change_is_made_to_the_run_that_was_seen_wherever_it_is_by_now(two: tuple[Sitting, Sitting]) -> None:
    one, other = two
    one.playground.queue.look()
    other.playground.queue.drop(0)
    one.playground.queue.drop(2)  # the third that it sees is the second by now
    assert seeds(one.playground.queue) == [2, 4]
    other.playground.queue.look()
    one.playground.queue.drop(0)
    other.playground.queue.drop(0)  # which is gone
    assert seeds(other.playground.queue) == [4]


def test_what_another_sitting_is_beginning_is_left_to_it_unless_that_is_gone(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(sitting, 1)
    later = again(sitting)
    assert f"being begun by process {os.getpid()}" in later.playground.queue.runs[0].trouble
    later.playground.queue.hold(held=False)
    assert trained(later) == []
    monkeypatch.setattr(os, "kill", gone)
    later.playground.queue.hold(held=False)
    assert trained(later) == [1]


def gone(pid: int, signal: int) -> None:
    raise ProcessLookupError(pid, signal)


def test_processes_that_take_from_it_at_once_take_each_run_once(sitting: Sitting) -> None:
    queue = queued(sitting, 0)
    sitting.hear(started())
    queue.hold(held=True)
    queued(sitting, *range(1, 25))
    takers = [again(sitting) for _ in range(3)]

    def take(each: Sitting) -> None:
        each.playground.queue.hold(held=False)
        while each.trainer.alive:
            each.trainer.alive = False
            each.hear(started(), FINISHED)

    threads = [threading.Thread(target=take, args=(each,)) for each in takers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(seed for each in takers for seed in trained(each)) == list(range(1, 25))  # type: ignore[type-var]


def test_a_queue_that_the_disk_refuses_lasts_as_long_as_the_sitting(
    sitting: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = queued(sitting, 1, 2)
    with monkeypatch.context() as full:
        full.setattr("charplay.playground.queue_file.replace_bytes", refuse)
        sitting.draft.set("seed", "3")
        assert "lasts until you leave" in queue.add()
        queue.look()
        assert seeds(queue) == [2, 3]
    assert not queue.hold(held=True)
    assert seeds(again(sitting).playground.queue)[-2:] == [2, 3]


def refuse(path: Path, data: bytes) -> None:
    raise OSError(28, f"No space left on device for {len(data)} bytes of {path}")


def test_a_queue_of_before_runs_had_ids_can_be_changed(sitting: Sitting) -> None:
    queued(sitting, 1, 2, 3)
    kept = json.loads(sitting.home.queue.read_bytes())
    kept["runs"] = [{name: each[name] for name in ("request", "fault")} for each in kept["runs"]]
    sitting.home.queue.write_text(json.dumps(kept))
    later = again(sitting).playground.queue
    later.drop(1)
    assert seeds(later) == [1, 3]
