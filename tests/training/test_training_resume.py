"""Row 57: a resumed run is the run that was never stopped, every bit of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from trainings import Divided, Only, Train, failure, last_save, stop_at

from charplay.protocol.commands import Pause, Resume, Save, SetHyperparameter, Stop, Undo
from charplay.protocol.events import Changed, Event, Failed, Finished, Paused, Progress, Saved, Started, Stopped, Warned
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.run import Run
from charplay.training import evaluation, finalize, learner, step_reporter
from charplay.training.run_training import open_training

CASES: dict[str, dict[str, Any]] = {
    "lstm": {},
    "gru, two layers, every dropout": {
        "cell": "gru",
        "num_layers": 2,
        "input_dropout": 0.1,
        "dropout": 0.2,
        "output_dropout": 0.3,
        "weight_drop": 0.2,
        "optimizer": "adam",
        "schedule": "linear",
    },
    "averaged, muon": {"optimizer": "muon", "average": 0.9, "weight_drop": 0.3, "num_layers": 2, "sample_every": 4},
    "muon, linear, weight decay": {"optimizer": "muon", "schedule": "linear", "weight_decay": 0.3, "warmup": 0.2,
                                   "num_layers": 2, "dropout": 0.2, "output_dropout": 0.5, "sample_every": 6},
    "windows, last": {"batching": "windows", "target": "last", "input": "one-hot", "embedding_size": None,
                      "optimizer": "rmsprop", "stride": 7, "output_dropout": 0.2, "schedule": "constant"},
    "windows, shuffled over epochs": {"batching": "windows", "stride": 20, "cell": "gru", "optimizer": "nadam",
                                      "clip_value": 0.1, "clip_norm": None, "schedule": "wsd"},
    "cut and cleaned": {"cleaning": ("rare(below=9, to=drop)", "cut(10-40;200-300)", "nfc"), "limit": 900},
    "nothing held out": {"validation_fraction": 0, "monitor": "train_loss", "evaluate_every": "epoch",
                         "optimizer": "sgd", "sequence_length": 20, "batch_size": 16, "keep": "every-improvement"},
}  # fmt: skip


def everything(folder: Path) -> tuple[dict[str, np.ndarray], list[dict[str, Any]], list[dict[str, Any]]]:
    """What a run leaves: every array of its last save, its rows and samples without what the clock says."""
    run = Run.open(folder)
    arrays, _ = last_save(run)
    rows = [{k: v for k, v in row.items() if k not in {"seconds", "chars_per_second"}} for row in run.metrics()]
    samples = [{k: v for k, v in row.items() if k != "seconds"} for row in run.samples()]
    return arrays, rows, samples


def assert_same(one: Path, other: Path) -> None:
    (arrays, rows, samples), (arrays2, rows2, samples2) = everything(one), everything(other)
    assert arrays.keys() == arrays2.keys()
    different = [name for name in arrays if not np.array_equal(arrays[name], arrays2[name])]
    assert not different
    assert rows == rows2
    assert samples == samples2
    for name in ("best.safetensors", "latest.safetensors"):
        assert _weights(one / name) == _weights(other / name)


def _weights(path: Path) -> dict[str, Any]:
    checkpoint = read_checkpoint(path)
    return {name: tensor.tobytes() for name, tensor in checkpoint.tensors.items()} | {
        "step": checkpoint.step,
        "losses": (checkpoint.train_loss, checkpoint.val_loss),
    }


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("stops", "shares"), [((1, 7, 8, 19), 1), ((13,), 1), ((1, 13, 19), 2), ((7, 8), 3)], ids=str)
@pytest.mark.fault("57")
def test_resumed_is_never_stopped(
    case: str, stops: Any, shares: int, train: Train, only: Only, divided: Divided
) -> None:
    recipe = {"log_every": 1, **CASES[case], **divided(shares)}
    straight = only(train(**recipe), Finished)[0]
    events = train(stop_at(stops[0]), **recipe)
    folder = only(events, Started)[0].folder
    for step in (*stops[1:], 10**9):
        assert only(events, Stopped)
        events = train(stop_at(step), resume=folder)
    finished = only(events, Finished)[0]
    assert Run.open(Path(folder)).facts["shares"] == shares
    assert_same(Path(straight.checkpoint).parent, Path(folder))
    assert (finished.val_loss, finished.val_loss_cold, finished.train_loss, finished.steps) == (
        straight.val_loss,
        straight.val_loss_cold,
        straight.train_loss,
        straight.steps,
    )


@pytest.mark.fault("57")
def test_a_resumed_run_closes_with_the_losses_of_one_that_was_never_stopped(
    train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (evaluation, finalize):
        monkeypatch.setattr(module, "MAX_CHARACTERS", 40)
    (straight,) = only(train(), Finished)
    assert straight.held_out_share == 72 / 120, "a tenth of 480 trained characters' work, in two readings"
    stopped = train(stop_at(9))
    (resumed,) = only(train(resume=only(stopped, Started)[0].folder), Finished)
    assert (resumed.val_loss, resumed.val_loss_cold) == (straight.val_loss, straight.val_loss_cold)
    assert resumed.held_out_share == straight.held_out_share
    kept = Run.open(Path(only(stopped, Started)[0].folder)).finished
    assert kept is not None
    assert kept["held_out_share"] == resumed.held_out_share
    assert kept["held_out_characters"] == resumed.held_out_characters == straight.held_out_characters == 72
    (again,) = only(train(resume=only(stopped, Started)[0].folder), Finished)
    assert again.held_out_share == resumed.held_out_share


def test_the_comparison_sees_one_bit(train: Train, only: Only) -> None:
    one = Path(only(train(), Finished)[0].checkpoint).parent
    other = Path(only(train(learning_rate=0.0099999), Finished)[0].checkpoint).parent
    with pytest.raises(AssertionError):
        assert_same(one, other)


@pytest.mark.fault("47", "57")
def test_killed_after_a_save_goes_on_from_it(train: Train, only: Only, home: Path) -> None:
    """Rows past the save, a torn line and samples are cut; the rest is repeated to the bit."""
    straight = Path(only(train(sample_every=3), Finished)[0].checkpoint).parent
    events = train(stop_at(10), sample_every=3)
    folder = Path(only(events, Started)[0].folder)
    with (folder / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"step": 11, "train_loss": 1.0}) + "\n" + '{"step": 12, "tra')
    train(resume=str(folder))
    assert_same(straight, folder)


def test_a_save_has_the_keys_that_older_versions_wrote(train: Train, only: Only) -> None:
    """Names within the program may change; those in the file are what runs that exist already have."""
    folder = Path(only(train(evaluate_every=7), Finished)[0].checkpoint).parent
    _, state = last_save(Run.open(folder))
    assert set(state) == {"seconds", "live", "asked", "text", "run", "rows", "due", "learner", "ledger", "judge"}
    assert set(state["learner"]) == {"batches", "averaged"}
    assert set(state["ledger"]) == {
        "step", "epoch_loss", "row_seconds", "row_characters", "bad", "row", "epoch", "watched", "passes"
    }  # fmt: skip
    assert all(set(state["ledger"][name]) == {"steps", "loss", "accuracy", "norm"} for name in ("row", "epoch"))
    assert set(state["ledger"]["passes"]) == {"steps", "start_step", "start", "whole_step", "whole"}
    assert set(state["judge"]) == {
        "patience", "best", "best_step", "best_val_loss", "without", "looked", "val_loss"
    }  # fmt: skip


def test_killed_before_the_first_save_begins_again(train: Train, only: Only, home: Path) -> None:
    straight = Path(only(train(), Finished)[0].checkpoint).parent
    folder = Path(only(train(stop_at(0)), Started)[0].folder)
    for path in folder.glob("*.safetensors"):
        path.unlink()
    train(resume=str(folder))
    assert_same(straight, folder)


def test_pauses_saves_and_publishing_change_nothing(train: Train, only: Only) -> None:
    def meddle(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress):
            inbox.put(Save())
            inbox.put(Pause())
        if isinstance(event, Paused):
            inbox.put(Resume())

    straight = only(train(log_every=1), Finished)[0]
    meddled = only(train(meddle, log_every=1), Finished)[0]
    assert_same(Path(straight.checkpoint).parent, Path(meddled.checkpoint).parent)


@pytest.mark.parametrize("lost", ["best.safetensors", "snapshots/*.safetensors"])
@pytest.mark.fault("47")
def test_a_death_between_save_and_best_or_snapshot_is_mended(
    train: Train, only: Only, quick_disk: None, lost: str
) -> None:
    def stop_at_best(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Saved) and event.best:
            inbox.put(Stop())

    folder = Path(only(train(stop_at_best, keep="every-improvement"), Started)[0].folder)
    (path,) = folder.glob(lost)
    kept = _weights(path)
    path.unlink()
    train(stop_at(8), resume=str(folder))
    assert _weights(path) == kept


def test_a_live_rate_outlives_a_stop(train: Train, only: Only) -> None:
    def change(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress):
            inbox.put(SetHyperparameter("learning_rate", 0.5))
            inbox.put(Stop())

    folder = only(train(change), Started)[0].folder
    assert [c["new"] for c in Run.open(Path(folder)).changes()] == [0.5]
    events = train(resume=folder, learning_rate=0.25)
    assert [(c.old, c.new) for c in only(events, Changed)] == [(0.5, 0.25)]
    assert [c["new"] for c in Run.open(Path(folder)).changes()] == [0.5, 0.25]


def test_finished_again(train: Train, only: Only) -> None:
    first = only(train(), Finished)[0]
    folder = str(Path(first.checkpoint).parent)
    assert train(resume=folder)[-1] == first
    assert only(train(resume=folder, steps=10), Finished)[0].steps == 20, "a budget that is spent finishes at once"


def test_a_finished_run_that_was_moved_says_where_it_is_now(train: Train, only: Only) -> None:
    folder = Path(only(train(), Finished)[0].checkpoint).parent
    moved = folder.rename(folder.with_name("moved"))
    finished = train(resume=str(moved))[-1]
    assert isinstance(finished, Finished)
    assert (finished.run, finished.checkpoint) == ("moved", str(moved / "best.safetensors"))


def test_a_finished_run_whose_checkpoints_are_gone_writes_one(train: Train, only: Only) -> None:
    folder = Path(only(train(), Finished)[0].checkpoint).parent
    for name in ("best", "latest"):
        (folder / f"{name}.safetensors").unlink()
    path = only(train(resume=str(folder)), Finished)[0].checkpoint
    assert read_checkpoint(Path(path)).step == 20


@pytest.mark.parametrize("lost", [True, False])
def test_a_run_goes_on_from_its_own_file_or_not_at_all(train: Train, only: Only, lost: bool) -> None:
    """It would begin again from nothing, or as another run, over its own checkpoints."""
    one, other = (Path(only(train(seed=seed), Finished)[0].checkpoint).parent for seed in (1, 2))
    before = {path.name: path.read_bytes() for path in one.iterdir() if path.is_file() and path.name != "lock"}
    (one / "resume.safetensors").unlink()
    if not lost:
        (one / "resume.safetensors").write_bytes((other / "resume.safetensors").read_bytes())
    failed = train(resume=str(one), steps=40)[-1]
    assert isinstance(failed, Failed)
    assert ("lost the file" if lost else "is another run's") in failed.message
    after = {path.name: path.read_bytes() for path in one.iterdir() if path.name in before}
    assert {name for name in before if before[name] != after.get(name)} == {"resume.safetensors"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"hidden_size": 16}, "of another network"), ({"cell": "gru"}, "of another network"),
        ({"input": "one-hot", "embedding_size": None}, "of another network"), ({"num_layers": 2}, "of another network"),
        ({"average": 0.9}, "of another network"), ({"log_every": "auto"}, "does not say its log_every"),
        ({"sequence_length": "auto"}, "does not say its sequence_length"),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.fault("57")
def test_a_run_json_that_was_edited_by_hand_is_refused_in_a_sentence(
    values: dict[str, Any], said: str, train: Train, only: Only
) -> None:
    folder = Path(only(train(), Finished)[0].checkpoint).parent
    record = json.loads((folder / "run.json").read_text())
    record["resolved"] |= values
    (folder / "run.json").write_text(json.dumps(record))
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}
    failed = train(resume=str(folder), steps=40)[-1]
    assert isinstance(failed, Failed)
    assert said in failed.message
    assert not failed.cause
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"} == before


@pytest.mark.fault("57")
def test_a_checkpoint_in_the_place_of_the_resume_file_is_refused_in_a_sentence(train: Train, only: Only) -> None:
    folder = Path(only(train(), Finished)[0].checkpoint).parent
    (folder / "resume.safetensors").write_bytes((folder / "best.safetensors").read_bytes())
    assert "is a checkpoint to play" in failure(train(resume=str(folder), steps=40)).message


@pytest.mark.parametrize("missing", [["steps"], ["train_loss", "val_loss", "steps", "seconds", "step"]])
def test_a_run_whose_closing_record_lacks_something_closes_anew(missing: list[str], train: Train, only: Only) -> None:
    finished = only(train(), Finished)[0]
    folder = Path(finished.checkpoint).parent
    record = json.loads((folder / "run.json").read_text())
    for name in missing:
        del record["finished"][name]
    (folder / "run.json").write_text(json.dumps(record))
    assert only(train(resume=str(folder)), Finished)[0] == finished


@pytest.mark.parametrize("refused", [{"dropout": 0.3}, {"sequence_length": 60_000}])
def test_what_a_run_cannot_have_when_it_is_taken_up_leaves_it_as_it_was(
    refused: dict[str, float], train: Train, only: Only
) -> None:
    finished = only(train(), Finished)[0]
    folder = Path(finished.checkpoint).parent
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"}
    failed = train(resume=str(folder), steps=40, learning_rate=0.3, **refused)[-1]
    assert isinstance(failed, Failed)
    assert failed.misuse
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "lock"} == before
    assert train(resume=str(folder))[-1] == finished


def test_a_value_that_is_named_counts_though_it_was_asked_for_before(home: Path, train: Train, only: Only) -> None:
    def change(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Progress):
            inbox.put(SetHyperparameter("learning_rate", 0.5))
            inbox.put(Stop())

    folder = only(train(change, learning_rate=0.01), Started)[0].folder
    asked = Run.open(Path(folder)).asked
    request = TrainRequest(home=str(home), recipe=asked.model_dump(), resume=folder, live={"learning_rate": 0.01})
    events = list(open_training(request, CommandQueue()))
    assert [(c.old, c.new) for c in only(events, Changed)] == [(0.5, 0.01)]


def test_a_change_at_the_taking_up_can_be_taken_back(train: Train, only: Only) -> None:
    folder = only(train(stop_at(5), log_every=1), Started)[0].folder

    def undo(event: Event, inbox: CommandQueue) -> None:
        if isinstance(event, Changed) and event.new == 0.3:
            inbox.put(Undo())

    events = train(undo, resume=folder, learning_rate=0.3)
    assert [(c.field, c.new) for c in only(events, Changed)][:2] == [("learning_rate", 0.3), ("undo", 5)]
    assert not only(events, Warned)


@pytest.mark.parametrize("killed", [False, True])
def test_who_adds_to_a_run_that_patience_ended_has_patience_again(killed: bool, train: Train, only: Only) -> None:
    recipe = {"learning_rate": 0, "patience": 2, "evaluate_every": 3, "steps": 200}
    finished = only(train(**{**recipe, "optimizer": "sgd", "learning_rate": 100.0, "clip_norm": None}), Finished)[0]
    folder = str(Path(finished.checkpoint).parent)
    assert finished.steps < 50
    if killed:
        train(stop_at(0), resume=folder, added=True, steps=20)
    more = train(resume=folder) if killed else train(resume=folder, added=True, steps=20)
    assert only(more, Finished)[0].steps > finished.steps


def test_adding_draws_the_schedule_anew_over_the_added_part(train: Train, only: Only) -> None:
    first = only(train(log_every=1), Finished)[0]
    folder = Path(first.checkpoint).parent
    extended = only(train(resume=str(folder), added=True, steps=10, log_every=1), Finished)[0]
    assert extended.steps == 30
    rates = [row["learning_rate"] for row in Run.open(folder).metrics() if "learning_rate" in row]
    assert rates[19] < 0.02 * max(rates)
    assert max(rates[20:]) > 0.9 * max(rates)
    assert Run.open(folder).asked.steps == 30


def test_an_added_part_that_is_stopped_keeps_its_schedule(train: Train, only: Only) -> None:
    straight = only(train(log_every=1), Finished)[0]
    folder = str(Path(straight.checkpoint).parent)
    train(stop_at(24), resume=folder, added=True, steps=10, log_every=1)
    train(resume=folder)
    other = only(train(log_every=1), Finished)[0]
    folder2 = str(Path(other.checkpoint).parent)
    train(resume=folder2, added=True, steps=10, log_every=1)
    assert_same(Path(folder), Path(folder2))


@pytest.mark.parametrize("sittings", [1, 2])
@pytest.mark.fault("57")
def test_what_was_asked_when_taken_up_outlives_sittings_that_saved_nothing(
    sittings: int, train: Train, only: Only
) -> None:
    def rates(folder: str) -> list[float]:
        return [row["learning_rate"] for row in Run.open(Path(folder)).metrics() if "learning_rate" in row]

    recipe = {"log_every": 1, "schedule": "cosine"}
    one, other = (only(train(**recipe), Started)[0].folder for _ in range(2))
    more = {"added": True, **recipe, "steps": 20, "learning_rate": 0.002}
    only(train(resume=one, **more), Finished)
    train(stop_at(0), resume=other, **more)
    for _ in range(sittings - 1):
        train(stop_at(0), resume=other)
    only(train(resume=other), Finished)
    assert_same(Path(one), Path(other))
    assert rates(one) == rates(other)
    assert [row["field"] for row in Run.open(Path(other)).changes()] == ["learning_rate"]


@pytest.mark.parametrize("case", ["lstm", "windows, shuffled over epochs"])
def test_how_often_the_device_is_read_changes_nothing(
    case: str, train: Train, only: Only, monkeypatch: pytest.MonkeyPatch
) -> None:
    often = only(train(log_every=2, **CASES[case]), Finished)[0]
    monkeypatch.setattr(step_reporter, "REPORT_SECONDS", 1e9)
    monkeypatch.setattr(learner, "MAX_UNREAD_STEPS", 6)
    rarely = only(train(log_every=2, **CASES[case]), Finished)[0]
    assert_same(Path(often.checkpoint).parent, Path(rarely.checkpoint).parent)


@pytest.mark.fault("28", "29")
def test_a_run_that_cannot_be_exact_says_why(train: Train, only: Only) -> None:
    exact = only(train(stop_at(3)), Started)[0]
    assert only(train(stop_at(5), resume=exact.folder), Started)[0].notes == ()
    (note,) = only(train(resume=exact.folder, threads=2), Started)[0].notes
    assert "threads was 1 and is 2" in note
    torch.set_num_threads(1)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.fault("28", "57")
def test_shares_decide_the_bits_and_threads_do_not(case: str, train: Train, only: Only, divided: Divided) -> None:
    recipe = {"log_every": 1, **CASES[case]}
    folders = []
    for threads in ((2, 2), (2, 1), (2, 3)):
        stopped = only(train(stop_at(9), **recipe, **divided(threads[0])), Started)[0]
        started = only(train(resume=stopped.folder, **recipe, **divided(threads[1])), Started)[0]
        assert started.notes == (), "it repeats an uninterrupted run"
        folders.append(Path(started.folder))
    assert_same(folders[0], folders[1])
    assert_same(folders[0], folders[2])
    single = Path(only(train(**recipe, **divided(1)), Finished)[0].checkpoint).parent
    with pytest.raises(AssertionError):
        assert_same(folders[0], single)


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.fault("57")
def test_a_run_of_before_there_were_shares_has_one(saved: bool, train: Train, only: Only, divided: Divided) -> None:
    straight = Path(only(train(), Finished)[0].checkpoint).parent
    folder = Path(only(train(stop_at(8 if saved else 0)), Started)[0].folder)
    record = json.loads((folder / "run.json").read_text())
    del record["facts"]["shares"]
    (folder / "run.json").write_text(json.dumps(record))
    if not saved:
        for path in folder.glob("*.safetensors"):
            path.unlink()
    train(resume=str(folder), **divided(1))
    assert_same(straight, folder)


@pytest.mark.parametrize("shares", [1, 3, 0, 9, "two", None, 2.0])
@pytest.mark.fault("57")
def test_another_number_of_shares_in_run_json_is_refused_in_a_sentence(
    shares: Any, train: Train, only: Only, divided: Divided
) -> None:
    folder = Path(only(train(stop_at(8), **divided(2)), Started)[0].folder)
    record = json.loads((folder / "run.json").read_text())
    record["facts"]["shares"] = shares
    (folder / "run.json").write_text(json.dumps(record))
    failed = failure(train(resume=str(folder)))
    assert "shares; put back what stood there" in failed.message
    assert not failed.cause


@pytest.mark.fault("45")
def test_a_changed_text_is_refused(train: Train, only: Only, home: Path) -> None:
    folder = only(train(stop_at(3)), Started)[0].folder
    text = home / "corpora" / "words.txt"
    text.write_text(text.read_text()[:-1] + "t")
    assert "put the old file back" in failure(train(resume=folder)).message
