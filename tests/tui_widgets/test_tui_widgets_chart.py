import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from textual.app import App
from textual.content import Content

from charplay.plotting.grid import Reference, Series
from charplay.tui.widgets.chart import Chart
from charplay.tui.widgets.pane import Pane


class Box(Pane):
    pass


class Board(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.chart = Chart()
        self.box = Box()

    def compose(self) -> Iterator[Chart]:
        with self.box:
            yield self.chart

    def rows(self) -> list[str]:
        return [self.chart.render_line(y).text for y in range(self.chart.size.height)]


def curve(n: int, role: str = "train") -> Series:
    x = np.arange(1.0, n + 1)
    return Series(role, role, x, 1.5 + 2.5 * np.exp(-x / n * 5) + np.random.default_rng(1).normal(0, 0.1, n))


async def test_data_is_painted_by_the_clock_and_only_then() -> None:
    app = Board()
    async with app.run_test(size=(80, 12)):
        app.chart.set_data([curve(100)])
        assert not "".join(app.rows()).strip()
        app.chart._repaint()
        assert "┤" in "".join(app.rows())


async def test_nothing_new_paints_nothing_and_growth_paints_little(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Board()
    async with app.run_test(size=(80, 12)) as pilot:
        whole = curve(100)
        app.chart.look(x_end=150.0)
        app.chart.set_data([Series("train", "train", whole.x[:75], whole.y[:75])])
        app.chart._repaint()
        await pilot.pause()
        painted: list[Any] = []
        monkeypatch.setattr(app.chart, "refresh", lambda *regions, **_: painted.extend(regions or ["all"]))
        app.chart._repaint()
        app.chart.set_data([Series("train", "train", whole.x[:75], whole.y[:75])])
        app.chart._repaint()
        assert painted == []
        app.chart.set_data([Series("train", "train", whole.x[:78], whole.y[:78])])
        app.chart._repaint()
        assert painted
        assert sum(region.area for region in painted) <= 12


async def test_another_way_of_looking_is_painted_at_once() -> None:
    app = Board()
    async with app.run_test(size=(80, 12)):
        app.chart.set_data([curve(1000)])
        app.chart.look(x_title="epoch")
        assert app.rows()[-1].endswith("epoch")
        before = app.rows()
        app.chart.look(log_x=True)
        assert app.rows() != before
        with pytest.raises(TypeError):
            app.chart.look(unknown=1)


@pytest.mark.parametrize("size", [(40, 6), (80, 10), (160, 40)])
async def test_every_row_is_as_wide_as_the_chart(size: tuple[int, int]) -> None:
    app = Board()
    async with app.run_test(size=size):
        app.chart.set_data([curve(500), curve(5, "held-out")], [Reference("uniform", 4.17)])
        app.chart._repaint()
        assert {len(row) for row in app.rows()} == {size[0] - 2}


async def test_the_legend_names_each_curve_with_its_marker() -> None:
    app = Board()
    async with app.run_test(size=(80, 12)):
        curves = [replace(curve(5, "run-1"), marker="○"), curve(5), curve(5, "held-out")]
        assert app.chart.legend(curves, 80).plain == "run-1 ○  train ⠶  held-out ●"
        assert app.chart.legend(curves, 22).plain == "r…-1 ○  t…in ⠶  h…ut ●"


@pytest.mark.parametrize("number", [1, 5, 9, 60])
@pytest.mark.parametrize("room", [12, 40, 55, 78, 200])
async def test_a_legend_without_room_for_all_says_how_many_are_left_out(number: int, room: int) -> None:
    app = Board()
    async with app.run_test(size=(80, 12)):
        curves = [replace(curve(5, "run-1"), name=f"a-long-name-{at:02d}", marker="○") for at in range(number)]
        legend = app.chart.legend(curves, room)
        left_out = int(legend.plain.rpartition("+")[2]) if "+" in legend.plain else 0
        assert legend.cell_length <= room
        assert legend.plain.count("○") + left_out == number


async def test_a_title_has_its_note_at_the_other_end() -> None:
    app = Board()
    async with app.run_test(size=(40, 8)) as pilot:
        app.box.set_title("Loss", "[b]note\x1b")
        await pilot.pause()
        top = app.box.render_lines(app.box.outer_size.region)[0].text
        assert top.startswith("╭─ Loss ─")
        assert top.endswith("─ [b]note␛ ─╮")
        assert len(top) == 40
        app.box.set_title("Loss", "a note that is far too long for this narrow box")
        await pilot.pause()
        top = app.box.render_lines(app.box.outer_size.region)[0].text
        assert top.startswith("╭─ Loss ─ a note ")
        assert top.endswith("narrow box ─╮")
        assert len(top) == 40


@pytest.mark.parametrize("width", range(2, 30))
async def test_a_border_is_as_wide_as_its_box_whatever_is_written_on_it(width: int) -> None:
    app = Board()
    async with app.run_test(size=(width, 8)) as pilot:
        app.box.set_title("A title", "a note", lambda room: Content("a foot that is too long" * room))
        await pilot.pause()
        lines = app.box.render_lines(app.box.outer_size.region)
        assert {line.cell_length for line in lines} == {width}


async def test_a_new_title_paints_one_row() -> None:
    app = Board()
    async with app.run_test(size=(40, 8)) as pilot:
        app.box.set_title("Loss", "one")
        await pilot.pause()
        app.box.set_title("Loss", "two")
        assert {region.height for region in app.box._dirty_regions} == {1}
        assert {region.y for region in app.box._dirty_regions} == {0}


async def test_a_hundred_times_the_points_cost_far_less_than_a_hundred_times_the_redraw() -> None:
    app = Board()
    async with app.run_test(size=(110, 24)):

        def spent(points: int) -> float:
            app.chart.set_data([curve(points), curve(100, "held-out")])
            start = time.process_time()
            app.chart._redraw()
            app.rows()
            return time.process_time() - start

        few, many = zip(*((spent(100), spent(10_000)) for _ in range(15)), strict=True)
        assert sorted(many)[7] < 15 * sorted(few)[7]


async def test_an_empty_chart_says_what_it_was_told_until_there_is_a_curve() -> None:
    app = Board()
    nothing = Series("train", "train", np.zeros(0), np.zeros(0))
    async with app.run_test(size=(80, 12)):
        app.chart.set_data([nothing], [Reference("uniform", 3.3)], empty="t trains one")
        app.chart._repaint()
        assert sum("t trains one" in row for row in app.rows()) == 1
        app.chart.set_data([curve(100)], empty="t trains one")
        app.chart._repaint()
        assert "t trains one" not in "".join(app.rows())
