"""The runs that were kept: listed, offered, begun again, laid over the chart, exported and deleted."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sitting import Sitting, keep_run
from spoken_trainer import progress, started

from charplay.corpora.errors import Cancelled
from charplay.corpora.progress import Progress
from charplay.playground.happenings import CurvesRead, RunDeleted, RunsCompared, RunsListed, Said
from charplay.playground.run_details import read_details
from charplay.playground.run_history import kept_curves
from charplay.playground.run_list import LOOK_SECONDS
from charplay.playground.run_view import ORDERS, RunView
from charplay.protocol.events import Failed
from charplay.protocol.request import TrainRequest
from charplay.recipes.recipe import Recipe
from charplay.runs import store
from charplay.runs.checkpoint import read_checkpoint
from charplay.runs.errors import RunError
from charplay.runs.home import Home
from charplay.runs.store import RunSummary


def listed(sitting: Sitting) -> list[str]:
    return [run.name for run in sitting.playground.run_list.summaries]


def test_runs_are_listed_at_the_beginning_and_again_once_a_minute(sitting: Sitting) -> None:
    assert listed(sitting) == ["demo"]
    keep_run(sitting.home)
    sitting.advance(LOOK_SECONDS / 2)
    sitting.quiet()
    assert listed(sitting) == ["demo"]
    before = sitting.playground.run_list.revision
    sitting.advance(LOOK_SECONDS)
    sitting.quiet()
    assert listed(sitting) == ["kept-1", "demo"]
    assert sitting.playground.run_list.revision == before + 1
    assert [run.name for run in sitting.playground.run_list.playable()] == ["kept-1", "demo"]


def test_of_two_listings_only_the_newer_one_is_told(sitting: Sitting) -> None:
    sitting.playground.run_list.refresh()
    sitting.playground.run_list.refresh()
    sitting.quiet()
    assert sum(isinstance(each, RunsListed) for each in sitting.happened) == 1


def test_a_listing_reads_each_run_once(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        keep_run(sitting.home, name, finished=True)
    read: list[str] = []

    def counted(folder: Path) -> store.RunSummary:
        read.append(folder.name)
        return summary(folder)

    summary = store._summary
    monkeypatch.setattr(store, "_summary", counted)
    sitting.playground.run_list.refresh()
    sitting.quiet()
    assert sitting.playground.run_list.unfinished is None
    assert sorted(read) == ["a", "b"]


def test_a_run_that_came_after_the_listing_is_taken_up(sitting: Sitting) -> None:
    sitting.playground.run_list.refresh()
    sitting.quiet()
    assert sitting.playground.launcher.take_up() == "There is no unfinished run."
    keep_run(sitting.home, "late")
    assert sitting.playground.run_list.unfinished is None
    assert not sitting.playground.launcher.take_up()
    assert sitting.playground.runs.busy


def test_a_listing_that_was_given_up_ends_before_its_next_run(sitting: Sitting) -> None:
    keep_run(sitting.home)
    with pytest.raises(Cancelled):
        sitting.playground.store.list(Progress(lambda _: False).at)


@pytest.mark.parametrize("busy", [False, True])
def test_the_run_that_was_not_finished_is_offered_once_unless_one_is_under_way(home: Home, busy: bool) -> None:
    keep_run(home, "finished-1", finished=True)
    keep_run(home)
    sitting = Sitting(home)
    if busy:
        sitting.playground.runs.start(TrainRequest(home=str(home.root)))
    sitting.playground.begin()
    sitting.quiet()
    sitting.trainer.tell(Failed(message="It broke."))
    sitting.playground.run_list.refresh()
    sitting.quiet()
    offer = "kept-1 is not finished: <training.take_up> continues it from step 500, <training.train> starts another"
    assert sitting.said.count(offer) == (0 if busy else 1)
    assert sitting.playground.announcements.offer == ("" if busy else offer)
    assert sitting.playground.announcements.say(["the text ends oddly."]).sentence.endswith("The text ends oddly")


def test_the_offer_goes_with_its_run_and_with_no_other(home: Home) -> None:
    keep_run(home, "finished-1", finished=True)
    keep_run(home)
    sitting = Sitting(home)
    sitting.playground.begin()
    sitting.quiet()
    run_list = sitting.playground.run_list
    said = sitting.playground.announcements
    offer = said.offer
    run_list.delete("finished-1")
    sitting.quiet()
    assert said.offer == offer != ""
    run_list.delete("kept-1")
    sitting.quiet()
    assert said.offer == ""
    assert [each.run for each in sitting.happened if isinstance(each, RunDeleted)] == ["finished-1", "kept-1"]
    assert "kept-1 is deleted" in sitting.said
    assert listed(sitting) == ["demo"]
    run_list.delete("demo")
    sitting.quiet()
    assert "cannot be deleted" in sitting.said[-1]


def test_again_fills_the_draft_and_takes_the_text(sitting: Sitting, home: Home) -> None:
    (home.corpora / "other.txt").write_text("another text. " * 40)
    keep_run(sitting.home, corpus="other")
    sitting.playground.run_list.refresh()
    sitting.quiet()
    assert sitting.playground.begin_again("kept-1") == ""
    sitting.quiet()
    draft, chosen = sitting.playground.draft, sitting.corpora.chosen
    assert draft is not None
    assert chosen is not None
    assert (draft.asked.hidden_size, draft.corpus, chosen.name) == (12, "other", "other")
    assert sitting.playground.begin_again("demo") == ""
    assert draft.asked.hidden_size != 12
    assert "there is no run" in sitting.playground.begin_again("nothing")


def test_again_reads_no_text_anew_that_is_chosen(sitting: Sitting) -> None:
    keep_run(sitting.home)
    corpus = sitting.corpora.corpus
    assert sitting.playground.begin_again("kept-1") == ""
    sitting.quiet()
    assert sitting.corpora.corpus is corpus


def test_a_run_starts_from_the_weights_of_another_or_from_fresh_ones(sitting: Sitting) -> None:
    run, draft = keep_run(sitting.home), sitting.playground.draft
    assert draft is not None
    assert sitting.playground.start_from("kept-1") == ""
    assert draft.warm_start is not None
    assert draft.warm_start.path == str(run.best)
    assert "there is no run" in sitting.playground.start_from("nothing")
    assert draft.warm_start is not None
    assert sitting.playground.start_from("") == ""
    assert draft.warm_start is None


def test_curves_are_read_or_it_is_said_why_not(sitting: Sitting) -> None:
    keep_run(sitting.home)
    for name in ("kept-1", "demo"):
        sitting.playground.run_list.read_curves(name)
    sitting.quiet()
    (read,) = [each for each in sitting.happened if isinstance(each, CurvesRead)]
    assert read.run == "kept-1"
    assert read.curves.points("val_loss")[1].tolist() == [2.1] * 2
    assert "not a run" in sitting.said[-1]


@pytest.mark.parametrize("row", ['{"step": 505}', '{"step": 505, "epoch": 1, "seconds": 2, "train_loss": "low"}',
                                 '{"step": -5, "epoch": 1, "seconds": 2, "train_loss": 2}', "pipe"])  # fmt: skip
@pytest.mark.fault("44")
def test_rows_that_are_none_are_left_out_of_the_curves(sitting: Sitting, row: str) -> None:
    run = keep_run(sitting.home)
    path = run.folder / "metrics.jsonl"
    if row == "pipe":
        path.unlink()
        os.mkfifo(path)
    else:
        with path.open("a") as file:
            file.write(row + "\n")
    sitting.playground.run_list.read_curves("kept-1")
    sitting.quiet()
    drawn = [each.curves.points("train_loss")[0].tolist() for each in sitting.happened if isinstance(each, CurvesRead)]
    assert drawn == ([] if row == "pipe" else [[100.0, 100.0]])
    assert sitting.playground.launcher.resume("kept-1") == ""
    sitting.hear(started(step=1000, run="kept-1", folder=str(run.folder), resumed=True), progress(1010))
    history = sitting.playground.runs.history
    sitting.until(lambda: not history.reading)
    assert set(history.curves.points("train_loss")[0]) == ({1010.0} if row == "pipe" else {100.0, 1010.0})


def test_runs_that_were_away_are_listed_again_after_a_while(sitting: Sitting) -> None:
    keep_run(sitting.home)
    away = sitting.home.root.with_name("away")
    for found in (["kept-1", "demo"], ["demo"], ["kept-1", "demo"]):
        sitting.advance(LOOK_SECONDS)
        sitting.quiet()
        assert listed(sitting) == found
        if away.exists():
            away.rename(sitting.home.root)
        else:
            sitting.home.root.rename(away)


def test_curves_that_are_being_read_are_given_up_by_asking_again(sitting: Sitting) -> None:
    keep_run(sitting.home)
    run_list = sitting.playground.run_list
    run_list.read_curves("kept-1")
    assert run_list.reading == ["kept-1"]
    run_list.read_curves("kept-1")
    assert run_list.reading == []
    sitting.quiet()
    assert not [each for each in sitting.happened if isinstance(each, CurvesRead)]
    with pytest.raises(Cancelled):
        kept_curves(sitting.playground.store.find("kept-1"), progress=Progress(lambda _: False))


def test_a_run_is_exported_once_and_that_is_said_in_passing(sitting: Sitting, tmp_path: Path) -> None:
    run, target = keep_run(sitting.home), tmp_path / "copy.safetensors"
    for _ in range(2):
        sitting.playground.run_list.export("kept-1", str(target))
    said = [each for each in sitting.advance() if isinstance(each, Said)]
    assert target.read_bytes() == run.best.read_bytes()
    assert said[0] == Said(f"Written to {target}", passing=True)
    assert (said[1].warning, "is there already" in said[1].sentence) == (True, True)


def test_an_epoch_is_not_timed_beside_a_run(sitting: Sitting) -> None:
    corpus, recipe = sitting.corpora.corpus, Recipe()
    assert corpus is not None
    assert sitting.playground.time_epoch(recipe, corpus, lambda _: True) == 0.0
    sitting.playground.runs.start(TrainRequest(home="/"))
    with pytest.raises(RuntimeError, match="a run is under way"):
        sitting.playground.time_epoch(recipe, corpus, lambda _: True)


# How the runs are looked at


def made_up(name: str, **told: Any) -> RunSummary:
    return RunSummary(name=name, folder=Path(name), modified=0.0, **told)


def test_a_list_is_sorted_and_searched_by_words_of_any_kind() -> None:
    runs = [
        made_up("b-new", corpus="Alice", cell="gru", num_layers=2, hidden_size=64, step=5, note="Too wide"),
        made_up("a-old", corpus="fox", cell="lstm", num_layers=1, hidden_size=32, step=9, val_loss=1.5),
        made_up("C-oldest", corpus="fox", cell="lstm", num_layers=1, hidden_size=64, val_loss=1.25, favourite=True),
    ]
    view, orders = RunView(), {}
    for _ in ORDERS:
        orders[view.order] = [run.name for run in view.shown(runs)]
        view.next_order()
    assert orders == {
        "newest": ["b-new", "a-old", "C-oldest"], "loss": ["C-oldest", "a-old", "b-new"],
        "name": ["a-old", "b-new", "C-oldest"], "step": ["a-old", "b-new", "C-oldest"],
        "favourite": ["C-oldest", "b-new", "a-old"],
    }  # fmt: skip
    assert view.order == "newest"
    for needle, names in {
        "": ["b-new", "a-old", "C-oldest"], "FOX": ["a-old", "C-oldest"], "fox 1x64": ["C-oldest"], "wide": ["b-new"],
        "favourite": ["C-oldest"], "alice fox": [], "gru": ["b-new"],
    }.items():  # fmt: skip
        view.needle = needle
        assert [run.name for run in view.shown(runs)] == names


def test_what_is_looked_at_leaves_what_is_known(sitting: Sitting) -> None:
    keep_run(sitting.home)
    run_list = sitting.playground.run_list
    run_list.refresh()
    sitting.quiet()
    before = run_list.revision
    run_list.filter("nosuch")
    assert (run_list.shown, run_list.revision) == ([], before + 1)
    assert run_list.find("kept-1") is not None
    assert run_list.unfinished is not None


def test_a_run_is_noted_and_renamed_and_stays_on_the_chart(sitting: Sitting) -> None:
    keep_run(sitting.home)
    run_list, chart = sitting.playground.run_list, sitting.playground.chart
    run_list.read_curves("kept-1")
    sitting.quiet()
    run_list.note("kept-1", favourite=True)
    run_list.note("kept-1", note="the one")
    run_list.rename("kept-1", "liked")
    sitting.quiet()
    liked = run_list.find("liked")
    assert liked is not None
    assert (liked.favourite, liked.note, run_list.find("kept-1")) == (True, "the one", None)
    assert chart.markers == {"liked": "○"}
    sitting.happened.clear()
    run_list.rename("liked", "a/b")
    run_list.note("demo", favourite=True)
    sitting.quiet()
    assert ["cannot be a run's name" in sitting.said[0], "comes with charplay" in sitting.said[1]] == [True, True]


def test_runs_are_compared_in_the_background(sitting: Sitting) -> None:
    keep_run(sitting.home, rows=(100, 200))
    run_list = sitting.playground.run_list
    run_list.compare(["kept-1", "demo"])
    sitting.quiet()
    (compared,) = [each.runs for each in sitting.happened if isinstance(each, RunsCompared)]
    assert [(run.name, run.best_step) for run in compared] == [("kept-1", 100), ("demo", None)]
    run_list.compare(["kept-1", "nosuch"])
    sitting.quiet()
    assert "there is no run or checkpoint 'nosuch'" in sitting.said[-1]


def test_details_have_every_checkpoint_and_what_was_changed(sitting: Sitting) -> None:
    run = keep_run(sitting.home, finished=True)
    assert run.best is not None
    made = read_checkpoint(run.best)
    for step in (10, 20):
        run.keep_snapshot(replace(made, step=step, epoch=step / 100), 2.5)
    run.append("changes", [{"step": 3, "seconds": 1.0, "field": "learning_rate", "old": 0.1, "new": 0.2}])
    (run.folder / "snapshots" / "00000030-1.0.safetensors").write_text("damaged")
    found = read_details(sitting.playground.store, "kept-1")
    assert [(each.kind, each.step, each.epoch) for each in found.checkpoints] == [
        ("best", 500, 1.0), ("latest", 500, 1.0), ("snapshot", 10, 0.1), ("snapshot", 20, 0.2),
    ]  # fmt: skip
    assert [(each.field, each.new) for each in found.changes] == [("learning_rate", 0.2)]
    assert (found.run.finished, found.run.val_loss, found.asked["steps"]) == (True, 2.1, 1000)
    demo = read_details(sitting.playground.store, "demo")
    assert [each.kind for each in demo.checkpoints] == ["best"]
    with pytest.raises(RunError):
        read_details(sitting.playground.store, "nosuch")
