"""What is said where a pane has nothing to show: what would be there, and how to have it."""

from sitting import Sitting, keep_run
from spoken_trainer import progress, started


def test_an_empty_chart_says_what_draws_a_curve(sitting: Sitting) -> None:
    chart = sitting.playground.chart
    assert "<training.train> trains a network" in chart.advice
    sitting.playground.launcher.train()
    sitting.hear(started())
    assert chart.advice == "The curves begin with the first steps."
    sitting.hear(progress(100))
    sitting.playground.runs.state.status = "stopped"
    assert "<chart.upward> draws something else" in chart.advice


def test_a_list_without_runs_of_ones_own_says_what_makes_one(sitting: Sitting) -> None:
    run_list = sitting.playground.run_list
    assert "<training.train> trains a network of your own" in run_list.advice
    keep_run(sitting.home)
    run_list.refresh()
    sitting.quiet()
    assert run_list.advice == ""


def test_before_the_runs_were_read_nothing_is_said_of_them(sitting: Sitting) -> None:
    assert Sitting(sitting.home).playground.run_list.advice == ""


def test_a_search_that_finds_no_run_says_how_to_search_again(sitting: Sitting) -> None:
    run_list = sitting.playground.run_list
    run_list.filter("{zebra}")
    assert run_list.advice == "No run has these words; <run_list.search> searches for others."
    run_list.filter("demo")
    assert run_list.advice == ""
