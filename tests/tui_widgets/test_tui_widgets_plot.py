import math
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from charplay.formatting.loss_units import UNITS
from charplay.playground.chart_quantities import MEASURES, loss_in
from charplay.plotting.axes import bounds
from charplay.plotting.braille import GLYPHS, codes, polyline
from charplay.plotting.grid import ROLES, Grid, Mark, Reference, Series, View
from charplay.plotting.plot import draw
from charplay.plotting.ticks import linear_ticks, log_ticks, tick_labels

BITS = {(0, 0): 1, (1, 0): 2, (2, 0): 4, (0, 1): 8, (1, 1): 16, (2, 1): 32, (3, 0): 64, (3, 1): 128}


def naive_codes(dots: NDArray[np.bool_]) -> list[list[int]]:
    return [
        [
            sum(bit for (r, c), bit in BITS.items() if dots[4 * row + r, 2 * column + c])
            for column in range(dots.shape[1] // 2)
        ]
        for row in range(dots.shape[0] // 4)
    ]


@given(st.integers(1, 5), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_dots_become_the_patterns_that_unicode_numbers(height: int, width: int, seed: int) -> None:
    dots = np.random.default_rng(seed).random((4 * height, 2 * width)) < 0.5
    assert codes(dots).tolist() == naive_codes(dots)
    assert GLYPHS["braille"][1] == "\u2801"


CURVES = st.lists(st.tuples(st.floats(0, 39), st.floats(0, 23)), min_size=1, max_size=60).map(sorted)


@given(CURVES)
def test_a_line_meets_every_point_and_has_no_holes(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    dots = polyline(x, y, 40, 24)
    assert dots[np.rint(y).astype(int), np.rint(x).astype(int)].all()
    filled = np.flatnonzero(dots.any(0))
    assert (filled == np.arange(filled[0], filled[-1] + 1)).all()
    for left, right in pairwise(filled):
        a, b = np.flatnonzero(dots[:, left]), np.flatnonzero(dots[:, right])
        assert a.max() >= b.min() - 1
        assert b.max() >= a.min() - 1


@given(CURVES)
def test_a_line_never_leaves_the_range_of_its_points(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    rows = np.flatnonzero(polyline(x, y, 40, 24).any(1))
    assert np.rint(y.min()) <= rows.min()
    assert rows.max() <= np.rint(y.max())


@given(st.integers(5, 40), st.floats(0, 1))
def test_a_straight_line_is_the_naive_one(columns: int, slope: float) -> None:
    x = np.array([0.0, columns - 1.0])
    y = x * slope
    dots = polyline(x, y, columns, columns)
    for column in range(columns):
        assert np.abs(np.flatnonzero(dots[:, column]) - column * slope).max() <= 1.0


RANGES = st.tuples(st.floats(-1e3, 1e3), st.floats(1e-3, 1e7)).map(lambda p: (p[0], p[0] + p[1]))


@given(RANGES, st.integers(1, 12))
def test_ticks_are_few_round_even_and_inside(bounds: tuple[float, float], most: int) -> None:
    low, high = bounds
    ticks = linear_ticks(low, high, most)
    assert len(ticks) <= most
    room = 1e-6 * (high - low)
    assert all(low - room <= t <= high + room for t in ticks)
    if len(ticks) > 1:
        step = ticks[1] - ticks[0]
        assert np.allclose(np.diff(ticks), step)
        assert round(step / 10 ** math.floor(math.log10(step) + 1e-6), 3) in (1, 2, 5)


@given(st.floats(1e-6, 1e5), st.floats(1.01, 1e9), st.integers(3, 12))
def test_log_ticks_are_few_and_inside(low: float, factor: float, most: int) -> None:
    high = low * factor
    ticks = log_ticks(low, high, most)
    assert len(ticks) <= most
    assert all(low * 0.999 <= t <= high * 1.001 for t in ticks)


def test_log_ticks_fall_back_to_even_ones() -> None:
    assert log_ticks(1.2, 4.2, 6) == pytest.approx([1.5, 2, 2.5, 3, 3.5, 4])
    assert log_ticks(1, 1000, 8) == pytest.approx([1, 10, 100, 1000])


@given(RANGES, st.integers(2, 9))
def test_labels_tell_ticks_apart(bounds: tuple[float, float], most: int) -> None:
    ticks = linear_ticks(*bounds, most)
    assert len(set(tick_labels(ticks))) == len(ticks) or (ticks[1] - ticks[0]) < 1e-3 * max(map(abs, ticks))


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [
        ([1.5, 2.0, 2.5], ["1.5", "2.0", "2.5"]),
        ([0, 1000, 2000], ["0", "1,000", "2,000"]),
        ([0, 20000], ["0", "20 k"]),
        ([0, 2.5e6], ["0.0 M", "2.5 M"]),
        ([1e-6, 1e-3], ["1e-6", "1e-3"]),
    ],
)
def test_labels_read_well(ticks: list[float], labels: list[str]) -> None:
    assert [label.replace("0.0 M", "0") for label in tick_labels(ticks)] == [x.replace("0.0 M", "0") for x in labels]


def series(n: int, role: str = "train", seed: int = 0) -> Series:
    x = np.linspace(1, 1000, n)
    return Series(role, role, x, 1.5 + 2.5 * np.exp(-x / 200) + np.random.default_rng(seed).normal(0, 0.05, n))


SIZES = [(40, 4), (78, 6), (160, 40), (12, 2), (3, 1)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("drawing", ["braille", "blocks"])
@pytest.mark.parametrize("view", [View(), View(log_x=True, log_y=True), View(recent=True), View(x_end=5000)])
def test_a_chart_fits_its_size_in_every_view(
    size: tuple[int, int], drawing: Literal["braille", "blocks"], view: View
) -> None:
    marks = [Mark(500, "rate 3e-3"), Mark(9999, "far away")]
    curves = [series(300, "run-1", 1), series(5000), series(7, "held-out")]
    grid = draw(curves, [Reference("uniform", 4.17)], marks, view, size, drawing)
    assert grid.glyphs.shape == (size[1], size[0])
    assert all(len(c) == 1 for c in grid.glyphs.ravel())
    if size[0] >= 40:
        assert {"train", "held-out", "label"} <= {ROLES[r] for r in np.unique(grid.roles)}


@pytest.mark.parametrize("window", [(0.0, 0.25), (0.4, 0.6), (0.75, 1.0), (0.999, 1.0)])
@pytest.mark.parametrize("number", [5, 300, 5000])
def test_a_window_shows_its_part_of_the_x_axis_and_the_heights_in_it(window: tuple[float, float], number: int) -> None:
    x = np.linspace(0, 1000, number)
    falling = Series("train", "train", x, 4 - x / 500)
    whole = bounds([falling], [], View())
    shown = bounds([falling], [], View(window=window))
    assert whole is not None
    assert shown is not None
    assert shown[:2] == pytest.approx([1000 * window[0], 1000 * window[1]])
    assert shown[3] - shown[2] <= whole[3] - whole[2]
    inside = falling.y[(x >= shown[0]) & (x <= shown[1])]
    assert not len(inside) or (shown[2] <= inside.min() and inside.max() <= shown[3])
    roles = draw([falling], [], [], View(window=window), (80, 12)).roles
    drawn = (roles == ROLES.index("train")).any(0)
    assert drawn.any() or number == 5
    assert number < 300 or window == (0.999, 1.0) or drawn[12:].mean() > 0.9, "over the whole width"


def test_a_single_spike_among_ten_thousand_points_is_seen() -> None:
    calm = Series("train", "train", np.arange(1e4), np.full(10000, 2.0))
    y = calm.y.copy()
    y[7777] = 9.0
    rows = [
        np.flatnonzero(
            (draw([Series("train", "train", calm.x, v)], [], [], View(), (80, 12)).roles == ROLES.index("noise")).any(1)
        )
        for v in (calm.y, y)
    ]
    assert len(rows[1]) > len(rows[0])


def test_a_growing_curve_seldom_moves_its_axes() -> None:
    labels = set()
    for n in range(500, 700):
        x = np.arange(float(n))
        grid = draw([Series("train", "train", x, 4 - x / 1000)], [], [], View(x_end=3000), (80, 10))
        labels.add(tuple("".join(row[:5]) for row in grid.glyphs[:-1]))
    assert len(labels) <= 6


def test_nothing_to_show_is_an_empty_grid() -> None:
    nothing = Series("train", "train", np.empty(0), np.empty(0))
    bad = Series("train", "train", np.arange(3.0), np.full(3, np.nan))
    for curves in ([], [nothing], [bad]):
        assert set(draw(curves, [], [], View(), (40, 8)).glyphs.ravel()) == {" "}


def test_before_the_first_reading_the_reference_lines_stand_alone() -> None:
    grid = draw([], [Reference("uniform", 4.17), Reference("demo", 1.66)], [], View(), (60, 8))
    rows = ["".join(row) for row in grid.glyphs]
    (high,) = [i for i, row in enumerate(rows) if row.endswith(" uniform 4.17")]
    (low,) = [i for i, row in enumerate(rows) if row.endswith(" demo 1.66")]
    assert high < low
    assert not rows[-1].strip()


@given(
    st.floats(1.2, 4.5), st.integers(6, 30), st.integers(40, 120), st.booleans(), st.sampled_from(["train", "run-1"])
)
def test_a_reference_line_has_its_name_in_its_own_row_or_none(
    level: float, height: int, width: int, log: bool, role: str
) -> None:
    curves = [series(300, role), series(7, "held-out")]
    grid = draw(curves, [Reference("level", level)], [], View(log_y=log), (width, height))
    line = np.flatnonzero((grid.glyphs == "┈").any(1))
    named = [number for number, row in enumerate(map("".join, grid.glyphs)) if " level " in row]
    assert len(line) <= 1
    assert named in ([], list(line))


def test_two_names_in_one_row_stand_beside_each_other() -> None:
    references = [Reference("uniform", 4.17), Reference("single characters", 4.16), Reference("demo", 1.0)]
    rows = ["".join(row) for row in draw([], references, [], View(), (80, 8)).glyphs]
    (row,) = [row for row in rows if "uniform 4.17" in row]
    assert row.index("single characters 4.16") < row.index("uniform 4.17")


@given(st.lists(st.floats(1.2, 4.5), min_size=1, max_size=12), st.integers(6, 40), st.integers(40, 120))
def test_references_come_in_their_order_as_many_as_there_is_room_for_and_none_is_clipped(
    levels: list[float], height: int, width: int
) -> None:
    references = [Reference(f"no.{number}", level) for number, level in enumerate(levels)]
    grid = draw([series(300), series(7, "held-out")], references, [], View(), (width, height))
    rows = ["".join(row) for row in grid.glyphs[:-1]]
    named = {
        number for number, each in enumerate(references) if any(f" {each.text} {each.y:.2f}" in row for row in rows)
    }
    lines = np.flatnonzero((grid.glyphs == "┈").any(1))
    assert sum(row.count("no.") for row in rows) == len(named)
    assert len(named) <= max(3, (height - 1) // 4)
    assert len(lines) <= len(named), "a line without a name tells nothing"
    assert 0 in named or levels[0] > 4 or not named or height < 9


def test_outside_text_in_a_chart_is_harmless() -> None:
    grid = draw([series(10)], [Reference("\x1b]0;title\x07", 3.0)], [Mark(3, "[red]\u202e")], View(), (80, 10))
    assert "\x1b" not in grid.glyphs
    assert "\u202e" not in grid.glyphs


def test_measures_follow_from_nats() -> None:
    nats = np.array([math.log(2)])
    assert loss_in(UNITS["bits"]).convert(nats) == pytest.approx([1.0])
    assert loss_in(UNITS["bits-per-byte"].on(2.0)).convert(nats) == pytest.approx([0.5])
    assert loss_in(UNITS["perplexity"]).convert(nats) == pytest.approx([2.0])
    assert MEASURES["loss"].convert(nats) == pytest.approx(nats)


def rows(grid: Grid) -> list[str]:
    return ["".join(row).rstrip() for row in grid.glyphs.tolist()]


def test_what_is_said_of_an_empty_grid_stands_in_its_middle_in_whole_words() -> None:
    grid = Grid(30, 5)
    grid.write_in_middle("one two three four five six seven\neight", "label")
    assert rows(grid) == ["", "   one two three four five", "          six seven", "            eight", ""]
    assert {ROLES[role] for role in np.unique(grid.roles)} == {"blank", "label"}


def test_what_is_said_of_an_empty_grid_gives_way_to_names_that_stand_there() -> None:
    grid = Grid(40, 3)
    grid.write(1, 20, "uniform", "label")
    grid.write_in_middle("nothing is here yet", "label")
    assert rows(grid)[1].strip() == "uniform"
    assert [row.strip() for row in rows(grid) if row] in (
        ["nothing is here yet", "uniform"],
        ["uniform", "nothing is here yet"],
    )


@given(st.integers(0, 80), st.integers(0, 6))
def test_what_is_said_of_an_empty_grid_is_whole_or_not_there(width: int, height: int) -> None:
    grid = Grid(width, height)
    grid.write_in_middle("all of it stands there in so many words", "label")
    assert " ".join(" ".join(rows(grid)).split()) in {"", "all of it stands there in so many words"}
