"""Painting without a terminal: a chart of ten thousand points, and a text of a hundred thousand characters."""

import asyncio
import time
from collections.abc import Callable

import numpy as np
from figures import Figure
from given import Given
from textual.app import App, ComposeResult
from textual.color import Color

from charplay.plotting.grid import Series
from charplay.tui.presentation.tinting import palette, tint_number
from charplay.tui.widgets.chart import Chart
from charplay.tui.widgets.growing_text import GrowingText

SIZES = ((80, 24), (120, 40))
POINTS = 10_000
CHARACTERS = 100_000
LEAST = 10
"""Paints that are measured, at least."""


def measure(given: Given) -> list[Figure]:
    """Milliseconds a paint, every row drawn, at two sizes."""
    return [figure for size in SIZES for figure in asyncio.run(_paint(size, given.seconds / len(SIZES) / 3))]


class _Only(App[None]):
    """An app of one widget."""

    def __init__(self, widget: Chart | GrowingText) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        """The widget."""
        yield self.widget

    def draw_rows(self) -> None:
        """What a paint of the whole widget asks of it."""
        for row in range(self.widget.size.height):
            self.widget.render_line(row)


async def _paint(size: tuple[int, int], seconds: float) -> list[Figure]:
    where = f"{size[0]}x{size[1]}"
    chart = _Only(Chart())
    async with chart.run_test(size=size):
        redrawn = times(_redraws(chart), seconds)
    sheet = _Only(GrowingText())
    async with sheet.run_test(size=size):
        grown, scrolled = (times(paint, seconds) for paint in _sheet_paints(sheet))
    return [
        Figure.of(f"chart redraw, {POINTS:,} points, {where}", redrawn, "ms"),
        Figure.of(f"a text of {CHARACTERS:,} characters grows, {where}", grown, "ms", at_most=5),
        Figure.of(f"a text of {CHARACTERS:,} characters scrolls, {where}", scrolled, "ms", at_most=5),
    ]


def _redraws(app: _Only) -> Callable[[int], None]:
    """Redraws of a falling, noisy curve, another one each time."""
    chart = app.widget
    assert isinstance(chart, Chart)
    random = np.random.default_rng(1)
    x = np.arange(POINTS, dtype=np.float64)
    curves = [1.5 + 3 * np.exp(-x / 1500) + random.normal(0, 0.05, POINTS) for _ in range(2)]

    def redraw(turn: int) -> None:
        chart.set_data([Series("train", "train", x, curves[turn % 2])])
        chart.look(x_end=float(POINTS + turn))  # another way of looking is drawn at once
        app.draw_rows()

    return redraw


def _sheet_paints(app: _Only) -> tuple[Callable[[int], None], Callable[[int], None]]:
    """Paints of a long tinted text: a character more, and a page up or down."""
    writing = app.widget
    assert isinstance(writing, GrowingText)
    writing.set_palette(palette(Color.parse("white"), dark=True))
    prose = "What say you, my lord? I have a sorrow that the "
    writing.extend((prose[i % len(prose)], tint_number("temperature", i % 200 / 100)) for i in range(CHARACTERS))

    def grow(turn: int) -> None:
        writing.append(prose[turn % len(prose)], tint_number("temperature", 0.8))
        app.draw_rows()

    def scroll(turn: int) -> None:
        writing.action_scroll_pages(1 if turn % 100 >= 50 else -1)
        app.draw_rows()

    return grow, scroll


def times(paint: Callable[[int], None], seconds: float) -> list[float]:
    """Milliseconds of each of the paints that fit into so long."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < LEAST or time.perf_counter() < end:
        start = time.perf_counter()
        paint(len(times))
        times.append((time.perf_counter() - start) * 1000)
    return times
