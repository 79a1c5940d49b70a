"""The events of a run become curves, marks and samples; the chart is a way of looking at them."""

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sitting import keep_run
from spoken_trainer import REQUEST, SpokenTrainer, progress, row, started

from charplay.corpora.ruler.reference_lines import blind_guessing
from charplay.formatting.loss_units import NATS, UNITS, LossUnit
from charplay.playground.chart import ChartState
from charplay.playground.chart_quantities import QUANTITIES
from charplay.playground.chart_window import NARROWEST, ChartWindow
from charplay.playground.run_controller import RunController
from charplay.playground.run_curves import RunCurves
from charplay.playground.run_history import kept_curves
from charplay.playground.unit_choice import UnitChoice
from charplay.plotting.downsample import X_AXES
from charplay.plotting.grid import WHOLE
from charplay.protocol.events import Changed, Evaluated, Event, Paused, Sampled
from charplay.runs.home import Home
from charplay.runs.run import Run

if TYPE_CHECKING:
    from charplay.playground.drawn_ruler import DrawnRuler

Hear = Callable[..., list[Event]]


def evaluated(step: int, loss: float, *, best: bool = True) -> Evaluated:
    return Evaluated(step=step, seconds=1.0, epoch=step / 50, val_loss=loss, val_accuracy=0.5, best=best)


def sampled(step: int, text: str) -> Sampled:
    return Sampled(step=step, epoch=1.0, temperature=0.8, prompt="", text=text)


def read_in_a_step(run: Run) -> int:
    """How many characters a step of a run reads."""
    recipe = run.resolved.model_dump()
    return int(recipe["batch_size"] * recipe["sequence_length"])


def steps(runs: RunController, column: str = "train_loss") -> list[float]:
    return sorted(set(runs.history.curves.points(column)[0].tolist()))


def caught_up(runs: RunController) -> None:
    """Wait until what is kept of a run that was taken up is read, and taken in."""
    turn, end = threading.Event(), time.monotonic() + 20
    while not runs.catch_up():
        assert time.monotonic() < end
        turn.wait(0.001)
    assert not runs.history.reading


@pytest.fixture
def kept(home: Home) -> Run:
    """A run on the disk, at step 500."""
    run = keep_run(home, saved=False, rows=())
    run.append("metrics", [{"step": at, "epoch": at / 500, "seconds": at / 20, "train_loss": 2.0}
                           for at in (100, 200, 300, 400, 500, 600)])  # fmt: skip
    return run


class Guessing:
    """Of a text of four letters nothing else is known."""

    lines = (blind_guessing(math.log(4)),)
    bytes_per_character = 2.0

    def describe(self, loss: float, unit: LossUnit) -> str:
        return ""


@pytest.fixture
def unit() -> UnitChoice:
    return UnitChoice(NATS)


@pytest.fixture
def chart(runs: RunController, unit: UnitChoice) -> ChartState:
    return ChartState(runs, cast("DrawnRuler", Guessing()), unit)


def test_rows_and_evaluations_become_curves(training: RunController, hear: Hear) -> None:
    hear(progress(200, [row(150, train_loss=1.9), row(200, train_loss=1.8)]), evaluated(200, 1.7))
    assert steps(training) == [100, 150, 200]
    assert steps(training, "val_loss") == [200]


def test_a_new_run_begins_anew(training: RunController, trainer: SpokenTrainer, hear: Hear) -> None:
    hear(Changed(step=100, field="dropout", old=0.0, new=0.3), sampled(100, "a"))
    hear(started(), progress(10))
    history = training.history
    assert (steps(training), history.marks, history.samples.rounds) == ([10], [], [])


def test_a_run_that_is_taken_up_has_what_its_folder_has_up_to_the_save(
    runs: RunController, hear: Hear, kept: Run
) -> None:
    size = kept.resolved.model_dump()["batch_size"]
    for step, field, old, new in ((100, "learning_rate", 0.005, 0.01), (250, "dropout", 0.2, 0.4),
                                  (250, "undo", 300, 250), (250, "dropout", 0.4, 0.2),
                                  (300, "batch_size", size, 2 * size), (600, "dropout", 0.0, 0.9)):  # fmt: skip
        kept.append("changes", [{"step": step, "seconds": 1.0, "field": field, "old": old, "new": new}])
    kept.append("changes", [{"step": 9, "from": "another version"}])
    for step, text in ((200, "early"), (400, "late one"), (400, "late two"), (600, "past the save")):
        kept.append("samples", [{"step": step, "seconds": 1.0, "epoch": 0.5, "temperature": 0.8, "prompt": "",
                                 "text": text, "truth": ""}])  # fmt: skip
    runs.start(REQUEST)
    recipe = {**kept.resolved.model_dump(), "batch_size": 2 * size}
    hear(started(step=500, run="kept-1", folder=str(kept.folder), resumed=True, recipe=recipe), progress(550))
    assert steps(runs) == [550], "nobody waits for what is kept"
    history = runs.history
    caught_up(runs)
    assert steps(runs) == [100, 200, 300, 400, 500, 550]
    assert history.marks == [(100, "rate 1e-2"), (250, "undone"), (300, f"batch size {2 * size}")]
    assert [each.text for each in history.samples.newest] == ["late one", "late two"]
    hear(Changed(step=500, field="batch_size", old=2 * size, new=size), progress(600))
    x, _ = history.curves.points("train_loss", "characters")
    assert (x[0], x[-1]) == (100 * read_in_a_step(kept), (300 + 2 * 200 + 100) * read_in_a_step(kept))
    hear(Changed(step=500, field="batch_size", old=2 * size, new=size))
    assert history.marks.count((500, f"batch size {size}")) == 1


def test_a_folder_that_cannot_be_read_leaves_the_curve_to_begin_where_the_run_goes_on(
    runs: RunController, hear: Hear, tmp_path: Path
) -> None:
    runs.start(REQUEST)
    hear(started(step=500, folder=str(tmp_path / "gone"), resumed=True), progress(510))
    caught_up(runs)
    assert steps(runs) == [510]


def test_a_run_that_begins_meanwhile_gets_nothing_of_the_one_before(runs: RunController, hear: Hear, kept: Run) -> None:
    runs.start(REQUEST)
    hear(started(step=500, folder=str(kept.folder), resumed=True))
    assert runs.history.reading
    hear(started(), progress(10))
    assert not runs.history.reading
    assert not runs.catch_up()
    assert steps(runs) == [10]


def test_an_undo_cuts_what_never_happened(training: RunController, hear: Hear) -> None:
    hear(Changed(step=100, field="dropout", old=0.0, new=0.3), progress(200))
    hear(Changed(step=100, field="undo", old=200, new=100), Changed(step=100, field="dropout", old=0.3, new=0.0))
    assert steps(training) == [100]
    assert training.history.marks == [(100, "undone")]


def test_in_a_pause_every_change_can_be_taken_back_also_after_an_undo(training: RunController, hear: Hear) -> None:
    def moved(old: float, new: float) -> Changed:
        return Changed(step=100, field="learning_rate", old=old, new=new)

    undone = Changed(step=100, field="undo", old=100, new=100)
    hear(moved(0.005, 0.01), undone, moved(0.01, 0.005), moved(0.005, 0.02), moved(0.02, 0.03))
    assert len(training.state.changes) == 2
    assert training.history.marks == [(100, "undone"), (100, "rate 2e-2"), (100, "rate 3e-2")]
    hear(undone, moved(0.03, 0.02), undone, moved(0.02, 0.005))
    assert not training.state.changes
    assert training.history.marks == [(100, "undone")]


def test_a_pause_of_the_trainer_s_own_is_marked(training: RunController, hear: Hear) -> None:
    hear(Paused(step=100), Paused(step=120, reason="numbers went bad"))
    assert training.history.marks == [(120, "numbers went bad")]


def test_samples_are_those_of_one_step(training: RunController, hear: Hear) -> None:
    hear(sampled(100, "long ago"), sampled(200, "one"), sampled(200, "two"))
    assert [each.text for each in training.history.samples.newest] == ["one", "two"]


def test_every_quantity_and_every_axis_comes_around(training: RunController, chart: ChartState) -> None:
    quantities, axes = [], []
    for _ in QUANTITIES:
        quantities.append(chart.quantity)
        chart.next_quantity()
    for _ in X_AXES:
        axes.append(chart.x_axis)
        chart.next_x_axis()
    assert (quantities, axes) == (list(QUANTITIES), list(X_AXES))
    assert (chart.quantity, chart.x_axis) == (quantities[0], axes[0])


def test_own_curves_are_in_the_quantity_that_is_looked_at(
    training: RunController, chart: ChartState, unit: UnitChoice, hear: Hear
) -> None:
    hear(evaluated(100, 1.0))
    train, held_out = chart.own()
    assert (train.name, train.role, set(train.y)) == ("train", "train", {2.0})
    assert (held_out.name, held_out.role, set(held_out.y)) == ("held-out", "held-out", {1.0})
    unit.next()
    assert (chart.quantity, chart.measure.title) == ("loss", "Bits a character")
    assert [float(each.y[0]) for each in chart.own()] == pytest.approx([2 / math.log(2), 1 / math.log(2)])
    while chart.quantity != "gradient norm":
        chart.next_quantity()
    assert [each.name for each in chart.own()] == ["train"]


def test_references_stand_beside_losses_only_and_in_their_unit(
    training: RunController, chart: ChartState, unit: UnitChoice
) -> None:
    for expected in (math.log(4), 2.0, 1.0, 4.0):
        assert [each.y for each in chart.references()] == pytest.approx([expected])
        unit.next()
    for _ in QUANTITIES:
        assert bool(chart.references()) == (chart.quantity == "loss")
        chart.next_quantity()


def test_an_earlier_run_is_in_bits_a_byte_of_its_own_text(kept: Run, chart: ChartState, unit: UnitChoice) -> None:
    chart.overlay("kept-1", kept_curves(kept))
    unit.current = UNITS["bits-per-byte"]
    (known,) = chart.earlier()
    assert list(known.y) == pytest.approx([2.0 / math.log(2)] * len(known.y))  # ASCII: a byte a character
    chart.overlay("old", RunCurves())
    assert [each.name for each in chart.earlier()] == ["kept-1"], "of the other nobody knows the bytes"


def test_any_number_of_earlier_runs_lies_over_the_chart_told_apart_by_markers(chart: ChartState) -> None:
    for number in range(40):
        chart.overlay(f"run {number}", RunCurves())
    assert "".join(list(chart.markers.values())[:6]) == "○◇△□ef"
    assert len(set(chart.markers.values())) == 40
    assert chart.markers == {each.name: each.marker for each in chart.earlier()}
    for number in (1, *range(4, 40)):
        chart.overlay(f"run {number}", RunCurves())  # a second time takes it off
    assert list(chart.markers) == ["run 0", "run 2", "run 3"]
    assert [each.role for each in chart.earlier()] == ["run-1", "run-2", "run-3"]
    chart.take_off("run 0")
    chart.take_off("nobody")
    assert list(chart.markers) == ["run 2", "run 3"]
    chart.clear()
    assert not chart.markers
    assert not chart.earlier()


def test_an_earlier_run_shows_its_held_out_losses_else_those_of_its_training(chart: ChartState, kept: Run) -> None:
    chart.overlay("kept-1", kept_curves(kept))
    (curve,) = chart.earlier()
    assert set(curve.y) == {2.0}
    kept.append("metrics", [{"step": 700, "epoch": 1.4, "seconds": 35.0, "val_loss": 1.25}])
    chart.clear()
    chart.overlay("kept-1", kept_curves(kept))
    (curve,) = chart.earlier()
    assert set(curve.y) == {1.25}
    chart.next_x_axis()
    chart.next_x_axis()
    assert chart.x_axis == "characters"
    assert np.isclose(chart.earlier()[0].x[-1], 700 * read_in_a_step(kept))


def test_the_best_step_is_marked_when_held_out_loss_has_risen_for_a_while(
    training: RunController, chart: ChartState, hear: Hear
) -> None:
    hear(evaluated(200, 1.5), *(evaluated(step, 1.6, best=False) for step in (300, 400)))
    assert not chart.marks()
    hear(evaluated(500, 1.7, best=False))
    assert [(mark.x, mark.text) for mark in chart.marks()] == [(200, "from here it memorises")]
    while chart.x_axis != "epoch":
        chart.next_x_axis()
    assert [mark.x for mark in chart.marks()] == pytest.approx([200 / 50])


def test_the_end_is_known_while_a_run_with_a_number_of_steps_goes_on(
    runs: RunController, chart: ChartState, trainer: SpokenTrainer, hear: Hear
) -> None:
    assert chart.x_end is None
    runs.start(REQUEST)
    hear(started())
    assert chart.x_end == 3000
    chart.next_x_axis()
    assert chart.x_end is None


def test_the_scale_and_the_part_are_toggled(chart: ChartState) -> None:
    assert (chart.log_y, chart.recent) == (False, False)
    chart.toggle_log()
    chart.toggle_recent()
    assert (chart.log_y, chart.recent) == (True, True)
    chart.toggle_log()
    chart.toggle_recent()
    assert (chart.log_y, chart.recent) == (False, False)


def test_what_is_drawn_can_be_taken_out(training: RunController, chart: ChartState, kept: Run) -> None:
    chart.overlay("kept-1", kept_curves(kept))
    chart.toggle_log()
    drawn = chart.drawn()
    assert chart.names == [chart.own_name, "kept-1"]
    assert [each.name for each in drawn.series] == [f"{chart.own_name}, train", f"{chart.own_name}, held-out", "kept-1"]
    assert drawn.view.log_y
    assert drawn.references == chart.references()
    assert drawn.svg().count("<polyline") == len([each for each in drawn.series if len(each.x)])


def test_a_cursor_reads_the_curves_off_in_every_window(training: RunController, chart: ChartState, kept: Run) -> None:
    chart.overlay("kept-1", kept_curves(kept))
    assert (chart.cursor, chart.reading) == (None, "")
    chart.window.move_cursor(-1)
    at = chart.cursor
    assert at is not None
    assert at >= kept.metrics()[-1]["step"], "it begins at the right end"
    assert "○ 2.000" in chart.reading
    assert chart.reading.startswith(f"step {at:,.0f}: train ")
    for factor in (0.5, 0.25, 1e-9):
        chart.window.zoom(factor)
        assert chart.cursor == pytest.approx(at), "zooming leaves what the cursor stands on"
    low, high = chart.view.window
    assert high - low == pytest.approx(NARROWEST)
    chart.next_x_axis()
    assert chart.reading.startswith("epoch ")
    chart.window.leave()
    assert (chart.view.window, chart.cursor) == (WHOLE, None)


@given(st.lists(st.tuples(st.booleans(), st.integers(-70, 70), st.floats(0.01, 100)), max_size=30))
def test_a_window_stays_within_the_whole(moves: list[tuple[bool, int, float]]) -> None:
    window = ChartWindow()
    for moves_cursor, by, factor in moves:
        window.move_cursor(by) if moves_cursor else window.zoom(factor)
        low, high = window.shown
        assert -1e-9 <= low < high <= 1 + 1e-9
        assert window.cursor is None or 0 <= window.cursor <= 1


def test_a_cursor_that_meets_an_end_takes_the_window_along() -> None:
    window = ChartWindow()
    window.zoom(0.5)
    assert window.shown == (0.25, 0.75)
    window.move_cursor(1)
    window.move_cursor(25)
    assert (window.shown, window.cursor) == ((0.5, 1.0), 1.0)
    window.move_cursor(-75)
    assert window.shown == pytest.approx((0.25, 0.75))
    assert window.cursor == 0.0
