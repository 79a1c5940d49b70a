"""Live changes: what is changed while training runs acts, is kept, outlives a stop and can be taken back."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from trainings import Divided, Only, Train, abandon, last_save

from charplay.protocol.commands import Command, Pause, Resume, SetHyperparameter, Stop, Undo
from charplay.protocol.events import Changed, Event, Finished, Paused, Progress, Saved, Started, Warned
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.recipes.errors import RecipeError
from charplay.recipes.layers import altered
from charplay.recipes.recipe import LIVE, Recipe
from charplay.runs.run import Run
from charplay.training import live_changes
from charplay.training.batches import open_batches
from charplay.training.epoch_counter import EpochCounter
from charplay.training.live_changes import LiveChanges
from charplay.training.run_training import open_training

VALUES = {
    "input_dropout": 0.4,
    "dropout": 0.3,
    "output_dropout": 0.2,
    "weight_drop": 0.5,
    "clip_norm": 0.01,
    "clip_value": 0.001,
    "weight_decay": 2.0,
    "learning_rate": 0.1,
    "batch_size": 7,
    "sequence_length": 9,
}
DEEP = {"num_layers": 2, "log_every": 1}


def at(step: int, *commands: Command) -> Callable[..., None]:
    """A watcher that leaves commands once, when the run has come to `step`."""
    left = list(commands)

    def watch(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress if step else Started) and event.step >= step:
            while left:
                inbox.put(left.pop(0))

    return watch


def both(*watchers: Callable[..., Any]) -> Callable[..., None]:
    def watch(event: Event, inbox: CommandQueue) -> None:
        for one in watchers:
            one(event, inbox)

    return watch


def folder_of(events: list[Event], only: Only) -> Path:
    return Path(only(events, Started)[0].folder)


def left_by(folder: Path) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """What a run's last save holds, to the bit, and its rows without what the clock says."""
    run = Run.open(folder)
    arrays, state = last_save(run)
    clock = {"seconds", "chars_per_second"}
    rows = [{name: value for name, value in row.items() if name not in clock} for row in run.metrics()]
    assert state["ledger"]["step"] == 20
    return {name: array.tobytes() for name, array in arrays.items()}, rows


def test_the_values_cover_every_live_field() -> None:
    assert set(VALUES) == set(LIVE)


@pytest.mark.parametrize("name", [name for name in VALUES if name != "batch_size"])
def test_a_change_before_the_first_step_is_a_run_that_was_asked_for_it(name: str, train: Train, only: Only) -> None:
    asked = left_by(folder_of(train(**DEEP, **{name: VALUES[name]}), only))
    changed = left_by(folder_of(train(at(0, SetHyperparameter(name, VALUES[name])), **DEEP), only))
    plain = left_by(folder_of(train(**DEEP), only))
    assert changed == asked != plain


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize(("batching", "shares"), [("stream", 1), ("windows", 1), ("stream", 2), ("windows", 3)])
def test_a_change_outlives_a_stop_to_the_bit(
    name: str, batching: str, shares: int, train: Train, only: Only, divided: Divided
) -> None:
    change = SetHyperparameter(name, VALUES[name])
    recipe = {"num_layers": 2, "log_every": 1, "batching": batching, "sample_every": 6, "sample_length": 5}
    recipe |= divided(shares)
    straight = train(at(8, change), **recipe)
    stopped = train(both(at(8, change), at(13, Stop())), **recipe)
    folder = folder_of(stopped, only)
    resumed = train(resume=str(folder))
    assert only(resumed, Started)[0].recipe[name] == VALUES[name]
    assert left_by(folder) == left_by(folder_of(straight, only))
    (changed,) = only(straight, Changed)
    assert (changed.step, changed.field, changed.new) == (8, name, VALUES[name])
    (row,) = Run.open(folder).changes()
    assert {k: v for k, v in row.items() if k != "seconds"} == {
        k: v for k, v in asdict(changed).items() if k != "seconds"
    }


@pytest.mark.parametrize("name", ["learning_rate", "batch_size", "sequence_length", "dropout"])
@pytest.mark.parametrize(("batching", "shares"), [("stream", 1), ("windows", 1), ("stream", 3), ("windows", 2)])
def test_an_undone_change_never_happened(
    name: str, batching: str, shares: int, train: Train, only: Only, divided: Divided
) -> None:
    recipe = {"num_layers": 2, "log_every": 1, "batching": batching, "weight_drop": 0.1, "optimizer": "muon"}
    recipe |= divided(shares)
    plain = train(**recipe)
    events = train(both(at(6, SetHyperparameter(name, VALUES[name])), at(12, Undo())), **recipe)
    assert left_by(folder_of(events, only)) == left_by(folder_of(plain, only))
    _, undone, back = only(events, Changed)
    assert (undone.step, undone.field, undone.old, undone.new) == (6, "undo", 12, 6)
    assert (back.field, back.old) == (name, VALUES[name])
    assert [row["field"] for row in Run.open(folder_of(events, only)).changes()] == [name, "undo", name]
    after = [event for event in events[events.index(undone) :] if isinstance(event, Progress)]
    assert min(row.step for event in after for row in event.rows) == 7
    seconds = [event.seconds for event in only(events, Progress)]
    assert seconds == sorted(seconds), "time that was spent is spent"


def test_changes_are_taken_back_one_after_another_also_in_a_pause(train: Train, only: Only) -> None:
    def steer(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Paused):
            for order in (Undo(), Undo(), Undo(), Resume()):
                inbox.put(order)

    changes = at(5, SetHyperparameter("batch_size", 9), SetHyperparameter("learning_rate", 0.5))
    events = train(both(changes, at(11, Pause()), steer), log_every=1)
    assert [changed.field for changed in only(events, Changed)][2:] == ["undo", "learning_rate", "undo", "batch_size"]
    (warned,) = only(events, Warned)
    assert "no change" in warned.message
    assert left_by(folder_of(events, only)) == left_by(folder_of(train(log_every=1), only))


def test_the_best_that_came_after_a_change_stays_the_best(train: Train, only: Only) -> None:
    events = train(both(at(1, SetHyperparameter("weight_decay", 0.1)), at(15, Undo(), Stop())), log_every=1)
    run = Run.open(folder_of(events, only))
    assert last_save(run)[1]["ledger"]["step"] == 1
    assert last_save(run)[1]["judge"]["best_step"] == 14
    assert max(row["step"] for row in run.metrics()) == 1


@pytest.mark.fault("47", "49")
def test_rows_go_only_once_what_was_taken_back_is_saved(
    train: Train, only: Only, home: Path, quick_disk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that dies meanwhile goes on from a save that they belong to."""

    def write(self: Run, arrays: dict[str, Any], state: dict[str, Any]) -> None:
        if full:
            raise OSError(28, "No space left on device")
        plain(self, arrays, state)

    def fill(event: Event, _inbox: CommandQueue) -> None:
        if isinstance(event, Saved) and event.step == 10 and room:
            full.append(room.pop())

    def look(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Paused):
            (folder,) = (home / "checkpoints").iterdir()
            assert last_save(Run.open(folder))[1]["ledger"]["step"] == 10
            assert {row["step"] for row in Run.open(folder).metrics()} >= set(range(1, 11))
            full.clear()
            inbox.put(Resume())

    full: list[str] = []
    plain, room = Run.write_resume, ["once"]
    monkeypatch.setattr(Run, "write_resume", write)
    changes = both(at(6, SetHyperparameter("learning_rate", 0.5)), fill, at(12, Undo(), Pause()), look)
    events = train(changes, log_every=1)
    assert [paused.step for paused in only(events, Paused)] == [6]
    run = Run.open(folder_of(events, only))
    assert [row["step"] for row in run.metrics() if "train_loss" in row] == list(range(1, 21))
    assert [row["field"] for row in run.changes()] == ["learning_rate", "undo", "learning_rate"]


@pytest.mark.fault("57")
def test_a_change_that_no_save_knows_is_not_on_the_disk_after_a_death(
    train: Train, only: Only, home: Path, asked: dict[str, object], quick_disk: None
) -> None:
    def kill(event: Event, inbox: CommandQueue) -> bool:
        if isinstance(event, Saved) and event.step == 10:
            inbox.put(Pause())
        if isinstance(event, Paused):
            inbox.put(SetHyperparameter("learning_rate", 0.5))
        return isinstance(event, Changed)

    inbox = CommandQueue()
    stream = open_training(TrainRequest(home=str(home), recipe={**asked, "save_every": 10}), inbox)
    assert any(kill(event, inbox) for event in stream)
    abandon(stream)
    (folder,) = (home / "checkpoints").iterdir()
    assert [row["field"] for row in Run.open(folder).changes()] == ["learning_rate"]
    only(train(resume=str(folder)), Finished)
    assert Run.open(folder).changes() == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("hidden_size", 3, "cannot change during training"),
        ("nonsense", 3, "cannot change during training"),
        ("dropout", 1.5, "dropout must be"),
        ("dropout", 0.5, "only one"),
        ("batch_size", "auto", "batch_size must be a whole number"),
        ("batch_size", 0, "batch_size must be"),
        ("sequence_length", 60_000, "the text is too short"),
        ("learning_rate", "fast", "learning_rate must be"),
    ],
)
def test_a_change_that_cannot_be_is_one_sentence(
    name: str, value: float | str, sentence: str, train: Train, only: Only
) -> None:
    events = train(at(3, SetHyperparameter(name, value)))
    (warned,) = only(events, Warned)
    assert sentence in warned.message
    assert warned.refused
    assert "\n" not in warned.message
    assert not only(events, Changed)
    assert only(events, Finished)[0].steps == 20


@pytest.mark.parametrize("name", LIVE)
def test_every_live_field_takes_text_as_settings_do(name: str) -> None:
    recipe = Recipe(steps=1, num_layers=2)
    assert getattr(altered(recipe, name, f" {VALUES[name]} "), name) == VALUES[name]
    for word in ("nonsense", "auto"):
        with pytest.raises(RecipeError, match=rf"{name} must be (none or )?a (whole )?number .* not '{word}'$"):
            altered(recipe, name, word)


def test_snapshots_are_bounded(train: Train, only: Only, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []
    plain = live_changes.LiveChanges._take_snapshot

    def remember(self: LiveChanges) -> None:
        plain(self)
        kept.append(len(self._snapshots))

    monkeypatch.setattr(live_changes.LiveChanges, "_take_snapshot", remember)
    orders = [at(step, SetHyperparameter("learning_rate", 0.1)) for step in range(1, 16)]
    train(both(*orders))
    assert max(kept) == kept[-1] == live_changes.MAX_SNAPSHOTS
    monkeypatch.setattr(live_changes, "MAX_SNAPSHOT_BYTES", 1)
    kept.clear()
    train(both(*[at(step, SetHyperparameter("learning_rate", 0.1)) for step in range(1, 16)]))
    assert set(kept) == {1}


def stream_of(count: int, length: int, size: int) -> Any:
    recipe = Recipe(steps=1, sequence_length=length, batch_size=size)
    return open_batches(recipe, np.arange(count, dtype=np.uint16), torch.device("cpu"), resident=True)


@given(st.integers(2, 300), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_streams_that_stay_go_on_where_they_were(
    count: int, size: int, new_size: int, new_length: int, steps: int
) -> None:
    batches = stream_of(count, 3, size)
    last = torch.arange(size) * max(1, (count - 1) // size) % count - 1
    for _ in range(steps):
        last = batches.next()[0][-1]
    rebatching = batches.rebatch(new_length, new_size, 0.5)
    ids, targets = batches.next()
    assert ids.shape == (new_length, new_size)
    assert torch.equal(targets, (ids + 1) % count)
    stay = {new: old for new, old in enumerate(rebatching.kept_streams) if old >= 0}
    assert len(set(stay.values())) == len(stay) == min(size, new_size)
    for new, old in stay.items():
        assert int(ids[0, new]) == (int(last[old]) + 1) % count
    assert 0 < rebatching.steps_left <= batches.steps_per_epoch


@given(st.integers(20, 200), st.integers(1, 9), st.integers(1, 9), st.integers(0, 30), st.booleans())
@settings(max_examples=60, deadline=None)
def test_windows_in_other_batches_are_still_every_window_once(
    count: int, size: int, new_size: int, steps: int, shuffle: bool
) -> None:
    recipe = Recipe(steps=1, batching="windows", sequence_length=5, batch_size=size, shuffle=shuffle)
    batches = open_batches(recipe, np.arange(count, dtype=np.uint16), torch.device("cpu"), resident=True)
    done = steps % batches.steps_per_epoch
    starts = [batches.next()[0][0].tolist() for _ in range(done)]
    rebatching = batches.rebatch(5, new_size, 0.5)
    assert (rebatching.steps_left == 0) == (done == 0)
    starts += [batches.next()[0][0].tolist() for _ in range(rebatching.steps_left or batches.steps_per_epoch)]
    assert sorted(chain.from_iterable(starts)) == list(range(count - 5))
    assert batches.state()["done"] == 0


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40), st.integers(0, 40)), max_size=4), st.integers(1, 20))
def test_epochs_only_go_forward_and_end_on_whole_numbers(cuts: list[tuple[int, int, int]], steps: int) -> None:
    epoch_counter, step, seen = EpochCounter(steps), 0, [0.0]
    for ahead, steps_then, left in [*cuts, (60, 1, 0)]:
        for _ in range(ahead):
            step += 1
            seen.append(epoch_counter.epochs_at(step))
            assert epoch_counter.ends_epoch(step) == (seen[-1] == round(seen[-1]))
            assert epoch_counter.step_at(seen[-1]) == step
        epoch_counter = epoch_counter.rebatched(step, steps_then, 0 if epoch_counter.ends_epoch(step) else max(1, left))
        assert epoch_counter.epochs_at(step) == seen[-1]
        assert {epoch_counter.step_at(share * seen[-1]) for share in (0, 0.5, 1)} == {step}, "what is spent is spent"
    assert all(later > earlier for earlier, later in pairwise(seen))


def test_epochs_stay_honest_when_batches_grow(train: Train, only: Only) -> None:
    events = train(at(10, SetHyperparameter("batch_size", 8)), log_every=1, steps=None, epochs=2)
    rows = [row for event in only(events, Progress) for row in event.rows]
    ends = [row for row in rows if row.epoch_loss is not None]
    assert [row.epoch for row in ends] == [1, 2]
    first, second = (1079 // size // 6 for size in (4, 8))
    one = 10 + -(-(first - 10) * second // first)
    assert [row.step for row in ends] == [one, one + second]
    assert only(events, Finished)[0].steps == one + second
