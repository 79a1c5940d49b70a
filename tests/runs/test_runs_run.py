"""A run's folder: made once, written durably, cut and taken up again."""

import json
import multiprocessing
import os
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from charplay.fs import atomic
from charplay.recipes.recipe import Recipe
from charplay.runs import jsonl, safetensors_file
from charplay.runs.checkpoint import Checkpoint, CheckpointError, CorpusOrigin, read_checkpoint
from charplay.runs.errors import RunError
from charplay.runs.home import Home
from charplay.runs.run import Run


def test_a_run_opened_is_the_run_created(make_run: Callable[..., Run]) -> None:
    made = make_run()
    run = Run.open(made.folder)
    assert (run.name, run.folder) == ("tiny-shakespeare-lstm-1x6-01", made.folder)
    assert run.asked.hidden_size == "auto"
    assert run.resolved.hidden_size == 6
    for name in ("asked", "resolved", "corpus", "vocabulary", "facts", "finished"):
        assert getattr(run, name) == getattr(made, name)
    assert run.finished is None
    assert run.playable is None
    assert run.read_resume() is None
    assert run.metrics() == run.samples() == run.changes() == []


def test_run_json_is_on_the_disk_before_the_run_is_handed_out(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda d: (synced.append(Path(f"/proc/self/fd/{d}").readlink()), fsync(d)))
    run = make_run()
    # The record, the folder in making, and once it has its name the folder of all runs.
    assert [path.name.startswith(".charplay-") for path in synced] == [True, True, False]
    assert synced[0].parent == synced[1]
    assert synced[1].parent == synced[2] == run.folder.parent
    assert json.loads((run.folder / "run.json").read_text())["vocabulary"] == run.vocabulary


def test_finishing_and_taking_up_again(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.finish({"val_loss": 1.5, "train_loss": float("nan"), "steps": 5})
    assert Run.open(run.folder).finished == {"val_loss": 1.5, "train_loss": None, "steps": 5}
    longer = run.resolved.model_copy(update={"steps": 9})
    run.update(asked=longer, resolved=longer, facts={"device": "cuda:0"})
    again = Run.open(run.folder)
    assert (again.finished, again.resolved.steps, again.facts) == (None, 9, {"device": "cuda:0"})


def test_numbers_count_up_and_names_are_kept(make_run: Callable[..., Run]) -> None:
    assert [make_run().name[-2:] for _ in range(3)] == ["01", "02", "03"]
    assert make_run("my run, the 2nd").name == "my run, the 2nd"
    with pytest.raises(RunError, match="already"):
        make_run("my run, the 2nd")


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b", "../a", "/a", "a\\b", ".hidden", "-x", "a\0", "a\n", "a\x1b[31m", "a\u202eb", "a\u200b",
     "a ", "a.", "demo", "Demo", "x" * 81, "字" * 80, "a:b", "\ud800"],
)  # fmt: skip
@pytest.mark.fault("54")
def test_names_that_play_tricks_are_refused(make_run: Callable[..., Run], home: Home, name: str) -> None:
    with pytest.raises(RunError, match="cannot be a run's name"):
        make_run(name)
    assert not list(home.checkpoints.iterdir())


@settings(max_examples=60)
@given(name=st.text(max_size=300))
def test_a_corpus_of_any_name_gets_a_plain_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    checkpoints = tmp_path_factory.mktemp("checkpoints")
    recipe = Recipe(hidden_size=6, num_layers=1, embedding_size=4, steps=5)
    corpus = CorpusOrigin(name.encode(errors="replace").decode(), "", "", 1)
    run = Run.create(checkpoints, asked=recipe, resolved=recipe, corpus=corpus, vocabulary="ab", facts={})
    assert list(checkpoints.iterdir()) == [run.folder]
    assert run.name.endswith("-lstm-1x6-01")
    assert run.name[0].isalnum()
    assert all(character.isalnum() or character in "-_" for character in run.name)


def test_names_of_texts_become_words(make_run: Callable[..., Run], home: Home) -> None:
    def stem(name: str) -> str:
        recipe = Recipe(hidden_size=6, num_layers=2, embedding_size=4, steps=5, cell="gru")
        corpus = CorpusOrigin(name, "", "", 1)
        made = Run.create(home.checkpoints, asked=recipe, resolved=recipe, corpus=corpus, vocabulary="ab", facts={})
        return made.name

    assert stem("War & Peace.txt") == "war-peace-gru-2x6-01"
    assert stem("Война и мир") == "война-и-мир-gru-2x6-01"
    assert stem("../../etc") == "etc-gru-2x6-01"
    assert stem("???") == "text-gru-2x6-01"


def _make_many(checkpoints: Path, count: int, names: Any) -> None:
    recipe = Recipe(hidden_size=6, num_layers=1, embedding_size=4, steps=5)
    for _ in range(count):
        corpus = CorpusOrigin("race", "", "", 1)
        run = Run.create(checkpoints, asked=recipe, resolved=recipe, corpus=corpus, vocabulary="ab", facts={})
        names.put(run.name)


def test_two_processes_never_share_a_folder(home: Home) -> None:
    context = multiprocessing.get_context("fork")
    names = context.SimpleQueue()
    makers = [context.Process(target=_make_many, args=(home.checkpoints, 20, names)) for _ in range(2)]
    for maker in makers:
        maker.start()
    made = [names.get() for _ in range(40)]
    for maker in makers:
        maker.join()
    assert sorted(made) == [f"race-lstm-1x6-{n:02d}" for n in range(1, 41)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "broken run"),
        ("{", "broken run"),
        ("[]", "broken run"),
        ('{"format": ' + "9" * 5000 + "}", "broken run"),
        ('{"format": 1}', "Field required"),
        ('{"format": "one"}', "format"),
        ("[" * 100_000, "broken run"),
    ],
)
def test_a_broken_run_json_is_one_sentence(make_run: Callable[..., Run], text: str, reason: str) -> None:
    run = make_run()
    (run.folder / "run.json").write_text(text)
    with pytest.raises(RunError, match=reason) as error:
        Run.open(run.folder)
    assert len(str(error.value)) <= 400


def test_a_recipe_of_another_charplay_names_the_field(make_run: Callable[..., Run]) -> None:
    run = make_run()
    path = run.folder / "run.json"
    path.write_text(path.read_text().replace('"cell": "lstm"', '"cell": "perceptron"'))
    with pytest.raises(RunError, match=r"cell: .*not one of"):
        Run.open(run.folder)


@pytest.mark.fault("55")
def test_a_run_of_a_newer_charplay_says_so(make_run: Callable[..., Run]) -> None:
    run = make_run()
    path = run.folder / "run.json"
    path.write_text('{"format": 2, "everything": "else"}')
    with pytest.raises(RunError, match=r"needs a newer charplay \(format 2; this one reads 1\)"):
        Run.open(run.folder)


def test_a_folder_without_a_run_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        Run.open(tmp_path)


# Rows


def test_rows_come_back_in_order(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.append("metrics", [{"step": 1, "train_loss": 2.0}, {"step": 2, "train_loss": float("inf"), "val_loss": 1.9}])
    run.append("metrics", [{"step": 3, "train_loss": 1.8}])
    run.append("samples", [{"step": 2, "text": "a\nb\u2028é😀\x1b"}])
    run.append("changes", [{"step": 2, "field": "learning_rate", "old": 0.1, "new": 0.2}])
    assert [row["step"] for row in run.metrics()] == [1, 2, 3]
    assert run.metrics()[1]["train_loss"] is None
    assert run.samples() == [{"step": 2, "text": "a\nb\u2028é😀\x1b"}]
    assert run.changes()[0]["new"] == 0.2
    assert run.newest_metrics() == {"step": 3, "train_loss": 1.8, "val_loss": 1.9}


@settings(max_examples=40)
@example(torn=b'{"step": 9}')
@given(torn=st.binary(max_size=40).filter(lambda data: b"\n" not in data))
def test_a_torn_last_line_is_no_row_and_is_cut(tmp_path_factory: pytest.TempPathFactory, torn: bytes) -> None:
    run = a_run(tmp_path_factory.mktemp("checkpoints"))
    run.append("metrics", [{"step": 1}, {"step": 2}])
    path = run.folder / "metrics.jsonl"
    path.write_bytes(path.read_bytes() + torn)
    assert run.metrics() == [{"step": 1}, {"step": 2}]
    assert run.newest_metrics() == {"step": 2}
    run.truncate_after(2)
    run.append("metrics", [{"step": 3}])
    assert run.metrics() == [{"step": 1}, {"step": 2}, {"step": 3}]


def a_run(checkpoints: Path) -> Run:
    recipe = Recipe(hidden_size=6, num_layers=1, embedding_size=4, steps=5)
    return Run.create(
        checkpoints, asked=recipe, resolved=recipe, corpus=CorpusOrigin("t", "", "", 1), vocabulary="ab", facts={}
    )


@pytest.mark.parametrize(
    "line",
    [
        b"\0" * 100,
        b"[1]",
        b'"step"',
        b'{"step": Infinity}',
        b'{"step": 1e999}',
        b'{"loss": 1}',
        b"{",
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_damaged_line_costs_no_other(make_run: Callable[..., Run], line: bytes) -> None:
    run = make_run()
    run.append("metrics", [{"step": 1}])
    path = run.folder / "metrics.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n")
    run.append("metrics", [{"step": 2}])
    assert run.metrics() == [{"step": 1}, {"step": 2}]


@pytest.mark.parametrize("step", range(-1, 7))
def test_cutting_removes_what_is_past_a_step(make_run: Callable[..., Run], step: int) -> None:
    run = make_run()
    rows = [{"step": n, "loss": 0.1 * n} for n in range(1, 6)]
    run.append("metrics", rows)
    for row in rows:
        run.append("samples", [row])
        run.append("changes", [row])
    run.truncate_after(step)
    kept = [row for row in rows if row["step"] <= step]
    assert run.metrics() == run.samples() == run.changes() == kept


@pytest.mark.fault("47")
def test_cutting_removes_what_was_added_since(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.append("metrics", [{"step": 4}])
    sizes = run.row_sizes()
    run.append("metrics", [{"step": 4, "val_loss": 1.0}])
    run.append("changes", [{"step": 4}])
    run.truncate_after(4, sizes)
    assert (run.metrics(), run.changes()) == ([{"step": 4}], [])


def test_a_folder_that_may_not_be_looked_into_has_no_checkpoint(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_file(self: Path) -> None:
        raise PermissionError(13, "Permission denied")

    run = make_run()
    monkeypatch.setattr(Path, "is_file", is_file)
    assert (run.latest, run.best, run.playable) == (None, None, None)


def test_cutting_nothing_writes_nothing(make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run()
    run.truncate_after(3)
    run.append("metrics", [{"step": n, "loss": n / 3} for n in range(1, 4)])
    monkeypatch.setattr(atomic, "replace_bytes", pytest.fail)
    run.truncate_after(3)


def test_rows_that_did_not_fit_are_not_there_by_half(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    run.append("metrics", [{"step": 1}])
    write = os.write

    def full(descriptor: int, data: memoryview) -> None:
        write(descriptor, bytes(data)[:5])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            run.append("metrics", [{"step": 2}])
    run.append("metrics", [{"step": 3}])
    assert run.metrics() == [{"step": 1}, {"step": 3}]


def test_the_newest_values_of_a_long_run_are_read_from_its_end(make_run: Callable[..., Run]) -> None:
    run = make_run()
    rows = ({"step": n, "train_loss": n / 7, "val_loss": None if n % 50 else n} for n in range(5000))
    run.append("metrics", rows)
    assert run.newest_metrics() == {"step": 4999, "train_loss": 4999 / 7, "val_loss": 4950}


def test_the_newest_values_of_some_columns_are_those_of_all(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.append("metrics", ({"step": n, "train_loss": n / 7, "val_loss": n if n == 2 else None} for n in range(50)))
    assert run.newest_metrics({"train_loss"})["train_loss"] == 7.0
    assert run.newest_metrics({"val_loss"})["val_loss"] == 2
    assert "never" not in run.newest_metrics({"never", "train_loss"})
    assert run.newest_metrics({"never"}) == run.newest_metrics(set())


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 99), st.text(max_size=30)), max_size=20), st.integers(1, 40), st.binary())
def test_rows_come_in_pieces_as_they_come_at_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, str]], size: int, torn: bytes
) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    jsonl.append(path, ({"step": step, "text": text} for step, text in rows))
    path.write_bytes(path.read_bytes() + torn.replace(b"\n", b""))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl, "_BATCH", size)
        pieces = list(jsonl.batches(path))
    assert [row for _, piece in pieces for row in piece] == [{"step": step, "text": text} for step, text in rows]
    shares = [share for share, _ in pieces]
    assert shares == sorted(shares)
    assert all(0 < share <= 1 for share in shares)


# Saves

ANY_TYPE = [np.float16, np.float32, np.float64, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64, np.bool_, np.complex64]  # noqa: E501  # fmt: skip


@pytest.mark.parametrize("dtype", ANY_TYPE)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (5,), (4, 3)])
def test_a_resume_file_keeps_every_type_to_the_bit(make_run: Callable[..., Run], dtype: type[Any], shape: Any) -> None:
    run = make_run()
    numbers = np.random.default_rng(0).integers(0, 2 if dtype is np.bool_ else 100, size=shape)
    tensor = np.asarray(numbers).astype(dtype)
    run.write_resume({"plain": tensor, "turned": tensor.T}, {})
    read, _ = run.read_resume() or ({}, {})
    for name, wanted in (("plain", tensor), ("turned", tensor.T)):
        assert read[name].dtype == wanted.dtype
        assert read[name].shape == wanted.shape
        assert read[name].tobytes() == wanted.tobytes()


states = st.dictionaries(
    st.text(string.printable, max_size=8).filter(lambda name: name != safetensors_file.DIGEST),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**200), 2**200) | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=10,
    ),
    max_size=5,
)


@settings(max_examples=60)
@given(state=states)
def test_a_resume_file_keeps_any_json_state(tmp_path_factory: pytest.TempPathFactory, state: dict[str, Any]) -> None:
    run = a_run(tmp_path_factory.mktemp("checkpoints"))
    run.write_resume({"a": np.arange(3)}, state)
    assert (run.read_resume() or ({}, {}))[1] == state


def test_the_digests_own_name_is_refused_in_a_state(make_run: Callable[..., Run]) -> None:
    with pytest.raises(CheckpointError, match="sha256 is the name of its digest"):
        make_run().write_resume({"a": np.arange(3)}, {"sha256": "mine"})


def test_a_resume_file_is_plain_safetensors(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_resume({"moment": np.arange(4.0)}, {"step": 3})
    assert load((run.folder / "resume.safetensors").read_bytes())["moment"].tolist() == [0, 1, 2, 3]


def test_a_resume_state_that_is_not_finite_is_not_saved(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_resume({"a": np.zeros(2)}, {"step": 1})
    with pytest.raises(CheckpointError, match="a holds numbers that are not finite"):
        run.write_resume({"a": np.array([0, np.nan])}, {"step": 2})
    _, state = run.read_resume() or ({}, {})
    assert state == {"step": 1}


def test_a_resume_state_that_cannot_be_written_is_one_sentence(make_run: Callable[..., Run]) -> None:
    for tensors, state in (({"a": np.zeros(2, np.complex128)}, {}), ({}, {"a": object()}), ({}, {"a": "\ud800"})):
        with pytest.raises(CheckpointError, match="was not saved: it cannot be written"):
            make_run().write_resume(tensors, state)


def test_a_resume_file_that_cannot_be_opened_is_one_sentence(make_run: Callable[..., Run]) -> None:
    run = make_run()
    (run.folder / "resume.safetensors").mkdir()
    with pytest.raises(CheckpointError, match="cannot be read"):
        run.read_resume()


def test_a_damaged_resume_file_is_one_sentence(make_run: Callable[..., Run]) -> None:
    run = make_run()
    run.write_resume({"a": np.arange(300)}, {"step": 1})
    path = run.folder / "resume.safetensors"
    whole = path.read_bytes()
    for damaged in (b"", whole[:50], whole[:-1], whole + b"x", b"\x80\x04\x95" + whole):
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="cannot be resumed from"):
            run.read_resume()


def test_rows_are_on_the_disk_before_the_save_they_belong_to(
    make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run()
    run.append("metrics", [{"step": 1}])
    calls = []
    monkeypatch.setattr(atomic, "sync_file", lambda path: calls.append(path.name))
    monkeypatch.setattr(atomic, "replace_bytes", lambda path, _: calls.append(path.name))
    run.write_resume({}, {})
    assert calls == ["metrics.jsonl", "resume.safetensors"]


def test_best_plays_before_latest(make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint]) -> None:
    run = make_run()
    run.write_latest(make_checkpoint(2))
    assert run.playable == run.latest == run.folder / "latest.safetensors"
    assert run.best is None
    run.write_best(make_checkpoint(1))
    assert run.playable == run.best
    assert read_checkpoint(run.playable).step == 1


@pytest.mark.fault("58")
def test_snapshots_are_kept_by_step(make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint]) -> None:
    run = make_run()
    kept = [run.keep_snapshot(make_checkpoint(step), loss) for step, loss in ((5, 2.0), (40, 1.75), (1200, 1.5))]
    assert run.snapshots == tuple(kept)
    assert kept[1].name == "00000040-1.7500.safetensors"
    assert read_checkpoint(kept[1]).step == 40


def test_a_run_whose_folder_went_away_says_so_and_goes_on(
    make_run: Callable[..., Run], make_checkpoint: Callable[..., Checkpoint]
) -> None:
    run = make_run()
    hidden = run.folder.rename(run.folder.with_name("away"))
    writes: list[Callable[[], object]] = [lambda: run.write_resume({}, {}), lambda: run.write_latest(make_checkpoint())]
    for write in writes:
        with pytest.raises(OSError, match="No such file"):
            write()
    hidden.rename(run.folder)
    run.write_latest(make_checkpoint())
