"""The mean and the range of runs that were tried together, on the chart."""

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sitting import Sitting, fox_home, keep_run

from charplay.playground.chart_quantities import MEASURES, Quantity
from charplay.playground.family_curves import FamilyCurves
from charplay.playground.happenings import FamilyRead
from charplay.playground.run_curves import RunCurves
from charplay.plotting.grid import Series


def curves_of(losses: Sequence[float], column: str = "val_loss", first: int = 1) -> RunCurves:
    curves = RunCurves()
    curves.read([{"step": first + at, "epoch": at / 10, "seconds": at, column: loss} for at, loss in enumerate(losses)])
    return curves


def series_of(*runs: RunCurves, measure: str = "loss") -> list[Series]:
    def measure_of(_: RunCurves) -> Quantity:
        return MEASURES[measure]

    family = FamilyCurves("pair", {f"run-{number}": each for number, each in enumerate(runs)})
    return family.series(measure_of, "step", ("run-1", "○"))


@given(
    st.lists(st.lists(st.floats(0.5, 5), min_size=2, max_size=6), min_size=1, max_size=4),
    st.sampled_from(["loss", "perplexity"]),
)
def test_the_mean_and_the_range_are_those_of_every_run_as_far_as_all_reach(
    runs: list[list[float]], measure: str
) -> None:
    lowest, highest, mean = series_of(*map(curves_of, runs), measure=measure)
    reach = min(map(len, runs))
    assert sorted(set(mean.x)) == list(range(1, reach + 1))
    drawn = [[math.exp(each) if measure == "perplexity" else each for each in run] for run in runs]
    for at in range(reach):
        here = [run[at] for run in drawn]
        for series, expected in ((lowest, min(here)), (mean, fmean(here)), (highest, max(here))):
            assert series.y[np.flatnonzero(series.x == at + 1)] == pytest.approx(expected)
    assert (mean.name, mean.role, mean.marker) == (f"pair, mean of {len(runs)}", "run-1", "○")
    assert {lowest.role, highest.role} == {"range"}


def test_runs_that_read_at_other_steps_are_met_between_their_readings() -> None:
    sparse = RunCurves()
    sparse.read([{"step": at, "epoch": 0, "seconds": at, "val_loss": float(loss)} for at, loss in ((1, 3), (5, 1))])
    lowest, highest, mean = series_of(sparse, curves_of([2.0] * 5))
    assert mean.y[np.flatnonzero(mean.x == 2)] == pytest.approx((2.5 + 2) / 2)
    assert all(low <= high for low, high in zip(lowest.y, highest.y, strict=True))
    assert all(before <= after for before, after in pairwise(mean.x.tolist()))


def test_what_one_run_has_not_measured_on_held_out_text_is_drawn_of_training() -> None:
    held_out, trained = curves_of([1.0, 1.0]), curves_of([3.0, 2.0], "train_loss")
    assert series_of(held_out, trained) == []
    held_out.read([{"step": step, "epoch": 0, "seconds": 0, "train_loss": 1.0} for step in (1, 2)])
    assert series_of(held_out, trained)[-1].y.tolist() == [2.0, 1.5]
    assert series_of(trained, trained)[-1].y.tolist() == [3.0, 2.0]
    assert series_of() == []


@pytest.fixture
def sitting(tmp_path: Path) -> Sitting:
    """Two runs of a family, and one without."""
    home = fox_home(tmp_path / "home")
    for name in ("one", "two", "alone"):
        run = keep_run(home, name, rows=(100, 200), saved=False)
        facts = {} if name == "alone" else {"family": "pair"}
        run.update(asked=run.asked, resolved=run.resolved, facts=facts)
    return Sitting(home).begin_writing().begin()


def test_a_family_is_read_drawn_and_taken_off(sitting: Sitting) -> None:
    chart, run_list = sitting.playground.chart, sitting.playground.run_list
    run_list.read_family("alone")
    sitting.quiet()
    assert "alone was tried together with no other run" in sitting.said[-1]
    run_list.read_family("two")
    sitting.quiet()
    assert [each.curves.family for each in sitting.happened if isinstance(each, FamilyRead)] == ["pair"]
    assert (chart.family_of("one"), chart.family_of("alone")) == ("pair", "")
    assert [each.name for each in chart.earlier()] == ["pair, lowest", "pair, highest", "pair, mean of 2"]
    assert chart.names == ["one", "two"]
    assert chart.markers == {"one": "○", "two": "○"}
    run_list.rename("one", "first")
    run_list.delete("two")
    sitting.quiet()
    assert (chart.names, chart.earlier()[-1].name) == (["first"], "pair, mean of 1")
    chart.overlay("alone", RunCurves())
    assert chart.markers == {"alone": "○", "first": "◇"}
    chart.take_family_off("pair")
    assert chart.names == ["alone"]
    run_list.read_family("first")
    sitting.quiet()
    assert "first was tried together with no other run" in sitting.said[-1], "the other is gone"
