"""What takes a while between two steps has a name and a share done; what is over at once is not told of."""

from itertools import pairwise

import pytest
from trainings import Only, Train

from charplay.protocol.events import Evaluated, Event, Finished, Sampled, Working
from charplay.training import evaluation, task_progress
from charplay.training.save_thread import SaveThread
from charplay.training.task_progress import TaskProgress


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every task is told of at every piece, of which there are many."""
    monkeypatch.setattr(task_progress, "SILENT_SECONDS", 0.0)
    monkeypatch.setattr(task_progress, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(evaluation, "CHUNK_FLOPS", 1e5)


def tasks(events: list[Event]) -> list[tuple[str, list[float | None]]]:
    """Each task that was told of, with its shares."""
    found: list[tuple[str, list[float | None]]] = []
    for event in events:
        if isinstance(event, Working) and event.phase:
            if not found or found[-1][0] != event.phase:
                found.append((event.phase, []))
            found[-1][1].append(event.share)
        elif isinstance(event, Working | Evaluated | Sampled | Finished):
            found.append(("", []))
    return [each for each in found if each[0]]


@pytest.mark.parametrize("batching", ["stream", "windows"])
@pytest.mark.usefixtures("told")
def test_every_long_task_has_a_name_and_how_much_is_done(train: Train, only: Only, batching: str) -> None:
    more = {"target": "last"} if batching == "windows" else {}
    events = train(batching=batching, sample_every=10, sample_length=20, **more)
    found = tasks(events)
    names = [name for name, _ in found]
    assert "measuring the held-out text" in names
    assert "writing samples" in names
    assert only(events, Finished)
    for name, shares in found:
        if name != "saving":
            assert all(a < b for a, b in pairwise([0.0, *shares])), name  # type: ignore[operator]
            assert shares[-1] == pytest.approx(1.0), name
    for task, after in pairwise(event for event in events if isinstance(event, Working)):
        assert after.phase in (task.phase, "") or not task.phase, "each ends before the next begins"


@pytest.mark.usefixtures("told")
def test_the_closing_evaluation_has_a_name(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.training.periodic_tasks.MAX_CHARACTERS", 60)
    monkeypatch.setattr("charplay.training.finalize.MAX_CHARACTERS", 60)
    names = [name for name, _ in tasks(train())]
    assert names[-2:] == ["measuring the best checkpoint", "measuring the best checkpoint, cold"]


@pytest.mark.usefixtures("told")
def test_a_slow_disk_has_a_name(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    idle, asked = SaveThread.wait_until_idle, iter([False, False])
    monkeypatch.setattr(
        SaveThread, "wait_until_idle", lambda self, wait: next(asked, None) is None and idle(self, wait)
    )
    assert ("saving", [None, None]) in tasks(train())


def test_what_is_over_at_once_is_not_told_of() -> None:
    progress = TaskProgress("measuring", lambda: {"step": 3})
    assert [*progress.at(0.5), *progress.end()] == []
    progress._due = 0.0
    assert [*progress.at(0.5), *progress.at(0.6), *progress.end()] == [
        Working(step=3, phase="measuring", share=0.5), Working(step=3, phase=""),
    ]  # fmt: skip
