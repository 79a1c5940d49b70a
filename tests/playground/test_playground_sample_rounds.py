"""Going through the rounds of samples that a run wrote while it trained."""

from hypothesis import given
from hypothesis import strategies as st

from charplay.playground.sample_rounds import MOST, SampleBrowser, SampleRounds
from charplay.protocol.events import Sampled
from charplay.tui.presentation.training_samples import LEAST_COLUMN, sample_layout


def sampled(step: int, text: str = "fox", truth: str = "") -> Sampled:
    return Sampled(step=step, epoch=step / 10, temperature=0.5, prompt="the ", text=text, truth=truth)


def gathered(*steps: int) -> SampleRounds:
    rounds = SampleRounds()
    for step in steps:
        rounds.add(sampled(step))
    return rounds


def test_samples_of_one_step_are_one_round() -> None:
    rounds = gathered(1, 1, 2, 5, 5, 5)
    assert [(each[0].step, len(each)) for each in rounds.rounds] == [(1, 2), (2, 1), (5, 3)]
    rounds.cut(2)
    assert rounds.newest[0].step == 2
    assert SampleRounds().newest == []


def test_the_newest_is_followed_until_one_goes_back() -> None:
    rounds = gathered(1, 2, 3)
    browser = SampleBrowser(lambda: rounds.rounds)
    rounds.add(sampled(4))
    assert (browser.shown[0].step, browser.follows) == (4, True)
    browser.move(-1)
    rounds.add(sampled(5))
    assert (browser.shown[0].step, browser.number, browser.follows) == (3, 2, False)
    browser.move(-100)
    assert browser.number == 0
    browser.move(100)
    rounds.add(sampled(6))
    assert (browser.shown[0].step, browser.follows) == (6, True)


def test_where_nothing_was_written_that_is_said() -> None:
    browser = SampleBrowser(list)
    browser.move(-1)
    browser.move(1)
    assert (browser.title, browser.shown, browser.number) == ("no sample yet", [], -1)


def test_one_stays_at_a_round_while_older_ones_are_dropped_and_newer_ones_undone() -> None:
    rounds = gathered(*range(MOST))
    browser = SampleBrowser(lambda: rounds.rounds)
    browser.move(-10)
    shown = browser.shown
    for step in range(MOST, MOST + 5):
        rounds.add(sampled(step))
    assert browser.shown == shown
    assert len(rounds.rounds) == MOST
    rounds.cut(MOST - 100)
    assert browser.shown[0].step == MOST - 100, "what was undone is not shown"


@given(st.text(max_size=200), st.text(max_size=200), st.integers(1, 120))
def test_text_and_truth_stand_side_by_side_where_there_is_room(text: str, truth: str, width: int) -> None:
    lines = ["".join(cell for cell, _ in line) for line in sample_layout([sampled(1, text, truth)])(width)]
    beside = any(line.startswith("text ") and line.endswith("truth") for line in lines)
    assert beside == (bool(truth) and (width - 2) // 2 >= LEAST_COLUMN)
