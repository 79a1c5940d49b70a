"""`keep = timeline`: weights from early on to the end, a dozen at most."""

import math
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import pytest
from trainings import Only, Train, stop_at

from charplay.protocol.commands import SetHyperparameter, Stop, Undo
from charplay.protocol.events import Changed, Event, Finished, Progress, Started
from charplay.protocol.queues import CommandQueue
from charplay.recipes.presets import preset_names, read_preset
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.run import Run
from charplay.training import save_thread
from charplay.training.timeline import MOMENTS, SHARES

STEPS = 200


def folder_of(events: list[Event], only: Only) -> Path:
    return Path(only(events, Started)[0].folder)


def steps_kept(folder: Path) -> list[int]:
    return [read_checkpoint(path).step for path in Run.open(folder).snapshots]


def moments(steps: int) -> list[int]:
    """Steps that are the first to have come to a share."""
    return sorted({math.ceil(share * steps - 1e-9) for share in SHARES})


def test_moments_go_from_a_hundredth_of_the_budget_to_its_end() -> None:
    assert (len(SHARES), SHARES[0], SHARES[-1]) == (MOMENTS, pytest.approx(0.01), 1.0)
    ratios = [after / before for before, after in pairwise(SHARES)]
    assert ratios == pytest.approx([ratios[0]] * (MOMENTS - 1))


def test_a_dozen_snapshots_are_kept_and_the_run_is_otherwise_the_same(
    train: Train, only: Only, quick_disk: None
) -> None:
    asked = {"steps": STEPS, "evaluate_every": 50, "save_every": 100}
    kept = train(keep="timeline", **asked)
    assert steps_kept(folder_of(kept, only)) == moments(STEPS)
    plain, timeline = only(train(**asked), Finished)[0], only(kept, Finished)[0]
    assert (plain.val_loss, plain.train_loss) == (timeline.val_loss, timeline.train_loss)


def test_epochs_have_moments_too(train: Train, only: Only, quick_disk: None) -> None:
    events = train(keep="timeline", steps=None, epochs=2.0, evaluate_every="epoch", save_every="epoch")
    kept = steps_kept(folder_of(events, only))
    assert (kept[0], len(kept), kept) == (1, 12, sorted(set(kept)))
    assert kept[-1] == only(events, Finished)[0].steps


def test_a_run_that_was_stopped_has_the_moments_of_one_that_was_not(train: Train, only: Only, quick_disk: None) -> None:
    asked = {"steps": STEPS, "evaluate_every": 50, "save_every": 100, "keep": "timeline", "log_every": 1}
    folder = folder_of(train(stop_at(30), **asked), only)
    before = steps_kept(folder)
    train(resume=str(folder))
    assert before == [step for step in moments(STEPS) if step <= 30]
    assert steps_kept(folder) == moments(STEPS)


@pytest.mark.fault("47")
def test_a_snapshot_that_a_kill_prevented_comes_when_the_run_is_taken_up(
    train: Train, only: Only, quick_disk: None
) -> None:
    asked = {"steps": STEPS, "evaluate_every": 50, "save_every": 100, "keep": "timeline", "log_every": 1}
    at = moments(STEPS)[6]
    folder = folder_of(train(stop_at(at), **asked), only)
    Run.open(folder).snapshots[-1].unlink()
    train(resume=str(folder))
    kept = steps_kept(folder)
    assert len(kept) == len(moments(STEPS))
    assert at <= kept[6] <= at + 1


def test_a_run_that_is_extended_keeps_a_dozen_of_all(train: Train, only: Only, quick_disk: None) -> None:
    folder = folder_of(train(keep="timeline", steps=40), only)
    train(resume=str(folder), added=True, steps=4000 // 40, keep="timeline")
    kept = steps_kept(folder)
    assert len(kept) <= MOMENTS
    assert (kept[0], kept[-1]) == (1, 140)


def test_moments_come_again_after_an_undo(train: Train, only: Only, quick_disk: None) -> None:
    def meddle(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step == 20:
            inbox.put(SetHyperparameter("learning_rate", 0.01))
        if isinstance(event, Progress) and event.step == 60 and not undone:
            undone.append(60)
            inbox.put(Undo())

    undone: list[int] = []
    events = train(meddle, steps=STEPS, keep="timeline", log_every=1, evaluate_every=50, save_every=100)
    assert any(changed.field == "undo" for changed in only(events, Changed))
    kept = steps_kept(folder_of(events, only))
    assert len(kept) == MOMENTS
    assert (kept[0], kept[-1]) == (moments(STEPS)[0], STEPS)


def test_what_snapshots_take_is_bounded(
    train: Train, only: Only, quick_disk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(train(keep="timeline", steps=STEPS), only)
    size = Run.open(folder).snapshots[0].stat().st_size
    monkeypatch.setattr(save_thread, "MAX_BYTES", 5 * size)
    folder = folder_of(train(keep="timeline", steps=STEPS), only)
    kept = steps_kept(folder)
    assert 3 <= len(kept) <= 5
    assert (kept[0], kept[-1]) == (moments(STEPS)[0], STEPS)


@pytest.mark.fault("49")
def test_snapshots_that_the_disk_refuses_come_once_it_takes_them(train: Train, only: Only, quick_disk: None) -> None:
    plain, refused = Run.keep_snapshot, list[int]()

    def keep(self: Run, checkpoint: object, loss: float) -> Path:
        if len(refused) < 3:
            refused.append(1)
            raise OSError(28, "No space left on device")
        return plain(self, checkpoint, loss)  # type: ignore[arg-type]

    with patch.object(Run, "keep_snapshot", keep):
        folder = folder_of(train(keep="timeline", steps=STEPS, evaluate_every=50, save_every=100), only)
    assert steps_kept(folder) == moments(STEPS)


def test_charplays_own_presets_keep_a_timeline() -> None:
    own = {"quick", "quality", "tiny", "gpu"}
    assert own <= set(preset_names())
    assert {name: read_preset(name).layer.values["keep"] for name in own} == dict.fromkeys(own, "timeline")


def test_a_run_left_early_has_what_it_came_to(train: Train, only: Only) -> None:
    def leave(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress) and event.step >= 10:
            inbox.put(Stop())

    kept = steps_kept(folder_of(train(leave, keep="timeline", steps=STEPS, log_every=1), only))
    assert kept == [step for step in moments(STEPS) if step <= max(kept)]
