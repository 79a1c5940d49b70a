"""A chart as an SVG picture: the same series, axes and reference lines as on the screen, drawn as lines."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

import numpy as np

from charplay.formatting.sanitize import sanitize_line
from charplay.formatting.units import decimals
from charplay.plotting.axes import Axis, bounds
from charplay.plotting.braille import Floats
from charplay.plotting.grid import Mark, Reference, Series, View
from charplay.plotting.plot import drawable, smoothed
from charplay.plotting.ticks import tick_labels

WIDTH, HEIGHT = 960, 480
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 40, 44
"""Room around the plot, in pixels."""
ROW = 18
"""Height of a line of text."""

COLOURS = ("#1f6fb2", "#b3560b", "#2f7d32", "#b3261e", "#6b4fb3", "#8a6a00", "#0b7f86", "#a23b85")
DASHES = ("none", "8 3", "2 3", "10 3 2 3")
"""Each colour comes with each of these before one looks like another: so many runs are told apart."""


def draw_svg(
    title: str, series: Sequence[Series], references: Sequence[Reference], marks: Sequence[Mark], view: View
) -> str:
    """Return the picture as a text. Where there is nothing to draw it has the title alone."""
    series = [each for each in (drawable(each, view) for each in series) if len(each.x)]
    height = HEIGHT + ROW * len(series)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12" fill="#24272e">'
    )
    ranges = bounds(series, references, view) if series else None
    body: Iterator[str] = iter(()) if ranges is None else _plot(series, references, marks, view, ranges)
    ground = f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
    return "\n".join([head, ground, _text(LEFT, TOP - 16, title, size=15), *body, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values lie on the picture."""

    across: Axis
    upright: Axis

    def x(self, values: Floats) -> Floats:
        return LEFT + self.across.place(values)

    def y(self, values: Floats) -> Floats:
        return HEIGHT - BOTTOM - self.upright.place(values)


def _plot(
    series: Sequence[Series], references: Sequence[Reference], marks: Sequence[Mark], view: View,
    ranges: tuple[float, float, float, float],
) -> Iterator[str]:  # fmt: skip
    x_low, x_high, y_low, y_high = ranges
    across = Axis(x_low, x_high, WIDTH - LEFT - RIGHT, view.log_x)
    frame = _Frame(across, Axis(y_low, y_high, HEIGHT - TOP - BOTTOM, view.log_y))
    yield from _axes(frame, view.x_title)
    yield from _references(frame, references)
    yield from _marks(frame, marks)
    yield '<clipPath id="plot">' + _rect() + "</clipPath>"
    for number, each in enumerate(series):
        colour, dashes = COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)]
        yield from _curve(frame, each, colour, dashes)
        row = HEIGHT + ROW * number
        yield f'<path d="M{LEFT} {row - 4}h28" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
        yield _text(LEFT + 36, row, f"{each.name}  {decimals(float(each.y[-1]), 3)}")


def _rect() -> str:
    return f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"/>'


def _axes(frame: _Frame, title: str) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    ticks = frame.upright.ticks(8)
    for label, at in zip(tick_labels(ticks), frame.y(np.array(ticks)).tolist(), strict=True):
        yield f'<path d="M{LEFT} {at:.1f}H{right}" stroke="#e3e3e3"/>'
        yield _text(LEFT - 8, at + 4, label, anchor="end")
    ticks = frame.across.ticks(8)
    for label, at in zip(tick_labels(ticks), frame.x(np.array(ticks)).tolist(), strict=True):
        yield f'<path d="M{at:.1f} {bottom}v5" stroke="#24272e"/>'
        yield _text(at, bottom + 18, label, anchor="middle")
    yield f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#24272e"/>'
    yield _text(right, bottom + 34, title, anchor="end")


def _references(frame: _Frame, references: Sequence[Reference]) -> Iterator[str]:
    for reference in references:
        at = float(frame.y(np.array([reference.y]))[0])
        if TOP <= at <= HEIGHT - BOTTOM:
            yield f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#8a8f98" stroke-dasharray="1 3"/>'
            yield _text(
                WIDTH - RIGHT - 4, at - 3, f"{reference.text} {decimals(reference.y, 2)}", anchor="end", size=10
            )


def _marks(frame: _Frame, marks: Sequence[Mark]) -> Iterator[str]:
    for mark in marks:
        at = float(frame.x(np.array([mark.x]))[0])
        if LEFT <= at <= WIDTH - RIGHT:
            yield f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#8a8f98" stroke-dasharray="4 4"/>'
            yield _text(at + 4, TOP + 12, mark.text, size=10)


def _curve(frame: _Frame, series: Series, colour: str, dashes: str) -> Iterator[str]:
    """The line through a series; the noise of a long one stays behind its running mean, faint."""
    x = frame.x(series.x)
    shown = slice(*np.searchsorted(x, [LEFT, WIDTH - RIGHT + 0.5]).tolist())
    x, y = x[shown], frame.y(series.y[shown])
    if len(x) > 2 * frame.across.dots // 3:
        yield _line(x, y, colour, "none", width=0.5, opacity=0.4)
        x, y = smoothed(x, y, WIDTH)
    yield _line(x, y, colour, dashes)
    if series.role == "held-out":
        spots = dict.fromkeys(zip(x.tolist(), y.tolist(), strict=True))
        yield "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5" fill="{colour}"/>' for a, b in spots)


def _line(x: Floats, y: Floats, colour: str, dashes: str, *, width: float = 1.8, opacity: float = 1.0) -> str:
    spots = (f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    points = " ".join(spot for spot, _ in groupby(spots))  # a curve has a reading twice that is both lowest and highest
    return (
        f'<polyline clip-path="url(#plot)" points="{points}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-dasharray="{dashes}" stroke-opacity="{opacity}"/>'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(sanitize_line(text))}</text>'
    )
