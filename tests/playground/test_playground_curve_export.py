"""Curves of kept runs, taken out: CSV, pictures, TensorBoard events."""

import csv
import math
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from sitting import fox_home, keep_run

from charplay.corpora.errors import Cancelled
from charplay.corpora.progress import Progress
from charplay.playground.chart_quantities import MEASURES
from charplay.playground.curve_export import (
    COLUMNS,
    DrawnChart,
    ExportError,
    curves_csv,
    kept_chart,
    kept_rows,
    write_tensorboard,
)
from charplay.plotting.grid import Mark, Reference, Series, View
from charplay.runs.home import Home
from charplay.runs.run import Run

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fox_home(tmp_path / "home")


def keep(home: Home, name: str, steps: range) -> Run:
    """A run whose rows of training and evaluation stand apart, as a trainer writes them."""
    run = keep_run(home, name, rows=())
    for step in steps:
        place = {"step": step, "epoch": step / 8, "seconds": step / 3}
        run.append("metrics", [{**place, "train_loss": 3 - step / 100, "grad_norm": None}])
        if step % 2 == 0:
            run.append("metrics", [{**place, "val_loss": 3.5 - step / 100}])
    return run


def table(runs: list[Run]) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(curves_csv(runs, Progress())).splitlines()))


def test_a_csv_has_the_step_first_and_every_reading_of_a_step_in_one_row(home: Home) -> None:
    run = keep(home, "one", range(1, 6))
    lines = "".join(curves_csv([run], Progress())).split("\n")
    assert lines[0].startswith("step,run,epoch,characters,seconds,train_loss,")
    assert lines[-1] == ""
    rows = table([run])
    assert [row["step"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["val_loss"] for row in rows] == ["", str(3.5 - 2 / 100), "", str(3.5 - 4 / 100), ""]
    a_step = math.prod((run.resolved.batch_size, run.resolved.sequence_length))
    assert [int(row["characters"]) for row in rows] == [step * a_step for step in range(1, 6)]
    assert {float(row["seconds"]) * 3 - float(row["step"]) for row in rows} == {0.0}
    assert rows[0].keys() == set(COLUMNS)
    assert rows[0]["grad_norm"] == ""


def test_characters_follow_a_batch_size_that_was_changed(home: Home) -> None:
    run = keep(home, "one", range(1, 5))
    length, before = run.resolved.sequence_length, run.resolved.batch_size
    assert isinstance(length, int)
    assert isinstance(before, int)
    run.append("changes", [{"step": 2, "seconds": 1.0, "field": "batch_size", "old": before, "new": 3}])
    read = [row["characters"] for row in kept_rows(run, Progress())]
    assert np.diff(read).tolist() == [before * length, 3 * length, 3 * length]


def test_runs_stand_one_after_another_with_their_names(home: Home) -> None:
    rows = table([keep(home, "one", range(1, 3)), keep(home, "two", range(2))])
    assert [(row["run"], row["step"]) for row in rows] == [("one", "1"), ("one", "2"), ("two", "0"), ("two", "1")]


def test_lines_that_are_no_rows_are_let_go(home: Home) -> None:
    run = keep(home, "one", range(1, 3))
    run.append("metrics", [{"step": 3}, {"step": 4, "epoch": "x", "seconds": 1, "train_loss": 1.0}])
    assert [row["step"] for row in table([run])] == ["1", "2"]


def test_it_can_be_cancelled(home: Home) -> None:
    with pytest.raises(Cancelled):
        list(curves_csv([keep(home, "one", range(1, 3))], Progress(lambda _: False)))


def test_a_picture_has_each_run_by_name_and_its_points(home: Home) -> None:
    drawn = kept_chart(
        [keep(home, "one", range(9)), keep(home, "two", range(5))], MEASURES["bits"], "epoch", Progress()
    )
    assert [each.name for each in drawn.series] == ["one, train", "one, held-out", "two"]
    picture = ElementTree.fromstring(drawn.svg())
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    assert {"Bits a character", "epoch"} <= set(texts)
    assert [text.rpartition("  ")[0] for text in texts[-3:]] == ["one, train", "one, held-out", "two"]
    lines = [line.get("points", "").split() for line in picture.iter(f"{SVG}polyline")]
    assert [len(line) for line in lines] == [9, 5, 3]
    heights = [float(point.split(",")[1]) for point in lines[0]]
    assert heights == sorted(heights), "a falling loss falls in the picture"
    text = drawn.text()
    assert text.startswith("Bits a character\n")
    assert "○ two" in text.splitlines()


def test_hostile_names_stay_text_in_a_picture() -> None:
    hostile = "</text><script>&\x1b[31m\x00"
    points = np.arange(3.0)
    drawn = DrawnChart(
        title=hostile, series=[Series(hostile, "run-1", points, points)], references=[Reference(hostile, 1.0)],
        marks=[Mark(1.0, hostile)], view=View(),
    )  # fmt: skip
    picture = ElementTree.fromstring(drawn.svg())
    assert not list(picture.iter(f"{SVG}script"))
    assert sum("<script>&␛[31m␀" in (text.text or "") for text in picture.iter(f"{SVG}text")) == 4
    assert "\x1b" not in drawn.text()


@pytest.mark.parametrize("number", [0, 1, 2, 5000])
@pytest.mark.parametrize("view", [View(), View(log_y=True), View(recent=True), View(x_end=9000.0)])
def test_a_picture_is_drawn_of_any_number_of_points(number: int, view: View) -> None:
    x = np.arange(1.0, number + 1)
    y = np.where(x % 7 == 3, np.nan, 3 - x / 5000)
    picture = ElementTree.fromstring(DrawnChart(title="t", series=[Series("a", "train", x, y)], view=view).svg())
    assert "nan" not in "".join(line.get("points", "") for line in picture.iter(f"{SVG}polyline"))


# TensorBoard


class Recorded:
    """Stands for the package's writer."""

    def __init__(self, logdir: str) -> None:
        self.folder = Path(logdir)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.scalars: list[tuple[str, float, int, float]] = []

    def add_scalar(self, tag: str, scalar_value: float, *, global_step: int, walltime: float) -> None:
        self.scalars.append((tag, scalar_value, global_step, walltime))

    def close(self) -> None:
        (self.folder / "events.out.tfevents.1").write_text(repr(self.scalars))


@pytest.fixture
def writers(monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    made: list[Recorded] = []

    def make(**asked: Any) -> Recorded:
        made.append(Recorded(**asked))
        return made[-1]

    monkeypatch.setitem(sys.modules, "tensorboardX", SimpleNamespace(SummaryWriter=make))
    return made


def test_every_reading_becomes_a_scalar_at_its_step_and_time(
    home: Home, tmp_path: Path, writers: list[Recorded]
) -> None:
    run = keep(home, "one", range(1, 4))
    assert write_tensorboard(run, tmp_path / "events", Progress()) == tmp_path / "events" / "one"
    (writer,) = writers
    began = datetime.fromisoformat(run.created).timestamp()
    losses = [(step, value) for tag, value, step, _ in writer.scalars if tag == "train_loss"]
    assert losses == [(step, 3 - step / 100) for step in range(1, 4)]
    times = [time - began for tag, *_, time in writer.scalars if tag == "train_loss"]
    assert times == pytest.approx([step / 3 for step in range(1, 4)], abs=1e-5)
    assert {tag for tag, *_ in writer.scalars} == {"epoch", "characters", "train_loss", "val_loss"}


def test_events_that_are_there_are_replaced_only_where_that_is_asked(
    home: Home, tmp_path: Path, writers: list[Recorded]
) -> None:
    run = keep(home, "one", range(1, 4))
    folder = write_tensorboard(run, tmp_path, Progress())
    (folder / "mine.txt").write_text("kept")
    with pytest.raises(ExportError, match="--overwrite"):
        write_tensorboard(run, tmp_path, Progress())
    write_tensorboard(run, tmp_path, Progress(), overwrite=True)
    assert (len(writers), (folder / "mine.txt").read_text()) == (2, "kept")


def test_a_missing_package_is_one_sentence(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ExportError, match=r"pip install 'charplay\[tensorboard\]'"):
        write_tensorboard(keep(home, "one", range(2)), tmp_path / "events", Progress())
    assert not (tmp_path / "events").exists()


def test_the_real_package_writes_what_it_can_read(home: Home, tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    folder = write_tensorboard(keep(home, "one", range(3)), tmp_path, Progress())
    (events,) = folder.glob("events.out.tfevents.*")
    assert b"train_loss" in events.read_bytes()
