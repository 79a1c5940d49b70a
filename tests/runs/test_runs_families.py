"""Families: their runs by name, and mean, deviation and number over them."""

from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import tiny_checkpoint

from charplay.runs.compared_run import ComparedRun
from charplay.runs.families import family_members, group_by, spread, with_families
from charplay.runs.home import Home
from charplay.runs.run import Run
from charplay.runs.store import RunStore


def keep(home: Home, name: str, family: str = "") -> Run:
    made = tiny_checkpoint()
    facts = {"family": family} if family else {}
    return Run.create(
        home.checkpoints, asked=made.recipe, resolved=made.recipe, corpus=made.corpus, vocabulary=made.vocabulary,
        facts=facts, name=name,
    )  # fmt: skip


def compared(name: str, hidden_size: int, val_loss: float | None) -> ComparedRun:
    made = tiny_checkpoint()
    recipe = made.recipe.model_copy(update={"hidden_size": hidden_size})
    return ComparedRun(name=name, recipe=recipe, corpus=made.corpus, finished=True, val_loss=val_loss)


def test_a_familys_name_stands_for_its_runs(tmp_path: object) -> None:
    home = Home.locate(str(tmp_path))
    home.prepare()
    for name, family in (("b", "wide"), ("a", "wide"), ("c", "tall"), ("tall", "")):
        keep(home, name, family)
    (home.checkpoints / "b2").mkdir()
    store = RunStore(home)
    assert family_members(store, "wide") == ["a", "b"]
    assert with_families(store, ["b", "wide", "tall", "nobody"]) == ["b", "a", "tall", "nobody"]


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_a_spread_is_that_of_a_sample(numbers: list[float]) -> None:
    found = spread([*numbers, None, float("nan")])
    assert found is not None
    assert found.n == len(numbers)
    assert found.mean == pytest.approx(fmean(numbers))
    assert found.deviation == pytest.approx(stdev(numbers))


def test_one_number_has_no_deviation_and_none_no_spread() -> None:
    alone = spread([2.5])
    assert alone is not None
    assert (alone.mean, alone.deviation, alone.n) == (2.5, None, 1)
    assert spread([None]) is None


def test_runs_are_grouped_by_a_value_in_its_order() -> None:
    runs = [compared("a", 256, 2.0), compared("b", 128, 3.0), compared("c", 256, 2.5), compared("d", 128, None)]
    small, large = group_by(runs, "hidden_size")
    assert [run.name for run in large.runs] == ["a", "c"]
    assert (small.value, large.value) == (128, 256)
    found = small.spread("val_loss")
    assert found is not None
    assert (found.mean, found.n) == (3.0, 1)
