"""Tints: whichever are in the folder."""

import math
from typing import Any

import pytest
from rich.style import Style
from scripted_models import reciter
from textual.color import Color

from charplay.sampling.generator import TextGenerator
from charplay.tui.presentation.tinting import (
    COPIED,
    LEFT_OUT,
    PLAIN,
    PROMPT,
    STEPS,
    column_of,
    explained,
    palette,
    tint_number,
    tint_numbers,
    tints,
)
from charplay.tui.presentation.tints.surprise import MOST_BITS
from charplay.tui.presentation.tints.temperature import HOTTEST

COLOURED = [name for name in tints() if column_of(name)]
OLD = ("temperature", "surprise", "probability", "plain")


def test_they_come_in_their_order() -> None:
    assert tuple(name for name in tints() if name in OLD) == OLD
    assert (tints()[0], tints()[-1]) == ("temperature", "plain")
    assert tints({"probability", "surprise"}) == ("surprise", "probability")


@pytest.mark.parametrize("name", tints())
def test_each_says_what_its_colours_mean(name: str) -> None:
    assert f"by {name}" in explained(name) or explained(name) == "not tinted"


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("name", COLOURED)
def test_a_tint_differs_from_step_to_step_and_ends_where_its_ramp_does(name: str, dark: bool) -> None:
    foreground = Color.parse("#d8dbe2" if dark else "#24272e")
    styles = palette(foreground, dark=dark)
    numbers = sorted({tint_number(name, value / 100) for value in range(-100, 10_000)})
    assert len(numbers) == STEPS + 1
    assert numbers == list(range(numbers[0], numbers[0] + STEPS + 1))
    assert len({str(styles[number]) for number in numbers}) == STEPS + 1
    assert all(styles[number + COPIED] == styles[number] + Style(underline=True) for number in numbers)
    assert foreground.rich_color in {styles[number].color for number in numbers}
    assert tint_number(name, math.nan) == PLAIN
    assert (tint_number(name, -math.inf), tint_number(name, math.inf)) == (numbers[0], numbers[-1])


def test_no_two_tints_share_a_number_and_every_number_has_a_style() -> None:
    ranges = [{tint_number(name, value / 100) for value in range(-100, 10_000)} for name in COLOURED]
    assert len(set.union(*ranges)) == sum(map(len, ranges))
    assert min(set.union(*ranges)) == LEFT_OUT + 1
    assert max(set.union(*ranges)) == COPIED - 1
    assert len(palette(Color.parse("white"), dark=True)) == 2 * COPIED


@pytest.mark.parametrize("dark", [True, False])
def test_they_look_as_they_are_said_to(dark: bool) -> None:
    foreground = Color.parse("#d8dbe2" if dark else "#24272e")
    styles = palette(foreground, dark=dark)

    def colour(name: str, value: float) -> Any:
        return styles[tint_number(name, value)].color

    cool, hot, sure = ("#4f9dff", "#ff5c47", "#3fd68c") if dark else ("#0a53be", "#c01c0c", "#067a3d")
    ends = {
        ("temperature", 0.0): cool, ("temperature", HOTTEST / 2): foreground.hex, ("temperature", HOTTEST): hot,
        ("surprise", 0.0): foreground.hex, ("surprise", MOST_BITS): hot,
        ("probability", 0.0): foreground.hex, ("probability", 1.0): sure,
    }  # fmt: skip
    assert {each: Color.from_rich_color(colour(*each)).hex.lower() for each in ends} == {
        each: found.lower() for each, found in ends.items()
    }
    assert (HOTTEST, MOST_BITS) == (2.0, 8.0)
    values = [0.0, 0.5, 1.0, 1.5, HOTTEST]
    numbers = [tint_number("temperature", value) for value in values]
    assert numbers == sorted(set(numbers))
    assert tint_number("temperature", HOTTEST) < tint_number("surprise", 0.0) < tint_number("probability", 0.0)


def test_the_numbers_of_a_text_are_those_of_its_characters() -> None:
    generator = TextGenerator(reciter("to be or not to be\n"), prompt="to")
    generator.advance(10.0, 12)
    written = [generator.transcript[at] for at in range(len(generator.transcript))]
    assert {each.kind for each in written} == {"prompt", "drawn"}
    for name in tints():
        values = [getattr(each, column_of(name)) if column_of(name) else math.nan for each in written]
        expected = [tint_number(name, value) for value in values]
        if name == "temperature":
            expected = [n if each.kind == "drawn" else PROMPT for n, each in zip(expected, written, strict=True)]
        assert tint_numbers(name, generator.transcript, 1, len(written)) == expected[1:]
