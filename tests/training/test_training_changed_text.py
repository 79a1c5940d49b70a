"""Row 45: a text that changed since the save is noticed, asked about, and its symbols are never remapped."""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trainings import Only, Train, abandon, failure, last_save, stop_at

from charplay.protocol.events import Event, Failed, Finished, Started
from charplay.protocol.queues import CommandQueue
from charplay.protocol.request import TrainRequest
from charplay.runs.checkpoint import read_header
from charplay.runs.run import Run
from charplay.training.run_training import open_training

CUTS: dict[str, dict[str, Any]] = {
    "stream": {},
    "windows": {"batching": "windows", "stride": 3},
    "windows, every improvement": {"batching": "windows", "stride": 20, "shuffle": False, "keep": "every-improvement"},
}


def again(home: Path, folder: str, **over: Any) -> list[Event]:
    run = Run.open(Path(folder))
    request = TrainRequest(home=str(home), recipe=run.asked.model_dump(), resume=folder, **over)
    return list(open_training(request, CommandQueue()))


@pytest.fixture(params=CUTS)
def stopped(request: pytest.FixtureRequest, train: Train, only: Only, home: Path) -> tuple[str, Path, str]:
    """Folder of a run that stopped in the middle of an epoch, the file of its text, and what that holds."""
    events = train(stop_at(8), log_every=1, **CUTS[request.param])
    file = home / "corpora" / "words.txt"
    return only(events, Started)[0].folder, file, file.read_text()


def test_a_changed_text_is_refused_unless_it_is_asked_for(
    stopped: tuple[str, Path, str], home: Path, only: Only
) -> None:
    folder, file, text = stopped
    before = {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}
    file.write_text(text[100:] + "the cat sat, on a mat. " * 30)
    failed = again(home, folder)[-1]
    assert isinstance(failed, Failed)
    assert failed.changed_text
    assert "is not the text that" in failed.message
    assert before == {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}
    events = again(home, folder, changed_text=True)
    (finished,) = only(events, Finished)
    assert finished.steps == 20
    assert any("the text has changed" in note for note in only(events, Started)[0].notes)
    assert again(home, folder)[-1] == finished  # it is the run's text now


@pytest.mark.fault("45")
def test_a_changed_text_is_never_taken_where_ranges_were_cut_out_of_it(train: Train, only: Only, home: Path) -> None:
    events = train(stop_at(8), log_every=1, cleaning=("cut(10-40)",))
    folder, file = only(events, Started)[0].folder, home / "corpora" / "words.txt"
    text = file.read_text()
    file.write_text(text[100:] + text[:100])
    assert "ranges were cut out of that one" in failure(again(home, folder, changed_text=True)).message
    file.write_text(text)
    assert only(again(home, folder), Finished)[0].steps == 20


@pytest.mark.parametrize("shorter", [0.3, 0.7, 1.5])
def test_going_on_with_another_length_of_text_reads_all_of_it_and_nothing_else(
    stopped: tuple[str, Path, str], home: Path, only: Only, shorter: float
) -> None:
    folder, file, text = stopped
    file.write_text((text + text)[: int(len(text) * shorter)])
    (finished,) = only(again(home, folder, changed_text=True), Finished)
    assert finished.steps == 20
    epochs = [row["epoch"] for row in Run.open(Path(folder)).metrics()]
    assert all(one <= other for one, other in itertools.pairwise(epochs))
    assert np.isfinite([row["train_loss"] for row in Run.open(Path(folder)).metrics() if "train_loss" in row]).all()


@pytest.mark.parametrize("shorter", [0.3, 1.5])
def test_a_changed_text_is_taken_up_as_such_until_a_save_knows_it(
    stopped: tuple[str, Path, str], home: Path, only: Only, shorter: float
) -> None:
    folder, file, text = stopped
    file.write_text((text + text)[: int(len(text) * shorter)].replace("c", "t"))
    request = TrainRequest(home=str(home), recipe=Run.open(Path(folder)).asked.model_dump(), resume=folder)
    for changed_text in (True, False):
        stream = open_training(replace(request, changed_text=changed_text), CommandQueue())
        assert any(isinstance(event, Started) for event in stream)
        abandon(stream)  # killed before anything was saved
    (finished,) = only(again(home, folder), Finished)
    assert finished.steps == 20
    assert finished.train_loss is not None
    assert np.isfinite(finished.train_loss)


def test_no_mean_is_of_the_text_before_and_after(stopped: tuple[str, Path, str], home: Path, only: Only) -> None:
    folder, file, text = stopped
    file.write_text(text[::-1])
    (finished,) = only(again(home, folder, changed_text=True), Finished)
    run = Run.open(Path(folder))
    losses = [row["train_loss"] for row in run.metrics() if row["step"] > 8 and "train_loss" in row]
    assert finished.train_loss == pytest.approx(np.mean(losses))
    arrays, saved = last_save(run)
    assert len(losses) == len(arrays["recent"]) == saved["ledger"]["epoch"]["steps"] == 12


def test_symbols_keep_their_ids_where_the_changed_text_lacks_some(
    stopped: tuple[str, Path, str], home: Path, only: Only
) -> None:
    folder, file, text = stopped
    vocabulary = Run.open(Path(folder)).vocabulary
    file.write_text(text.replace("c", "t"))
    only(again(home, folder, changed_text=True), Finished)
    run = Run.open(Path(folder))
    assert "c" in vocabulary
    assert run.vocabulary == vocabulary
    assert run.best
    assert read_header(run.best).vocabulary == vocabulary
    assert run.corpus.characters == len(text)
    assert run.corpus.sha256 == json.loads((Path(folder) / "run.json").read_text())["corpus"]["sha256"]


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize(
    ("text", "why"), [(lambda t: t + "Ü→", r"does not know \(U\+00DC, U\+2192\)"), (lambda t: t[:201], "too short")]
)
def test_what_cannot_go_on_is_refused_even_when_asked_for(
    train: Train, only: Only, home: Path, asked: dict[str, object], text: Callable[..., Any], why: str
) -> None:
    events = train(stop_at(8), log_every=1, sequence_length=200, batch_size=2)
    folder, file = only(events, Started)[0].folder, home / "corpora" / "words.txt"
    file.write_text(text(file.read_text()))
    failed = again(home, folder, changed_text=asked)[-1]
    assert isinstance(failed, Failed)
    assert not failed.changed_text
    assert re.search(why, failed.message)


@pytest.mark.parametrize("alike", [False, True])
def test_a_text_that_is_gone_is_named_by_its_file_and_none_that_is_called_alike_takes_its_place(
    stopped: tuple[str, Path, str], home: Path, only: Only, alike: bool
) -> None:
    folder, file, _ = stopped
    file.rename(file.with_name("WORDS.txt" if alike else "other.txt"))
    said = failure(again(home, folder)).message
    assert said.startswith(f"{file}, which run {Path(folder).name} learns, is not there")


def test_a_text_that_was_moved_under_its_name_is_found(stopped: tuple[str, Path, str], home: Path, only: Only) -> None:
    folder, file, _ = stopped
    file.rename(file.with_suffix(".text"))
    only(again(home, folder), Finished)


def test_the_encoding_that_was_named_is_taken_again(home: Path, asked: dict[str, object], only: Only) -> None:
    file = home / "corpora" / "words.txt"
    file.write_bytes(file.read_bytes() + "déjà".encode("cp1252") * 20)
    events = list(open_training(TrainRequest(home=str(home), recipe=asked, encoding="koi8-r"), CommandQueue()))
    (started,) = only(events, Started)
    assert "И" in Run.open(Path(started.folder)).vocabulary  # what cp1252 calls é
    run = Run.open(Path(started.folder))
    longer = {**run.asked.model_dump(), "steps": 30}
    resumed = list(open_training(TrainRequest(home=str(home), recipe=longer, resume=started.folder), CommandQueue()))
    assert only(resumed, Finished)[0].steps == 30
