"""The tour of the first start: five sentences, one after another, until the first key, and never again."""

from pathlib import Path

import pytest
from sitting import Sitting, fox_home
from spoken_trainer import started

from charplay.playground.preferences import Preferences, read_preferences, write_preferences
from charplay.playground.tour import SECONDS, STOPS, Tour
from charplay.protocol.events import Warned
from charplay.runs.home import Home


def begun(*, wanted: bool = True) -> Tour:
    tour = Tour(wanted=wanted)
    tour.begin(100.0)
    tour.advance(100.0)
    return tour


def test_each_sentence_stands_its_time_and_the_last_is_the_end() -> None:
    tour = begun()
    for number, stop in enumerate(STOPS):
        start = 100.0 + number * SECONDS
        tour.advance(start)
        assert tour.stop == stop
        tour.advance(start + SECONDS - 0.1)
        assert tour.stop == stop
    tour.advance(100.0 + 5 * SECONDS)
    assert not tour.stop
    tour.advance(9999.0)
    assert not tour.stop


def test_nothing_stands_before_it_begins() -> None:
    tour = Tour(wanted=True)
    tour.give_way(50.0)
    tour.advance(99.0)
    assert (tour.stop, tour.seen) == ("", False)


def test_a_key_ends_it_at_once_and_for_good() -> None:
    tour = begun()
    tour.end()
    assert (tour.stop, tour.seen) == ("", True)
    tour.advance(100.0 + SECONDS)
    assert not tour.stop


def test_what_else_is_said_has_its_time_and_the_sentence_comes_again_in_full() -> None:
    tour = begun()
    tour.give_way(101.0)
    tour.advance(101.0)
    assert not tour.stop
    tour.advance(101.0 + SECONDS)
    assert tour.stop == STOPS[0]
    tour.advance(101.0 + 2 * SECONDS - 0.1)
    assert tour.stop == STOPS[0]
    tour.advance(101.0 + 2 * SECONDS)
    assert tour.stop == STOPS[1]


def test_who_does_not_want_it_never_sees_it() -> None:
    tour = begun(wanted=False)
    tour.advance(100.0 + SECONDS)
    assert (tour.stop, tour.seen) == ("", False)


@pytest.fixture
def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home for which the tour is not switched off."""
    monkeypatch.delenv("CHARPLAY_TOUR")
    return fox_home(tmp_path / "new")


def test_a_sitting_in_a_new_home_is_shown_around_once(new: Home) -> None:
    sitting = Sitting(new).begin()
    assert sitting.playground.tour.stop == STOPS[0]
    write_preferences(new.settings, sitting.playground.remember())
    kept, notice = read_preferences(new.settings)
    assert (kept.toured, notice) == (True, "")
    again = Sitting(new, kept).begin()
    again.advance(SECONDS)
    assert not again.playground.tour.stop
    assert again.playground.remember().toured, "and neither does it come back at the third start"


def test_a_sitting_that_ends_before_it_began_does_not_count(new: Home) -> None:
    assert not Sitting(new).playground.remember().toured


@pytest.mark.parametrize("off", ["0", "false"])
def test_it_is_switched_off_by_a_variable(new: Home, monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    monkeypatch.setenv("CHARPLAY_TOUR", off)
    sitting = Sitting(new).begin()
    assert (sitting.playground.tour.stop, sitting.playground.setting_faults) == ("", ())


def test_it_is_switched_off_by_the_file(new: Home) -> None:
    new.user_settings.write_text("tour = false")
    assert not Sitting(new).begin().playground.tour.stop


def test_what_the_playground_says_is_not_said_over(new: Home) -> None:
    sitting = Sitting(new, Preferences(corpus="fox")).begin()
    sitting.hear(started(), Warned(step=1, seconds=1.0, message="The disk is full."))
    assert "The disk is full." in sitting.said
    assert not sitting.playground.tour.stop
    sitting.advance(SECONDS)
    assert sitting.playground.tour.stop == STOPS[0]
