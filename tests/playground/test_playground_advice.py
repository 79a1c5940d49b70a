"""What is said where a pane has nothing to show: what would be there, and how to have it."""

from sitting import Sitting, keep_run
from spoken_trainer import progress, started

from charplay.playground.advice import Advice
from charplay.playground.chart import ChartState
from charplay.playground.run_list import RunList


def test_advice_names_the_keys_that_it_is_given() -> None:
    keys = {"panes.runs": "3", "runs.play": "^n"}
    assert Advice("{} and {} play.", ("panes.runs", "runs.play")).told(keys.__getitem__) == "3 and ^n play."
    assert Advice("").told(keys.__getitem__) == ""


def chart_says(chart: ChartState) -> str:
    return chart.advice.told(lambda name: f"<{name}>")


def test_an_empty_chart_says_what_draws_a_curve(sitting: Sitting) -> None:
    chart = sitting.playground.chart
    assert "<training.train> trains a network" in chart_says(chart)
    sitting.playground.launcher.train()
    sitting.hear(started())
    assert chart_says(chart) == "The curves begin with the first steps."
    sitting.hear(progress(100))
    sitting.playground.runs.state.status = "stopped"
    assert "<chart.upward> draws something else" in chart_says(chart)


def runs_say(run_list: RunList) -> str:
    return run_list.advice.told(lambda name: f"<{name}>")


def test_a_list_without_runs_of_ones_own_says_what_makes_one(sitting: Sitting) -> None:
    run_list = sitting.playground.run_list
    assert "<training.train> trains a network of your own" in runs_say(run_list)
    keep_run(sitting.home)
    run_list.refresh()
    sitting.quiet()
    assert runs_say(run_list) == ""


def test_before_the_runs_were_read_nothing_is_said_of_them(sitting: Sitting) -> None:
    assert runs_say(Sitting(sitting.home).playground.run_list) == ""


def test_a_search_that_finds_no_run_says_how_to_search_again(sitting: Sitting) -> None:
    run_list = sitting.playground.run_list
    run_list.filter("{zebra}")
    assert runs_say(run_list) == "No run has these words; <run_list.search> searches for others."
    run_list.filter("demo")
    assert runs_say(run_list) == ""
