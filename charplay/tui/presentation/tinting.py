"""The tints of a text and their palette: each tint is a file in `tints/`, and all share one palette of styles.

A style's number in the palette is what a sheet keeps for a character. Each number has another one for the same style
underlined: copied from the training text.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from rich.style import Style
from textual.color import Color

from charplay.fs.registry import entry_names, load_entry
from charplay.sampling.segment import KINDS
from charplay.sampling.transcript import Transcript
from charplay.tui.presentation.contrast import hit_ground, readable
from charplay.tui.presentation.tint import Colours, Tint

PLAIN, PROMPT, LEFT_OUT = range(3)
"""Numbers in the palette for what no tint is for: as it is, the prompt, a prompt's unknown character."""

STEPS = 20
"""Between the colours at the two ends of a ramp."""

OF_BITS: dict[str, Callable[[float], float]] = {"surprise": lambda bits: bits, "probability": lambda bits: 2.0**-bits}
"""The columns that follow from a character's bits of surprise alone."""

_FOLDER = "tui/presentation/tints"
_DRAWN = KINDS.index("drawn")
_DARK = ("#4f9dff", "#ffb454", "#ff5c47", "#3fd68c")
_LIGHT = ("#0a53be", "#a35200", "#c01c0c", "#067a3d")
_FAINT = "#808080"
_ANSI = {True: ("ansi_blue", "ansi_yellow", "ansi_red", "ansi_green"),
         False: ("ansi_blue", "ansi_magenta", "ansi_red", "ansi_green")}  # fmt: skip
"""Of a terminal's 16 colours, on a dark ground or on a light one."""

_FOUND: dict[str, Tint] = {name: load_entry(_FOLDER, name).TINT for name in entry_names(_FOLDER)}
_TINTS = dict(sorted(_FOUND.items(), key=lambda each: (each[1].place, each[0])))
_FIRST = {
    name: LEFT_OUT + 1 + at * (STEPS + 1) for at, name in enumerate(n for n, each in _TINTS.items() if each.column)
}
"""The number of each ramp's beginning."""

COPIED = LEFT_OUT + 1 + len(_FIRST) * (STEPS + 1)
"""What is added to a number for the same style, underlined."""


def tints(columns: Collection[str] | None = None) -> tuple[str, ...]:
    """Return the names of the tints in their order; of those alone that read one of `columns`, where it is given."""
    return tuple(name for name, each in _TINTS.items() if columns is None or each.column in columns)


def explained(name: str) -> str:
    """Return what a tint's colours mean, as a sentence."""
    return _TINTS[name].sentence


def legend(name: str) -> list[tuple[str, int]]:
    """Return what stands in a tint's legend: a value as it is written, and its number in the palette."""
    return [(label, tint_number(name, value)) for label, value in _TINTS[name].legend]


def column_of(name: str) -> str:
    """Return which number of a character a tint reads; empty where it reads none."""
    return _TINTS[name].column


def tint_number(name: str, value: float) -> int:
    """Return the number in the palette of a tint for a value of its column."""
    return _numbers(name, (value,))[0]


def _numbers(name: str, values: Sequence[float]) -> list[int]:
    """Return `tint_number` of each value. One call for a line: a page has thousands of characters."""
    first = _FIRST.get(name)
    if first is None:
        return [PLAIN] * len(values)
    position, isnan = _TINTS[name].position, math.isnan
    return [PLAIN if isnan(each) else first + round(min(max(position(each), 0.0), 1.0) * STEPS) for each in values]


def tint_numbers(name: str, transcript: Transcript, start: int, stop: int) -> list[int]:
    """Return the numbers in the palette of the characters of positions start up to stop, under a tint."""
    tint = _TINTS[name]
    if not tint.column:
        return [PLAIN] * (stop - start)
    if tint.column == "temperature":
        values = transcript.temperatures(start, stop)
    else:
        values = transcript.column(tint.column, start, stop).tolist()
    numbers = _numbers(name, values)
    if tint.only_drawn:
        kinds = transcript.column("kind", start, stop).tolist()
        return [number if kind == _DRAWN else PROMPT for number, kind in zip(numbers, kinds, strict=True)]
    return numbers


def bit_tints(name: str, bits: Iterable[float]) -> list[int]:
    """Return the numbers in the palette of characters with so many bits of surprise; plain where that is NaN."""
    value = OF_BITS.get(column_of(name))
    return _numbers(name if value else "", [value(each) if value else each for each in bits])


def palette(foreground: Color, *, dark: bool, grounds: Sequence[Color] = ()) -> list[Style]:
    """Return a style for each number, for a text of this colour on a dark or a light ground.

    Every colour can be read on each of `grounds`. A text in one of a terminal's 16 colours is tinted with those alone.
    """
    plain = foreground.ansi is not None
    known = _ANSI[dark] if plain else _DARK if dark else _LIGHT
    colours = Colours(foreground, *map(Color.parse, known))
    faint = Color.parse("ansi_default" if plain else _FAINT)
    styles = [Style(), Style(bold=True), Style(strike=True, color=readable(faint, grounds).rich_color)]
    for name in _FIRST:
        ramp = _TINTS[name].ramp(colours)
        shades = (_between(ramp, step / STEPS) for step in range(STEPS + 1))
        styles += (Style(color=readable(shade, grounds).rich_color) for shade in shades)
    return [*styles, *(style + Style(underline=True) for style in styles)]


def theme_palette(variables: Mapping[str, str], *, dark: bool) -> list[Style]:
    """Return the palette of a theme's variables, to be read on its background, and where a hit is marked there."""
    foreground, background, accent = (Color.parse(variables[name]) for name in ("foreground", "background", "accent"))
    grounds = () if foreground.ansi is not None else (background, hit_ground(background, accent))
    return palette(foreground, dark=dark, grounds=grounds)


def _between(knots: Sequence[Color], share: float) -> Color:
    spot = share * (len(knots) - 1)
    if any(knot.ansi is not None for knot in knots):  # nothing lies between two of those
        return knots[round(spot)]
    piece = min(int(spot), len(knots) - 2)
    return knots[piece].blend(knots[piece + 1], spot - piece)
