"""What a person makes of the panes' room: shares that never leave a pane unusable, and that any screen can take."""

import random
from typing import Any

import pytest
from sitting import Sitting

from charplay.playground.arrangement import COLUMNS, LEAST, PANES, Arrangement, Sight
from charplay.playground.preferences import Preferences, read_preferences, write_preferences
from charplay.runs.home import Home

WIDE = {"choose": 48, "watch": 72, "corpus": 10, "form": 14, "runs": 11, "training": 14, "text": 21}
"""What is seen in a window of 120 columns."""


def sight(pane: str = "text", **cells: int) -> Sight:
    return Sight(pane, WIDE | cells)


def test_what_one_pane_gets_the_nearest_one_gives() -> None:
    arrangement = Arrangement()
    assert arrangement.grow(sight(), "form", 3) == ""
    assert arrangement.weights == {"corpus": 10, "form": 17, "runs": 8}
    assert arrangement.grow(sight(), "runs", 2) == ""
    assert arrangement.weights == {"corpus": 10, "form": 12, "runs": 13}
    assert arrangement.grow(sight(), "runs", -2) == ""
    assert arrangement.weights == {"corpus": 10, "form": 16, "runs": 9}


def test_the_border_between_the_columns_moves_as_far_as_both_can_be_used() -> None:
    arrangement = Arrangement()
    assert arrangement.widen(sight(), 2) == ""
    assert arrangement.weights == {"choose": 50, "watch": 70}
    assert arrangement.widen(sight(), -40) == ""
    assert arrangement.weights == {"choose": 43, "watch": 77}
    assert "further" in arrangement.widen(sight(choose=43, watch=77), -2)
    assert "one column" in arrangement.widen(Sight("text", {"watch": 80, "training": 9, "text": 11}), 2)


def test_a_neighbour_that_has_least_gives_nothing_and_the_next_one_does() -> None:
    arrangement = Arrangement()
    assert arrangement.grow(sight(runs=4), "form", 1) == ""
    assert arrangement.weights == {"corpus": 9, "form": 15, "runs": 4}
    assert "further" in arrangement.grow(sight(training=8), "training", -1)
    assert "whole height" in arrangement.grow(Sight("form", {"choose": 80, "form": 20}), "form", 1)


def test_a_border_is_dragged_through_what_gives_way() -> None:
    arrangement = Arrangement()
    arrangement.drag(sight(), "corpus", 11)
    assert arrangement.weights == {"corpus": 21, "form": 5, "runs": 9}
    arrangement.drag(sight(), "form", -100)
    assert arrangement.weights == {"corpus": 4, "form": 5, "runs": 26}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_done_no_row_is_lost_and_nothing_gets_too_small(seed: int) -> None:
    draw = random.Random(seed)
    arrangement, cells = Arrangement(), dict(WIDE)
    for _ in range(200):
        pane, cells_more = draw.choice(PANES), draw.randint(-9, 9)
        if draw.random() < 0.3:
            arrangement.widen(Sight(pane, cells), cells_more)
        elif draw.random() < 0.5 or pane in {"runs", "text"}:
            arrangement.grow(Sight(pane, cells), pane, cells_more)
        else:
            arrangement.drag(Sight(pane, cells), pane, cells_more)
        cells |= arrangement.weights
        for like in (tuple(COLUMNS), *COLUMNS.values()):
            assert sum(cells[each] for each in like) == sum(WIDE[each] for each in like)
        assert all(cells[each] >= LEAST[each] for each in LEAST)


def test_one_pane_has_all_the_room_and_gives_it_back() -> None:
    arrangement = Arrangement()
    arrangement.maximise("text")
    assert [each for each in PANES if arrangement.shows(each)] == ["text"]
    arrangement.show("runs")
    assert [each for each in PANES if arrangement.shows(each)] == ["runs"]
    arrangement.maximise("runs")
    assert all(map(arrangement.shows, PANES))


def test_a_pane_is_hidden_until_one_goes_to_it_and_the_last_one_stays() -> None:
    arrangement = Arrangement()
    assert [arrangement.hide(each) for each in PANES[:-1]] == [""] * 4
    assert "last" in arrangement.hide(PANES[-1])
    assert [each for each in PANES if arrangement.shows(each)] == [PANES[-1]]
    arrangement.show("form")
    assert arrangement.shows("form")
    arrangement.reset()
    assert (arrangement.saved(), [*map(arrangement.shows, PANES)]) == ({}, [True] * 5)


def test_a_pane_that_was_hidden_while_its_column_was_sized_gets_the_mean_of_the_others() -> None:
    arrangement = Arrangement({"corpus": 20, "runs": 10}, hidden=["form"])
    assert arrangement.weight("form") == 15
    assert (arrangement.weight("text"), arrangement.weight("choose")) == (0, 0)


def test_the_next_start_has_it_still(home: Home) -> None:
    sitting = Sitting(home)
    arrangement = sitting.playground.arrangement
    arrangement.grow(sight(), "training", 4)
    arrangement.hide("corpus")
    arrangement.maximise("text")
    write_preferences(home.settings, sitting.playground.remember())
    kept, notice = read_preferences(home.settings)
    again = Sitting(home, kept).playground.arrangement
    assert (again.saved(), notice) == (arrangement.saved(), "")
    assert again.saved() == {"weights": {"training": 18, "text": 17}, "hidden": ["corpus"], "maximised": "text"}


@pytest.mark.parametrize(
    "kept",
    [
        {"weights": {"form": -1, "gone": 3, "text": "many", "runs": True, "corpus": 10**9}},
        {"weights": [1], "hidden": "form", "maximised": 7},
        {"hidden": [*PANES], "maximised": "gone"},
        {"hidden": ["gone", 3, ["form"]]},
    ],
)
def test_what_cannot_be_used_of_it_is_left_out(home: Home, kept: dict[str, Any]) -> None:
    assert Sitting(home, Preferences(corpus="fox", panes=kept)).playground.arrangement.saved() == {}
