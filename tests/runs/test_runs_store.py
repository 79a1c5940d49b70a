"""The list of runs bears anything that lies in the folder; finding, exporting and deleting say what is wrong."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charplay.runs import safetensors_file
from charplay.runs import store as module
from charplay.runs.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunError, RunStore, RunSummary


@pytest.fixture(autouse=True)
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the demo would be; there is none until a test writes it."""
    path = tmp_path / "package" / "demo.safetensors"
    path.parent.mkdir()
    monkeypatch.setattr(module, "DEMO", path)
    return path


@pytest.fixture
def store(home: Home) -> RunStore:
    return RunStore(home)


def aged(run: Run, seconds: int) -> Run:
    """The run as if last written so long ago."""
    for path in (run.folder / "run.json", run.folder / "metrics.jsonl", run.folder):
        if path.exists():
            os.utime(path, (2e9 - seconds, 2e9 - seconds))
    return run


@pytest.mark.parametrize("clock", [0, 2**31 - 1, 2**31 + 5, 2e9], ids=["1970", "2038", "after it", "all at once"])
@pytest.mark.fault("56")
def test_a_clock_that_is_wrong_moves_nothing_within_a_run(
    store: RunStore, make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint], clock: float
) -> None:
    run = make_run("ticking")
    for step in (9, 10):
        run.append("metrics", [{"step": step}])
        run.write_resume({"w": np.ones(step)}, {"step": step})
        run.write_latest(make_checkpoint(step))
        run.keep_snapshot(make_checkpoint(step), loss=1.0 / step)
    for path in run.folder.rglob("*"):
        os.utime(path, (clock, clock))
    os.utime(run.snapshots[0], (clock + 50, clock + 50))  # the older one
    (line,) = store.list()
    assert (line.name, line.step) == ("ticking", 10)
    assert store.unfinished().name == "ticking"
    found = store.find("ticking")
    assert found.latest
    assert [read_checkpoint(path).step for path in (*found.snapshots, found.latest)] == [9, 10, 10]
    _, state = found.read_resume() or ({}, {})
    assert state == {"step": 10}


def test_an_empty_home_lists_nothing(store: RunStore, tmp_path: Path) -> None:
    assert store.list() == []
    assert store.unfinished() is None
    assert RunStore(Home(tmp_path / "nowhere")).list() == []


def test_a_line_says_where_the_run_stands(
    store: RunStore, make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint]
) -> None:
    run = make_run(cell="gru", num_layers=2)
    run.append("metrics", [{"step": 10, "epoch": 0.5, "seconds": 3.0, "train_loss": 2.0, "val_loss": 2.1}])
    run.append("metrics", [{"step": 20, "epoch": 1.0, "seconds": 6.0, "train_loss": 1.9, "val_loss": None}])
    run.write_latest(make_checkpoint(15))
    (line,) = store.list()
    assert (line.name, line.corpus, line.cell, line.num_layers, line.hidden_size) == (
        "tiny-shakespeare-gru-2x6-01", "tiny-shakespeare", "gru", 2, 6,
    )  # fmt: skip

    def numbers(line: RunSummary) -> tuple[float | None, ...]:
        return (line.step, line.epoch, line.seconds, line.train_loss, line.val_loss)

    assert numbers(line) == (15, 1.5, 2.5, 1.9, 2.1), "where it goes on from"
    with run.lock():
        assert numbers(store.list()[0]) == (20, 1.0, 6.0, 1.9, 2.1), "where it is"
    assert (line.finished, line.playable, line.read_only, line.broken, line.in_use) == (
        False,
        run.latest,
        False,
        "",
        "",
    )
    run.write_best(make_checkpoint(10))
    assert store.list()[0].val_loss == make_checkpoint(10).val_loss == 1.5, "that of what plays"
    run.finish({"step": 20, "train_loss": 1.8, "val_loss": 2.05, "val_loss_cold": None})
    (line,) = store.list()
    assert (line.finished, line.step, line.train_loss, line.val_loss) == (True, 20, 1.8, 2.05)


def test_a_run_that_saved_nothing_stands_at_its_beginning(store: RunStore, make_run: Callable[..., Run]) -> None:
    make_run().append("metrics", [{"step": 20, "epoch": 1.0, "seconds": 6.0, "train_loss": 1.9}])
    (line,) = store.list()
    assert (line.step, line.epoch, line.train_loss) == (0, 0.0, 1.9)


def test_the_newest_comes_first_and_the_demo_last(
    store: RunStore, make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint], demo: Path
) -> None:
    for name, age in (("b", 20), ("a", 30), ("c", 10), ("aa", 20)):
        aged(make_run(name), age)
    write_checkpoint(demo, make_checkpoint(7))
    lines = store.list()
    assert [line.name for line in lines] == ["c", "aa", "b", "a", "demo"]
    assert [line.read_only for line in lines] == [False] * 4 + [True]
    assert (lines[-1].step, lines[-1].playable, lines[-1].finished) == (7, demo, True)


def test_listing_reads_no_tensors(
    store: RunStore,
    make_run: Callable[..., Run],
    make_checkpoint: Callable[..., Checkpoint],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = make_run()
    run.write_latest(make_checkpoint(3))
    run.write_best(make_checkpoint(3))
    monkeypatch.setattr(safetensors_file, "read_tensors", pytest.fail)
    (line,) = store.list()
    assert (line.step, line.val_loss, line.broken) == (3, 1.5, "")


def test_a_damaged_checkpoint_spoils_no_line(
    store: RunStore, make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint]
) -> None:
    run = make_run()
    run.write_latest(make_checkpoint(3))
    run.latest.write_bytes(b"nothing")
    run.append("metrics", [{"step": 20, "val_loss": 2.5}])
    (line,) = store.list()
    assert (line.step, line.val_loss, line.broken) == (0, 2.5, "")


@pytest.mark.parametrize("name", ["run.json", "metrics.jsonl"])
@pytest.mark.fault("44")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(
    store: RunStore, make_run: Callable[..., Run], name: str
) -> None:
    run = make_run()
    (run.folder / name).unlink(missing_ok=True)
    os.mkfifo(run.folder / name)
    assert "a pipe, not a file" in store.list()[0].broken


def test_broken_folders_are_listed_as_broken(
    store: RunStore, home: Home, make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint], demo: Path
) -> None:
    (home.checkpoints / "README.md").write_text("not a run")
    (home.checkpoints / ".hidden").mkdir()
    (home.checkpoints / "empty").mkdir()
    half = make_run("half")
    half.write_latest(make_checkpoint())
    (half.folder / "run.json").write_text('{"format": 1,')
    make_run("sound")
    demo.write_bytes(b"torn")
    broken = {line.name: line.broken for line in store.list()}
    assert broken.keys() == {"empty", "half", "sound", "demo"}
    assert broken["sound"] == ""
    assert "holds no run" in broken["empty"]
    assert "broken run" in broken["half"]
    assert "not a charplay checkpoint" in broken["demo"]
    assert store.checkpoint("half") == half.latest, "a checkpoint is complete alone"
    assert store.unfinished().name == "sound"


@settings(max_examples=40)
@given(run_json=st.binary(max_size=60), metrics=st.binary(max_size=60))
def test_no_file_content_breaks_the_list(
    tmp_path_factory: pytest.TempPathFactory, run_json: bytes, metrics: bytes
) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    folder = home.checkpoints / "x"
    folder.mkdir(parents=True)
    (folder / "run.json").write_bytes(run_json)
    (folder / "metrics.jsonl").write_bytes(metrics)
    assert RunStore(home).list()[0].broken


def test_metrics_of_the_wrong_kind_are_not_believed(store: RunStore, make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.append("metrics", [{"step": "many", "epoch": [], "train_loss": {"a": 1}, "val_loss": "low", "seconds": None}])
    (line,) = store.list()
    assert (line.step, line.epoch, line.seconds, line.train_loss, line.val_loss) == (0, 0.0, 0.0, None, None)


@pytest.mark.parametrize("loss", ['"1.2"', "[]", "{}"])
def test_a_closing_record_without_numbers_is_a_broken_run(
    store: RunStore, make_run: Callable[..., Run], loss: str
) -> None:
    run = make_run()
    run.finish({"train_loss": 5.25})
    path = run.folder / "run.json"
    path.write_text(path.read_text().replace("5.25", loss))
    assert "finished: Value error, train_loss is no number" in store.list()[0].broken


@pytest.mark.parametrize("step", ["1e999", "-1e999", "1" + "0" * 400, "true"])
def test_a_closing_record_of_the_wrong_kind_is_not_believed(
    store: RunStore, make_run: Callable[..., Run], step: str
) -> None:
    run = make_run()
    run.finish({"step": 5})
    path = run.folder / "run.json"
    path.write_text(path.read_text().replace('"step": 5', f'"step": {step}'))
    assert isinstance(store.list()[0].step, int)


def test_the_unfinished_run_is_the_newest_that_nobody_runs(store: RunStore, make_run: Callable[..., Run]) -> None:
    older, newer, newest = (aged(make_run(name), age) for name, age in (("older", 30), ("newer", 20), ("newest", 10)))
    newest.finish({})
    aged(newest, 10)
    assert store.unfinished().name == "newer"
    with newer.lock():
        assert store.unfinished().name == "older"
        assert next(line.in_use for line in store.list() if line.name == "newer") == str(newer.owner)
    older.finish({})
    assert store.unfinished().name == "newer"


def test_a_run_is_found_by_name_and_by_path(store: RunStore, make_run: Callable[..., Run], tmp_path: Path) -> None:
    run = make_run()
    assert store.find(run.name).folder == run.folder
    assert RunStore(Home(tmp_path / "other")).find(str(run.folder)).name == run.name


@pytest.mark.parametrize("name", ["", ".", "..", "/", "nothing", "a/b", "\0", "~nobody-of-that-name", "x" * 5000])
def test_what_is_not_there_is_one_sentence(store: RunStore, make_run: Callable[..., Run], name: str) -> None:
    make_run()
    for ask in (store.find, store.checkpoint, store.delete):
        with pytest.raises(RunError, match="there is no run") as error:
            ask(name)
        assert len(str(error.value)) < 200


def test_the_nearest_name_is_offered(
    store: RunStore, make_run: Callable[..., Run], demo: Path, make_checkpoint: Callable[..., Checkpoint]
) -> None:
    run = make_run()
    with pytest.raises(RunError, match=f"did you mean {run.name}"):
        store.find("tiny-shakespear-lstm-1x6-1")
    with pytest.raises(RunError, match="charplay runs"):
        store.checkpoint("demo")
    write_checkpoint(demo, make_checkpoint())
    with pytest.raises(RunError, match="did you mean demo"):
        store.checkpoint("dem")


def test_what_plays(
    store: RunStore,
    make_run: Callable[..., Run],
    make_checkpoint: Callable[..., Checkpoint],
    demo: Path,
    tmp_path: Path,
) -> None:
    run = make_run()
    with pytest.raises(RunError, match="has saved nothing yet"):
        store.checkpoint(run.name)
    run.write_latest(make_checkpoint(1))
    assert store.checkpoint(run.name) == run.latest
    run.write_best(make_checkpoint(1))
    assert store.checkpoint(str(run.folder)) == run.best
    write_checkpoint(tmp_path / "loose", make_checkpoint())
    assert store.checkpoint(str(tmp_path / "loose")) == tmp_path / "loose"
    write_checkpoint(demo, make_checkpoint())
    assert store.checkpoint("demo") == demo
    with pytest.raises(RunError, match="not a run"):
        store.find("demo")


def test_a_finished_run_that_plays_no_more_is_not_called_unsaved(store: RunStore, make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.finish({"step": 5})
    with pytest.raises(RunError, match=f"has lost its checkpoints; `charplay train --resume {run.name}`"):
        store.checkpoint(run.name)


def test_deleting(
    store: RunStore, home: Home, make_run: Callable[..., Run], demo: Path, make_checkpoint: Callable[..., Checkpoint]
) -> None:
    write_checkpoint(demo, make_checkpoint())
    run, other = make_run(), make_run()
    (home.checkpoints / "broken").mkdir()
    with run.lock(), pytest.raises(RunError, match=f"in use by pid {os.getpid()}"):
        store.delete(run.name)
    assert run.folder.is_dir()
    store.delete(run.name)
    store.delete("broken")
    assert list(home.checkpoints.iterdir()) == [other.folder]
    with pytest.raises(RunError, match="cannot be deleted"):
        store.delete("demo")
    with pytest.raises(RunError, match="there is no run"):
        store.delete(str(other.folder))
    assert demo.exists()


def test_a_deletion_that_was_killed_is_finished_at_the_next_start(
    store: RunStore, home: Home, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    monkeypatch.setattr(shutil, "rmtree", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store.delete(run.name)
    monkeypatch.undo()
    assert [summary for summary in store.list() if not summary.read_only] == []
    assert len(list(home.checkpoints.iterdir())) == 1
    assert home.clear_leftovers() == 1
    assert not list(home.checkpoints.iterdir())


def test_leftovers_are_found_everywhere_in_the_home(
    home: Home, make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint]
) -> None:
    run = make_run()
    run.keep_snapshot(make_checkpoint(), 1.0)
    for folder in (home.root, home.texts, home.presets, run.folder, run.folder / "snapshots"):
        (folder / ".charplay-00.partial").touch()
    assert home.clear_leftovers() == 5
    assert home.clear_leftovers() == 0


def test_exporting(
    store: RunStore,
    make_run: Callable[..., Run],
    make_checkpoint: Callable[..., Checkpoint],
    demo: Path,
    tmp_path: Path,
) -> None:
    run = make_run()
    run.write_best(make_checkpoint(3))
    write_checkpoint(demo, make_checkpoint(9))
    target = tmp_path / "mine.safetensors"
    assert store.export(run.name, target) == target
    assert read_checkpoint(target).step == 3
    with pytest.raises(RunError, match="is there already"):
        store.export("demo", target)
    assert read_checkpoint(target).step == 3
    store.export("demo", target, overwrite=True)
    assert read_checkpoint(target).step == 9
    assert store.export(run.name, tmp_path) == tmp_path / f"{run.name}.safetensors"
    with pytest.raises(RunError, match="cannot be written"):
        store.export(run.name, tmp_path / "no" / "such" / "folder")


def test_exporting_says_how_to_replace(
    store: RunStore, demo: Path, make_checkpoint: Callable[..., Checkpoint], tmp_path: Path
) -> None:
    write_checkpoint(demo, make_checkpoint())
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(RunError, match="runs export --overwrite"):
        store.export("demo", tmp_path / "kept")
    assert (tmp_path / "kept").read_text() == "mine"


def test_exporting_writes_over_files_alone(
    store: RunStore, demo: Path, make_checkpoint: Callable[..., Checkpoint], tmp_path: Path
) -> None:
    write_checkpoint(demo, make_checkpoint())
    os.mkfifo(tmp_path / "demo.safetensors")
    for target in (tmp_path, tmp_path / "demo.safetensors"):
        with pytest.raises(RunError, match=r"demo\.safetensors is no file"):
            store.export("demo", target, overwrite=True)
    assert (tmp_path / "demo.safetensors").is_fifo()


@pytest.mark.parametrize("there", [True, False])
def test_exporting_follows_a_link(
    store: RunStore, demo: Path, make_checkpoint: Callable[..., Checkpoint], tmp_path: Path, there: bool
) -> None:
    write_checkpoint(demo, make_checkpoint(9))
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.write_text("old")
    link.symlink_to("target")
    assert store.export("demo", link, overwrite=there) == link
    assert (link.is_symlink(), read_checkpoint(target).step) == (True, 9)


def test_exporting_onto_a_link_that_leads_nowhere_is_a_sentence(
    store: RunStore, demo: Path, make_checkpoint: Callable[..., Checkpoint], tmp_path: Path
) -> None:
    write_checkpoint(demo, make_checkpoint())
    (tmp_path / "ring").symlink_to("ring")
    with pytest.raises(RunError, match="ring cannot be written"):
        store.export("demo", tmp_path / "ring", overwrite=True)
